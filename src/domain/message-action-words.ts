/** What was done with messages, as people are told it in their language. */
import type { AuditAction } from './evidence.ts';
import { type Words, words } from './words.ts';

export const MESSAGE_ACTIONS = {
  'message.list': words(
    'Lijst van berichten bekeken',
    'Liste des messages consultée',
    'Liste der Nachrichten angesehen',
    'List of messages viewed',
  ),
  'message.consult': words('Bericht bekeken', 'Message consulté', 'Nachricht angesehen', 'Message viewed'),
  'message.read': words('Document geopend', 'Document ouvert', 'Dokument geöffnet', 'Document opened'),
  'message.status': words(
    'Nagegaan of een bericht gelezen is',
    'Vérifié si un message a été lu',
    'Geprüft, ob eine Nachricht gelesen wurde',
    'Asked whether a message was read',
  ),
  'message.arrange': words(
    'Bericht getoond of verborgen',
    'Message affiché ou masqué',
    'Nachricht ein- oder ausgeblendet',
    'Message shown or hidden',
  ),
  'message.askPaper': words(
    'Kopie op papier gevraagd',
    'Copie sur papier demandée',
    'Kopie auf Papier angefordert',
    'Copy on paper asked for',
  ),
  'message.publish': words(
    'Bericht in uw eBox geplaatst',
    'Message déposé dans votre eBox',
    'Nachricht in Ihre eBox gelegt',
    'Message put into your eBox',
  ),
  'message.notify': words(
    'E-mail gestuurd dat er een bericht is',
    'E-mail envoyé pour annoncer un message',
    'E-Mail über eine Nachricht gesendet',
    'E-mail sent that there is a message',
  ),
  'message.remind': words(
    'Ongelezen bericht in herinnering gebracht',
    'Message non lu rappelé',
    'An eine ungelesene Nachricht erinnert',
    'Unread message called to mind',
  ),
  'message.expire': words(
    'Bericht ongelezen vervallen',
    'Message expiré sans avoir été lu',
    'Nachricht ungelesen abgelaufen',
    'Message expired unread',
  ),
  'message.evidence': words(
    'Bewijs van een bericht opgehaald',
    'Preuve d’un message obtenue',
    'Nachweis zu einer Nachricht abgerufen',
    'Evidence of a message fetched',
  ),
  'notice.consult': words(
    'Keuze van e-mails bekeken',
    'Choix des e-mails consulté',
    'Wahl der E-Mails angesehen',
    'Choice of e-mails viewed',
  ),
  'notice.choose': words(
    'Gekozen of en hoe e-mails komen',
    'Choisi si et comment les e-mails arrivent',
    'Gewählt, ob und wie E-Mails kommen',
    'Chose whether and how e-mails come',
  ),
  'receipt.report': words(
    'Afzender meldde wat met een bericht gebeurde',
    'L’expéditeur a signalé ce qu’est devenu un message',
    'Absender meldete, was aus einer Nachricht wurde',
    'Sender stated what became of a message',
  ),
  'subscription.record': words(
    'Abonnement op gebeurtenissen genomen',
    'Abonnement aux événements pris',
    'Ereignisse abonniert',
    'Subscribed to events',
  ),
  'subscription.end': words(
    'Abonnement op gebeurtenissen beëindigd',
    'Abonnement aux événements résilié',
    'Abonnement von Ereignissen beendet',
    'Subscription to events ended',
  ),
  'subscription.consult': words(
    'Aflevering van gebeurtenissen nagekeken',
    'Livraison des événements consultée',
    'Zustellung von Ereignissen eingesehen',
    'Delivery of events looked up',
  ),
  'delivery.repeat': words(
    'Gebeurtenis opnieuw laten afleveren',
    'Événement livré à nouveau',
    'Ereignis erneut zustellen lassen',
    'Event to be delivered again',
  ),
  'event.list': words(
    'Gebeurtenissen van verzonden berichten opgehaald',
    'Événements de messages envoyés obtenus',
    'Ereignisse gesendeter Nachrichten abgerufen',
    'Events of messages sent fetched',
  ),
  'message.bounce': words(
    'E-mail over een bericht niet aangekomen',
    'E-mail annonçant un message non distribué',
    'E-Mail über eine Nachricht nicht zustellbar',
    'E-mail about a message not delivered',
  ),
  'message.relay': words(
    'Bericht gepubliceerd in de nationale eBox',
    'Message publié dans l’eBox nationale',
    'Nachricht in der nationalen eBox veröffentlicht',
    'Message published in the national eBox',
  ),
  'message.track': words(
    'Nagegaan hoe een bericht is bezorgd',
    'Vérifié comment un message a été remis',
    'Geprüft, wie eine Nachricht zugestellt wurde',
    'Asked how a message was delivered',
  ),
  'message.deliver': words(
    'Document opgevraagd om het af te drukken',
    'Document demandé pour être imprimé',
    'Dokument zum Drucken abgerufen',
    'Document fetched to be printed',
  ),
  'message.print': words(
    'Document op papier verstuurd',
    'Document envoyé sur papier',
    'Dokument auf Papier versandt',
    'Document sent on paper',
  ),
} satisfies Partial<Record<AuditAction, Words>>;
