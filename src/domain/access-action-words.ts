/** What was done about who may use data, and what was handed to institutions, as people are told it in their language. */
import type { AuditAction } from './evidence.ts';
import { type Words, words } from './words.ts';

export const ACCESS_ACTIONS = {
  'flow.order': words(
    'Gegevensstroom ingesteld',
    'Flux de données configuré',
    'Datenfluss eingestellt',
    'Data flow arranged',
  ),
  'flow.run': words(
    'Gegevensstroom gestart',
    'Flux de données lancé',
    'Datenfluss gestartet',
    'Data flow started',
  ),
  'flow.supply': words(
    'Gegevens over u meegedeeld in een gegevensstroom',
    'Données vous concernant communiquées dans un flux de données',
    'Daten über Sie in einem Datenfluss mitgeteilt',
    'Data on you supplied in a data flow',
  ),
  'flow.fetch': words(
    'Bestand van een gegevensstroom opgehaald',
    'Fichier d’un flux de données récupéré',
    'Datei eines Datenflusses abgeholt',
    'File of a data flow fetched',
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
  'session.end': words(
    'Afgemeld door de beheerder',
    'Déconnecté par l’administrateur du système',
    'Vom Betreiber abgemeldet',
    'Logged out by the operator',
  ),
  'mandate.act': words(
    'Begonnen namens u te handelen',
    'A commencé à agir en votre nom',
    'Begonnen, in Ihrem Namen zu handeln',
    'Began to act on your behalf',
  ),
} satisfies Partial<Record<AuditAction, Words>>;
