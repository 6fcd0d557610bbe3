/**
 * What an anomaly says of its zone or block, in nl, fr and de.
 * Dutch is the NSSO glossary's (2023/2). French and German are ours: their glossaries were not at hand.
 */
import type { AnomalyCode } from '../domain/anomaly.ts';
import type { Title } from './zone-titles.ts';

/** What stands after the dash of an anomaly's code. */
export type KindNumber = AnomalyCode extends `${string}-${infer Kind}` ? Kind : never;

/** By kind. */
export const KIND_TITLES: Readonly<Record<KindNumber, Title>> = {
  '001': ['Niet aanwezig', 'Non présent', 'Nicht vorhanden'],
  '003': ['Ongeldig', 'Non valide', 'Ungültig'],
  '005': ['Verboden', 'Interdit', 'Verboten'],
  '006': ['Te veel identieke gevallen', 'Trop d’occurrences identiques', 'Zu viele identische Fälle'],
  '008': ['Niet in het toegelaten domein', 'Pas dans le domaine autorisé', 'Nicht im zulässigen Bereich'],
  '014': [
    'Einddatum voorafgaand aan de begindatum',
    'Date de fin antérieure à la date de début',
    'Enddatum vor dem Anfangsdatum',
  ],
  '022': [
    'Onverenigbaar met het repertorium',
    'Incompatible avec le répertoire',
    'Unvereinbar mit dem Verzeichnis',
  ],
  '134': ['Geen gegevens', 'Pas de données', 'Keine Angaben'],
  '155': ['Geen of vervallen mandaat', 'Mandat inexistant ou échu', 'Kein oder abgelaufenes Mandat'],
  '181': [
    'Wijziging of annulatie niet toegelaten',
    'Modification ou annulation non autorisée',
    'Änderung oder Annullierung nicht zulässig',
  ],
  '333': ['Dubbele Dimonaperiode', 'Période Dimona en double', 'Doppelte Dimona-Periode'],
  '334': ['Overlappende Dimonaperiode', 'Chevauchement de périodes Dimona', 'Überlappende Dimona-Periode'],
  '343': [
    'Werkgever niet actief in het werkgeversrepertorium',
    'Employeur non actif dans le répertoire des employeurs',
    'Arbeitgeber im Arbeitgeberverzeichnis nicht aktiv',
  ],
  '345': [
    'Het einduur valt vroeger dan het beginuur',
    'L’heure de fin précède l’heure de début',
    'Ende liegt vor dem Beginn',
  ],
  '347': [
    'Onverenigbaar met het identificatienummer van de Dimonaperiode',
    'Incompatible avec le numéro d’identification de la période Dimona',
    'Unvereinbar mit der Kennnummer der Dimona-Periode',
  ],
  '348': ['Onverenigbaar met het INSZ', 'Incompatible avec le NISS', 'Unvereinbar mit der ENSS'],
  '349': [
    'Onverenigbaarheid tussen het paritair comité en het werknemerstype',
    'Incompatibilité entre la commission paritaire et le type de travailleur',
    'Unvereinbarkeit von paritätischer Kommission und Art des Arbeitnehmers',
  ],
  '351': [
    'Ondernemingsnummer of benaming ontbreekt',
    'Numéro d’entreprise ou dénomination manquant',
    'Unternehmensnummer oder Bezeichnung fehlt',
  ],
  '352': [
    'Verboden om tegelijkertijd het ondernemingsnummer en de benaming te vermelden',
    'Interdit de mentionner à la fois le numéro d’entreprise et la dénomination',
    'Unternehmensnummer und Bezeichnung dürfen nicht zugleich angegeben werden',
  ],
  '354': [
    'Identificatienummer van Dimonaperiode onbekend',
    'Numéro d’identification de la période Dimona inconnu',
    'Kennnummer der Dimona-Periode unbekannt',
  ],
  '355': [
    'Reeds geannuleerde Dimonaperiode of dagelijkse registratie',
    'Période Dimona ou enregistrement journalier déjà annulé',
    'Dimona-Periode oder tägliche Registrierung bereits annulliert',
  ],
  '356': [
    'Reeds afgesloten Dimonaperiode',
    'Période Dimona déjà clôturée',
    'Dimona-Periode bereits abgeschlossen',
  ],
  '359': [
    'Verboden om een wijzigende aangifte te doen om een Dimonaperiode af te sluiten',
    'Interdit de clôturer une période Dimona par une déclaration de modification',
    'Eine Dimona-Periode darf nicht durch eine Änderungsmeldung abgeschlossen werden',
  ],
  '360': [
    'Begindatum en/of einddatum verplicht',
    'Date de début et/ou date de fin obligatoire',
    'Anfangs- und/oder Enddatum verpflichtend',
  ],
  '363': [
    'INSZ of identificatiegegevens verplicht',
    'NISS ou données d’identification obligatoires',
    'ENSS oder Identifizierungsdaten verpflichtend',
  ],
  '364': [
    'RSZ-nummer of ondernemingsnummer verplicht',
    'Numéro ONSS ou numéro d’entreprise obligatoire',
    'LSS-Nummer oder Unternehmensnummer verpflichtend',
  ],
  '368': [
    'Verboden de einddatum te verwijderen voor deze periode',
    'Interdit de supprimer la date de fin de cette période',
    'Das Enddatum dieser Periode darf nicht gelöscht werden',
  ],
  '444': [
    'Er zijn geen wijzigingen gevonden',
    'Aucune modification n’a été trouvée',
    'Es wurden keine Änderungen gefunden',
  ],
  '460': ['Laattijdige aangifte', 'Déclaration tardive', 'Verspätete Meldung'],
};
