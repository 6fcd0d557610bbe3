/** What was done with the register as a whole, and with statistics of it, as people are told it in their language. */
import type { AuditAction } from './evidence.ts';
import { words } from './words.ts';

export const REGISTER_ACTIONS = {
  'person.load': words(
    'Uw gegevens in het register bijgewerkt',
    'Vos données mises à jour dans le registre',
    'Ihre Daten im Register aktualisiert',
    'Your data in the register updated',
  ),
  'register.rejects': words(
    'Geweigerde rijen van een bestand teruggegeven aan wie ze zond',
    'Lignes refusées d’un fichier rendues à leur expéditeur',
    'Abgelehnte Zeilen einer Datei dem Absender zurückgegeben',
    'Refused rows of a file handed back to whoever sent them',
  ),
  'status.report': words(
    'Sociaal statuut gemeld door een bron',
    'Statut social communiqué par une source',
    'Sozialstatus von einer Quelle gemeldet',
    'Social status reported by a source',
  ),
  'status.decide': words(
    'Beslist over een twijfelachtige melding',
    'Décidé au sujet d’une communication douteuse',
    'Über eine zweifelhafte Meldung entschieden',
    'Decided on a doubtful report',
  ),
  'register.settle': words(
    'Alle dossiers opnieuw beoordeeld',
    'Tous les dossiers réexaminés',
    'Alle Vorgänge neu beurteilt',
    'Every case settled again',
  ),
  'statistics.table': words(
    'Tabel met aantallen opgesteld',
    'Tableau de nombres établi',
    'Tabelle mit Anzahlen erstellt',
    'Table of counts made',
  ),
  'register.simulate': words(
    'Gevolgen van een recht doorgerekend',
    'Effets d’un droit simulés',
    'Folgen eines Rechts durchgerechnet',
    'Effects of a right simulated',
  ),
  'statistics.extract': words(
    'Onder een schuilnaam gebruikt voor onderzoek',
    'Utilisées sous pseudonyme pour une recherche',
    'Unter einem Pseudonym für Forschung verwendet',
    'Used for research under a pseudonym',
  ),
} as const satisfies Partial<Record<AuditAction, unknown>>;
