/**
 * The names of zones and blocks in nl, fr and de.
 * Dutch is the NSSO glossary's (2023/2), in lower case. French and German are ours: their glossaries were not at hand.
 */
import type { AnomalyCode } from '../domain/anomaly.ts';

/** One text per official language. */
export type Title = readonly [nl: string, fr: string, de: string];

/** The zone or block of an anomaly: what stands before the dash of its code. */
export type ZoneNumber = AnomalyCode extends `${infer Zone}-${string}` ? Zone : never;

/** By zone or block. */
export const ZONE_TITLES: Readonly<Record<ZoneNumber, Title>> = {
  '00011': ['RSZ-nummer', 'Numéro ONSS', 'LSS-Nummer'],
  '00014': ['Ondernemingsnummer', 'Numéro d’entreprise', 'Unternehmensnummer'],
  '00024': [
    'Identificatienummer bij de sociale zekerheid - INSZ',
    'Numéro d’identification de la sécurité sociale - NISS',
    'Erkennungsnummer der sozialen Sicherheit - ENSS',
  ],
  '00025': ['Naam van de werknemer', 'Nom du travailleur', 'Name des Arbeitnehmers'],
  '00026': ['Voornaam van de werknemer', 'Prénom du travailleur', 'Vorname des Arbeitnehmers'],
  '00027': [
    'Initiaal van de tweede voornaam van de werknemer',
    'Initiale du deuxième prénom du travailleur',
    'Initiale des zweiten Vornamens des Arbeitnehmers',
  ],
  '00028': [
    'Datum waarop de werknemer geboren is',
    'Date de naissance du travailleur',
    'Geburtsdatum des Arbeitnehmers',
  ],
  '00029': ['Geslacht van de werknemer', 'Sexe du travailleur', 'Geschlecht des Arbeitnehmers'],
  '00030': ['Straat van de werknemer', 'Rue du travailleur', 'Straße des Arbeitnehmers'],
  '00031': [
    'Nummer van het adres van de werknemer',
    'Numéro de l’adresse du travailleur',
    'Hausnummer des Arbeitnehmers',
  ],
  '00032': ['Brievenbus van de werknemer', 'Boîte postale du travailleur', 'Briefkasten des Arbeitnehmers'],
  '00033': ['Postcode van de werknemer', 'Code postal du travailleur', 'Postleitzahl des Arbeitnehmers'],
  '00034': ['Gemeente van de werknemer', 'Commune du travailleur', 'Gemeinde des Arbeitnehmers'],
  '00035': ['Landcode van de werknemer', 'Code pays du travailleur', 'Ländercode des Arbeitnehmers'],
  '00046': [
    'Nummer van paritair comité',
    'Numéro de commission paritaire',
    'Nummer der paritätischen Kommission',
  ],
  '00053': ['Statuut van de werknemer', 'Statut du travailleur', 'Statut des Arbeitnehmers'],
  '00110': ['Status van het attest', 'Statut de l’attestation', 'Status der Bescheinigung'],
  '00119': [
    'Nationaliteit van de werknemer',
    'Nationalité du travailleur',
    'Staatsangehörigkeit des Arbeitnehmers',
  ],
  '00131': [
    'Ondernemingsnummer van de gebruikende onderneming',
    'Numéro d’entreprise de l’entreprise utilisatrice',
    'Unternehmensnummer des Entleihers',
  ],
  '00153': [
    'Benaming van de gebruikende onderneming',
    'Dénomination de l’entreprise utilisatrice',
    'Bezeichnung des Entleihers',
  ],
  '00168': [
    'Gemeente - geboorteplaats van de werknemer',
    'Commune - lieu de naissance du travailleur',
    'Gemeinde - Geburtsort des Arbeitnehmers',
  ],
  '00169': [
    'Landcode van de geboorteplaats van de werknemer',
    'Code pays du lieu de naissance du travailleur',
    'Ländercode des Geburtsorts des Arbeitnehmers',
  ],
  '00218': [
    'Datum van creatie van het formulier',
    'Date de création du formulaire',
    'Erstellungsdatum des Formulars',
  ],
  '00221': ['Type van de referentie', 'Type de la référence', 'Art der Referenz'],
  '00222': ['Referentienummer', 'Numéro de référence', 'Referenznummer'],
  '00296': ['Identificatie van het formulier', 'Identification du formulaire', 'Kennzeichnung des Formulars'],
  '00297': ['Type van het formulier', 'Type du formulaire', 'Art des Formulars'],
  '00298': ['Herkomst van de referentie', 'Origine de la référence', 'Herkunft der Referenz'],
  '00299': [
    'Precies uur van creatie van het formulier',
    'Heure précise de création du formulaire',
    'Genaue Uhrzeit der Erstellung des Formulars',
  ],
  '00517': ['Straat', 'Rue', 'Straße'],
  '00518': ['Nummer van het adres', 'Numéro de l’adresse', 'Hausnummer'],
  '00519': ['Brievenbus', 'Boîte postale', 'Briefkasten'],
  '00520': ['Postcode', 'Code postal', 'Postleitzahl'],
  '00522': ['Gemeente', 'Commune', 'Gemeinde'],
  '00523': ['Landcode', 'Code pays', 'Ländercode'],
  '00652': ['Nummer van deelentiteit', 'Numéro de sous-entité', 'Nummer der Teileinheit'],
  '00655': ['Aard werknemer', 'Type de travailleur', 'Art des Arbeitnehmers'],
  '00663': [
    'C3.2A- kaartnummer van de maand waarin de Dimonaperiode begint',
    'Numéro de la carte C3.2A du mois du début de la période Dimona',
    'Nummer der Karte C3.2A des Monats, in dem die Dimona-Periode beginnt',
  ],
  '00664': [
    'C3.2A-kaartnummer van de maand die volgt op de maand waarin de Dimonaperiode begint',
    'Numéro de la carte C3.2A du mois suivant celui du début de la période Dimona',
    'Nummer der Karte C3.2A des Monats nach dem Beginn der Dimona-Periode',
  ],
  '00776': ['Benaming', 'Dénomination', 'Bezeichnung'],
  '00777': ['Uur - beginuur', 'Heure - heure de début', 'Uhrzeit - Beginn'],
  '00778': ['Uur - einduur', 'Heure - heure de fin', 'Uhrzeit - Ende'],
  '00910': ['Datum begin', 'Date de début', 'Anfangsdatum'],
  '00911': ['Datum einde', 'Date de fin', 'Enddatum'],
  '00913': [
    'Identificatienummer van Dimonaperiode',
    'Numéro d’identification de la période Dimona',
    'Kennnummer der Dimona-Periode',
  ],
  '00948': ['Voorlopig RSZ-nummer', 'Numéro ONSS provisoire', 'Vorläufige LSS-Nummer'],
  '01017': ['Aantal geplande dagen', 'Nombre de jours prévus', 'Anzahl geplanter Tage'],
  '01085': [
    'Identificatienummer van de dagelijkse registratie',
    'Numéro d’identification de l’enregistrement journalier',
    'Kennnummer der täglichen Registrierung',
  ],
  '01135': ['Aantal geplande uren', 'Nombre d’heures prévues', 'Anzahl geplanter Stunden'],
  '01231': ['Soort werk', 'Nature du travail', 'Art der Arbeit'],
  '90017': ['Natuurlijke persoon', 'Personne physique', 'Natürliche Person'],
  '90059': ['Formulier', 'Formulaire', 'Formular'],
  '90082': ['Referentie', 'Référence', 'Referenz'],
  '90107': ['Gebruikende onderneming', 'Entreprise utilisatrice', 'Entleiher'],
  '90256': [
    'Identificatie van de werkgever',
    'Identification de l’employeur',
    'Identifizierung des Arbeitgebers',
  ],
  '90373': ['Dimona IN aangifte', 'Déclaration Dimona IN', 'Dimona-Meldung IN'],
  '90374': ['Dimona karakteristieken', 'Caractéristiques Dimona', 'Dimona-Merkmale'],
  '90378': ['Dimona wijziging aangifte', 'Déclaration Dimona de modification', 'Dimona-Änderungsmeldung'],
  '90480': [
    'Aangifte dagelijkse registratie',
    'Déclaration d’enregistrement journalier',
    'Meldung einer täglichen Registrierung',
  ],
};
