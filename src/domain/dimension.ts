/** The dimensions of tables of counts, with every category that they have and what each is called. */
import { AREAS, areaOf, COUNTRY } from './area.ts';
import type { LocalizedString } from './language.ts';
import type { Municipality } from './municipality.ts';
import { REGIONS } from './municipality.ts';
import { isWithin, type LocalDate } from './period.ts';
import {
  AGE_CLASSES,
  type Category,
  type Dimension,
  type DimensionName,
  SIZES,
  UNKNOWN,
} from './statistics.ts';
import { type Words, words } from './words.ts';

/** What the reference data say that dimensions are made from. */
export interface DimensionSources {
  readonly municipalities: ReadonlyMap<string, Municipality>;
  readonly jointCommittees: ReadonlyMap<string, LocalizedString>;
  /** Municipalities are those of this day. */
  readonly today: LocalDate;
}

const TOTAL = 'total';
const ALL = words('Totaal', 'Total', 'Insgesamt', 'Total');
const NOT_KNOWN = words('Onbekend', 'Inconnu', 'Unbekannt', 'Unknown');

const LABELS: Readonly<Record<DimensionName, Words>> = {
  place: words('Woonplaats', 'Domicile', 'Wohnort', 'Domicile'),
  region: words('Gewest', 'Région', 'Region', 'Region'),
  sex: words('Geslacht', 'Sexe', 'Geschlecht', 'Sex'),
  ageClass: words('Leeftijd', 'Âge', 'Alter', 'Age'),
  jointCommittee: words(
    'Paritair comité',
    'Commission paritaire',
    'Paritätische Kommission',
    'Joint committee',
  ),
  size: words('Aantal werknemers', 'Nombre de travailleurs', 'Zahl der Arbeitnehmer', 'Number of workers'),
  use: words('Gebruik', 'Utilisation', 'Nutzung', 'Use'),
};

/** The uses that are counted, by the action that evidence keeps of each. */
export const USES: Readonly<Record<string, Words>> = {
  'declaration.report': words('Aangiften', 'Déclarations', 'Meldungen', 'Declarations'),
  'attestation.issue': words('Attesten', 'Attestations', 'Bescheinigungen', 'Attestations issued'),
  'message.publish': words('Berichten', 'Messages', 'Nachrichten', 'Messages published'),
  'message.read': words('Gelezen berichten', 'Messages lus', 'Gelesene Nachrichten', 'Messages read'),
  'attestation.verify': words('Verificaties', 'Vérifications', 'Prüfungen', 'Verifications'),
  'status.query': words(
    'Vragen over statuten',
    'Questions sur des statuts',
    'Fragen zu Status',
    'Questions about statuses',
  ),
  'attestation.query': words(
    'Vragen over attesten',
    'Questions sur des attestations',
    'Fragen zu Bescheinigungen',
    'Questions about attestations',
  ),
};

/** Gives a dimension whole. */
export function dimensionOf(name: DimensionName, sources: DimensionSources): Dimension {
  return { name, label: LABELS[name], categories: categoriesOf(name, sources) };
}

function categoriesOf(name: DimensionName, sources: DimensionSources): readonly Category[] {
  switch (name) {
    case 'place':
      return placesOf(sources);
    case 'region':
      return [...areas((code) => REGIONS.some((one) => one === code)), missing(COUNTRY)];
    case 'sex':
      return [
        all(),
        part('female', words('Vrouw', 'Femme', 'Frau', 'Female')),
        part('male', words('Man', 'Homme', 'Mann', 'Male')),
        missing(),
      ];
    case 'ageClass':
      return [all(), ...AGE_CLASSES.map((_, at) => part(rangeOf(AGE_CLASSES, at), years(at))), missing()];
    case 'jointCommittee':
      return [all(), ...[...sources.jointCommittees].map(committee), missing()];
    case 'size':
      return [all(), ...SIZES.map((_, at) => part(rangeOf(SIZES, at), same(rangeOf(SIZES, at))))];
    case 'use':
      return [all(), ...Object.entries(USES).map(([id, label]) => part(id, label))];
  }
}

const all = (): Category => ({ id: TOTAL, label: ALL });
const part = (id: string, label: Words, within = TOTAL): Category => ({ id, label, within });
const missing = (within = TOTAL): Category => part(UNKNOWN, NOT_KNOWN, within);
const same = (text: string): Words => words(text, text, text, text);

function committee([number, { nl, fr, de }]: readonly [string, LocalizedString]): Category {
  const name = (text: string) => `${number} ${text}`;
  return part(number, words(name(nl), name(fr), name(de), name(nl)));
}

/** Names a class by its first and last number, as `18-24` or `75+`. */
export function rangeOf(classes: readonly number[], at: number): string {
  const next = classes[at + 1];
  if (next === undefined) return `${classes[at]}+`;
  return next - 1 === classes[at] ? `${classes[at]}` : `${classes[at]}-${next - 1}`;
}

function years(at: number): Words {
  const range = rangeOf(AGE_CLASSES, at);
  return words(`${range} jaar`, `${range} ans`, `${range} Jahre`, `${range} years`);
}

function areas(isKept: (code: string) => boolean): Category[] {
  return AREAS.filter(({ code }) => code === COUNTRY || isKept(code)).map(({ code, name, within }) => ({
    id: code,
    label: name,
    ...(within !== undefined && { within }),
  }));
}

/** The country, its regions and provinces, and the municipalities of today. */
function placesOf({ municipalities, today }: DimensionSources): readonly Category[] {
  const present = [...municipalities.values()].filter(({ validFrom, validUntil }) =>
    isWithin(today, validFrom, validUntil),
  );
  return [
    ...areas(() => true),
    ...present.map((one): Category => {
      const { nl, fr, de } = one.name;
      return part(one.nisCode, words(nl, fr, de, one.language === 'nl' ? nl : fr), areaOf(one.nisCode));
    }),
    missing(COUNTRY),
  ];
}
