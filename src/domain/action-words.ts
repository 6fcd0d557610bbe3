/** What was done, as people are told it in their language. */
import { ACCESS_ACTIONS } from './access-action-words.ts';
import type { AuditAction } from './evidence.ts';
import { MESSAGE_ACTIONS } from './message-action-words.ts';
import { REGISTER_ACTIONS } from './register-action-words.ts';
import { type Words, words } from './words.ts';

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
  'batch.pause': words(
    'Verwerking van een bestand onderbroken',
    'Traitement d’un fichier interrompu',
    'Bearbeitung einer Datei unterbrochen',
    'Processing of a file paused',
  ),
  'batch.resume': words(
    'Verwerking van een bestand hervat',
    'Traitement d’un fichier repris',
    'Bearbeitung einer Datei fortgesetzt',
    'Processing of a file resumed',
  ),
  'batch.cancel': words(
    'Verwerking van een bestand geannuleerd',
    'Traitement d’un fichier annulé',
    'Bearbeitung einer Datei abgebrochen',
    'Processing of a file cancelled',
  ),
  'batch.recall': words('Bestand teruggeroepen', 'Fichier rappelé', 'Datei zurückgerufen', 'File recalled'),
  'batch.consult': words('Bestand geraadpleegd', 'Fichier consulté', 'Datei eingesehen', 'File consulted'),
  'job.retry': words(
    'Mislukte taak opnieuw gestart',
    'Tâche échouée relancée',
    'Fehlgeschlagene Aufgabe neu gestartet',
    'Failed task started again',
  ),
  'attestation.issue': words(
    'Attest uitgereikt',
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
  'attestation.share': words(
    'Deelcode voor een attest gemaakt',
    'Code de partage d’une attestation créé',
    'Freigabecode für eine Bescheinigung erstellt',
    'Share code for an attestation made',
  ),
  'attestation.unshare': words(
    'Deelcode ingetrokken',
    'Code de partage retiré',
    'Freigabecode zurückgezogen',
    'Share code taken back',
  ),
  'attestation.revoke': words(
    'Attest ingetrokken',
    'Attestation révoquée',
    'Bescheinigung widerrufen',
    'Attestation revoked',
  ),
  'attestation.withdraw': words(
    'Attest niet uitgereikt: de gegevens veranderden',
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
  ...MESSAGE_ACTIONS,
  ...REGISTER_ACTIONS,
  'access.list': words(
    'Deze lijst bekeken',
    'Cette liste consultée',
    'Diese Liste angesehen',
    'This list viewed',
  ),
  'decision.list': words(
    'Beslissingen over uw rechten bekeken',
    'Décisions sur vos droits consultées',
    'Entscheidungen über Ihre Rechte angesehen',
    'Decisions on your rights viewed',
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
  ...ACCESS_ACTIONS,
};

/** Says what was done. */
export function whatOf(action: AuditAction): Words {
  return ACTIONS[action];
}
