/** What was done, as people are told it in their language. */
import type { AuditAction } from './evidence.ts';
import type { PageLanguage } from './language.ts';

/** A text in each language of the pages. */
export type Words = Readonly<Record<PageLanguage, string>>;

/** Puts the languages in their order. */
export const words = (nl: string, fr: string, de: string, en: string): Words => ({ nl, fr, de, en });

const ACTIONS: Readonly<Record<AuditAction, Words>> = {
  'declaration.report': words('Aangifte gedaan', 'Déclaration faite', 'Meldung gemacht', 'Declaration made'),
  'declaration.judge': words(
    'Aangifte behandeld toen u bekend was',
    'Déclaration traitée dès que vous étiez connu',
    'Meldung bearbeitet, sobald Sie bekannt waren',
    'Declaration handled once you were known',
  ),
  'declaration.consult': words(
    'Antwoord op een aangifte geraadpleegd',
    'Réponse à une déclaration consultée',
    'Antwort auf eine Meldung eingesehen',
    'Answer to a declaration consulted',
  ),
  'batch.submit': words('Bestand ingediend', 'Fichier introduit', 'Datei eingereicht', 'File submitted'),
  'batch.start': words('Bestand gestart', 'Fichier lancé', 'Datei gestartet', 'File started'),
  'batch.consult': words('Bestand geraadpleegd', 'Fichier consulté', 'Datei eingesehen', 'File consulted'),
  'person.load': words(
    'Uw gegevens in het register bijgewerkt',
    'Vos données mises à jour dans le registre',
    'Ihre Daten im Register aktualisiert',
    'Your data in the register updated',
  ),
  'attestation.issue': words(
    'Attest opgemaakt',
    'Attestation délivrée',
    'Bescheinigung ausgestellt',
    'Attestation issued',
  ),
  'attestation.supersede': words(
    'Attest vervangen',
    'Attestation remplacée',
    'Bescheinigung ersetzt',
    'Attestation replaced',
  ),
  'attestation.revoke': words(
    'Attest ingetrokken',
    'Attestation révoquée',
    'Bescheinigung widerrufen',
    'Attestation revoked',
  ),
  'attestation.withdraw': words(
    'Attest niet opgemaakt: de gegevens veranderden',
    'Attestation non délivrée : les données ont changé',
    'Bescheinigung nicht ausgestellt: Die Daten haben sich geändert',
    'Attestation not issued: the data changed',
  ),
  'attestation.verify': words(
    'Attest gecontroleerd',
    'Attestation vérifiée',
    'Bescheinigung geprüft',
    'Attestation verified',
  ),
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
  'message.notify': words(
    'E-mail gestuurd dat er een bericht is',
    'E-mail envoyé pour annoncer un message',
    'E-Mail über eine Nachricht gesendet',
    'E-mail sent that there is a message',
  ),
  'access.list': words(
    'Deze lijst bekeken',
    'Cette liste consultée',
    'Diese Liste angesehen',
    'This list viewed',
  ),
  'erasure.request': words(
    'Wissing van uw gegevens gevraagd',
    'Effacement de vos données demandé',
    'Löschung Ihrer Daten beantragt',
    'Erasure of your data requested',
  ),
  'person.erase': words(
    'Uw gegevens gewist',
    'Vos données effacées',
    'Ihre Daten gelöscht',
    'Your data erased',
  ),
  'hold.place': words(
    'Wissing van uw gegevens opgeschort',
    'Effacement de vos données suspendu',
    'Löschung Ihrer Daten ausgesetzt',
    'Erasure of your data suspended',
  ),
  'hold.release': words(
    'Opschorting van de wissing beëindigd',
    'Suspension de l’effacement levée',
    'Aussetzung der Löschung beendet',
    'Suspension of the erasure ended',
  ),
  'retention.apply': words(
    'Gegevens gewist waarvan de bewaartermijn voorbij is',
    'Données effacées au terme de leur durée de conservation',
    'Daten nach Ablauf ihrer Aufbewahrungsfrist gelöscht',
    'Data deleted that were kept for their time',
  ),
  'keys.rekey': words(
    'Sleutels van het register vervangen',
    'Clés du registre remplacées',
    'Schlüssel des Registers ersetzt',
    'Keys of the register replaced',
  ),
  'evidence.consult': words(
    'Nagekeken wie uw gegevens raadpleegde',
    'Contrôlé qui a consulté vos données',
    'Nachgesehen, wer Ihre Daten eingesehen hat',
    'Looked up who consulted your data',
  ),
  'status.query': words(
    'Nagegaan of u een sociaal statuut had',
    'Vérifié si vous aviez un statut social',
    'Geprüft, ob Sie einen Sozialstatus hatten',
    'Checked whether you had a social status',
  ),
  'attestation.query': words(
    'Uw attesten opgezocht',
    'Vos attestations recherchées',
    'Ihre Bescheinigungen gesucht',
    'Your attestations looked up',
  ),
  'attestation.consult': words(
    'Attest geraadpleegd',
    'Attestation consultée',
    'Bescheinigung eingesehen',
    'Attestation consulted',
  ),
  'dossier.register': words(
    'Opgenomen dat er een dossier over u is',
    'Enregistré qu’il existe un dossier vous concernant',
    'Eingetragen, dass es eine Akte über Sie gibt',
    'Recorded that there is a file on you',
  ),
  'dossier.consult': words(
    'Bekeken of er een dossier over u is',
    'Vérifié s’il existe un dossier vous concernant',
    'Eingesehen, ob es eine Akte über Sie gibt',
    'Viewed whether there is a file on you',
  ),
  'dossier.close': words(
    'Dossier over u afgesloten',
    'Dossier vous concernant clôturé',
    'Akte über Sie geschlossen',
    'File on you closed',
  ),
  'request.submit': words('Gegevens gevraagd', 'Données demandées', 'Daten angefragt', 'Data asked for'),
  'request.analyse': words('Aanvraag onderzocht', 'Demande analysée', 'Antrag geprüft', 'Request analysed'),
  'request.decide': words(
    'Over een aanvraag beslist',
    'Demande tranchée',
    'Über einen Antrag entschieden',
    'Request decided',
  ),
  'deliberation.record': words(
    'Beraadslaging opgenomen',
    'Délibération enregistrée',
    'Beschluss eingetragen',
    'Deliberation recorded',
  ),
  'deliberation.change': words(
    'Beraadslaging gewijzigd',
    'Délibération modifiée',
    'Beschluss geändert',
    'Deliberation changed',
  ),
  'deliberation.end': words(
    'Beraadslaging beëindigd',
    'Délibération terminée',
    'Beschluss beendet',
    'Deliberation ended',
  ),
  'deliberation.announce': words(
    'Aangekondigd dat een beraadslaging afloopt',
    'Annoncé qu’une délibération expire',
    'Angekündigt, dass ein Beschluss abläuft',
    'Announced that a deliberation expires',
  ),
  'mandate.record': words(
    'Mandaat opgenomen',
    'Mandat enregistré',
    'Vollmacht eingetragen',
    'Mandate recorded',
  ),
  'mandate.revoke': words('Mandaat herroepen', 'Mandat révoqué', 'Vollmacht widerrufen', 'Mandate revoked'),
  'mandate.consult': words('Mandaat bekeken', 'Mandat consulté', 'Vollmacht angesehen', 'Mandate viewed'),
};

/** Says what was done. */
export function whatOf(action: AuditAction): Words {
  return ACTIONS[action];
}
