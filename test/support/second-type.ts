/** A second attestation type, made of data only: periods of increased intervention in health care. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttestationFacts, AttestedPeriod } from '../../src/domain/attestation.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { projectRoot } from './needs.ts';

export const SECOND_TYPE = 'increased-intervention';

const TYPE = `version: 1
numberPrefix: VTI
case: []
status: increasedIntervention
ssin: masked
messageType:
  id: increased-intervention-attestation
  name: { nl: Attest van verhoogde tegemoetkoming, fr: Attestation d’intervention majorée, de: Bescheinigung über die erhöhte Beteiligung }
  senderApplication:
    id: social-attestations
    name: { nl: Sociale attesten, fr: Attestations sociales, de: Sozialbescheinigungen }
  validity: { number: 1, unit: year }
facts:
  row: period
  attributes:
    institution: enterprise
    office: address
    ground: { codes: [income, status] }
    ceiling: amount
    household: number
layout:
  - { kind: fields, fields: [number] }
  - { kind: fields, fields: [issuedOn], beside: true }
  - { kind: paragraph, text: statement, keepTogether: true }
  - { kind: fields, heading: person, fields: [holder, ssin] }
  - { kind: fields, heading: institutionBlock, fields: [institution, office], beside: true }
  - { kind: heading, text: periods }
  - kind: table
    columns: [from, { fact: until, format: shortDate }, ground, household, ceiling]
    total: numberOfPeriods
  - { kind: notice, heading: limitsHeading, text: limits }
  - { kind: check, heading: checkHeading, text: checkText }
  - { kind: seal, text: sealNote, field: sealName }
`;

const WORDS = {
  nl: `title: Attest van verhoogde tegemoetkoming
subject: Uw attest van verhoogde tegemoetkoming
words:
  statement: Wij verklaren dat {holder} volgens {institution} recht had op de verhoogde tegemoetkoming in de periodes hieronder.
  person: Persoon
  holder: Naam, voornaam
  ssin: Identificatienummer van de sociale zekerheid (INSZ)
  institutionBlock: Ziekenfonds
  institution: Naam
  office: Adres
  periods: Periodes
  from: Vanaf
  until: Tot en met
  ground: Grond
  ground.income: Inkomen
  ground.status: Statuut
  household: Gezinsleden
  ceiling: Inkomensgrens
  numberOfPeriods: Aantal periodes
  limitsHeading: Wat dit attest niet zegt
  limits: Dit attest zegt niets over de gezondheid van deze persoon.
`,
  fr: `title: Attestation d’intervention majorée
subject: Votre attestation d’intervention majorée
words:
  statement: Nous attestons que, selon {institution}, {holder} avait droit à l’intervention majorée pendant les périodes ci-dessous.
  person: Personne
  holder: Nom, prénom
  ssin: Numéro d’identification à la sécurité sociale (NISS)
  institutionBlock: Mutualité
  institution: Nom
  office: Adresse
  periods: Périodes
  from: À partir du
  until: Jusqu’au
  ground: Motif
  ground.income: Revenus
  ground.status: Statut
  household: Membres du ménage
  ceiling: Plafond de revenus
  numberOfPeriods: Nombre de périodes
  limitsHeading: Ce que cette attestation ne dit pas
  limits: Cette attestation ne dit rien de la santé de cette personne.
`,
  de: `title: Bescheinigung über die erhöhte Beteiligung
subject: Ihre Bescheinigung über die erhöhte Beteiligung
words:
  statement: Wir bescheinigen, dass {holder} laut {institution} in den Zeiträumen unten Anspruch auf die erhöhte Beteiligung hatte.
  person: Person
  holder: Name, Vorname
  ssin: Erkennungsnummer der sozialen Sicherheit (ENSS)
  institutionBlock: Krankenkasse
  institution: Name
  office: Adresse
  periods: Zeiträume
  from: Ab
  until: Bis einschließlich
  ground: Grund
  ground.income: Einkommen
  ground.status: Statut
  household: Haushaltsmitglieder
  ceiling: Einkommensgrenze
  numberOfPeriods: Anzahl Zeiträume
  limitsHeading: Was diese Bescheinigung nicht aussagt
  limits: Diese Bescheinigung sagt nichts über die Gesundheit dieser Person aus.
`,
} as const;

/** Copies the templates of this checkout into a folder and adds the second type. */
export function writeTemplates(folder: string): void {
  cpSync(join(projectRoot, 'templates'), folder, { recursive: true });
  const own = join(folder, SECOND_TYPE);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'type.yaml'), TYPE);
  for (const [language, words] of Object.entries(WORDS)) writeFileSync(join(own, `${language}.yaml`), words);
}

const day = (text: string) => text as LocalDate;

/** Two periods of one person at one institution, the second still open. */
export const PERIODS: readonly AttestedPeriod[] = [
  {
    period: { startDate: day('2019-01-01'), endDate: day('2019-12-31') },
    source: '1900012343',
    attributes: {
      institution: 'Ziekenfonds De Brug',
      office: {
        street: 'Kerkstraat',
        houseNumber: '12',
        boxNumber: '3',
        postCode: '1000',
        municipality: '21004',
      },
      ground: 'income',
      household: '3',
      ceiling: '19105.58',
    },
  },
  {
    period: { startDate: day('2021-09-01') },
    source: '1900012343',
    attributes: { institution: 'Ziekenfonds De Brug', ground: 'status', household: '1024', ceiling: '1200' },
  },
];

/** The facts of one attestation. */
export function periodFacts(periods: readonly AttestedPeriod[] = PERIODS): AttestationFacts {
  const holder = { ssin: '81050003552' as Ssin, familyName: 'Peeters', givenName: 'An' };
  return { holder, days: [], periods };
}
