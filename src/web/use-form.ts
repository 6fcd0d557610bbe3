/** The form in which an agency asks for data: what was typed, read as a use of the register, or what is wrong with it. */
import type { DataUse } from '../domain/deliberation.ts';
import { type LocalDate, parseLocalDate } from '../domain/period.ts';
import { foldText } from '../domain/text.ts';
import type { Services } from '../workflows/services.ts';
import type { FieldFault } from './desk.ts';
import { fieldOf, fieldsOf } from './field.ts';
import { readFreeText } from './free-text.ts';
import type { OfficialVisit } from './route.ts';

/** What was typed and ticked. */
export interface TypedUse {
  readonly purpose: Readonly<Record<'nl' | 'fr' | 'de', string>>;
  readonly legalContext: string;
  readonly statuses: readonly string[];
  readonly attestationTypes: readonly string[];
  readonly flows: readonly string[];
  readonly attributes: readonly string[];
  readonly municipalities: string;
  readonly ownDossiers: boolean;
  readonly validFrom: string;
  readonly validUntil: string;
}

export const LONGEST_PURPOSE = 300;
const LONGEST_PLACES = 4000;
/** As the interface of programs wants it; without digits, so that it never holds a person's number. */
const LEGAL_CONTEXT = /^[A-Z]{2,12}:[A-Z]{1,20}(?:_[A-Z]{1,20}){0,4}$/;

/** Reads what was sent. */
export function readTyped(visit: OfficialVisit): TypedUse {
  const purposeIn = (language: string) => fieldOf(visit, `purpose-${language}`).slice(0, 2 * LONGEST_PURPOSE);
  return {
    purpose: { nl: purposeIn('nl'), fr: purposeIn('fr'), de: purposeIn('de') },
    legalContext: fieldOf(visit, 'legalContext').trim().toUpperCase().slice(0, 130),
    statuses: fieldsOf(visit, 'statuses'),
    attestationTypes: fieldsOf(visit, 'attestationTypes'),
    flows: fieldsOf(visit, 'flows'),
    attributes: fieldsOf(visit, 'attributes'),
    municipalities: fieldOf(visit, 'municipalities').slice(0, LONGEST_PLACES),
    ownDossiers: fieldOf(visit, 'ownDossiers') === 'yes',
    validFrom: fieldOf(visit, 'validFrom').slice(0, 10),
    validUntil: fieldOf(visit, 'validUntil').slice(0, 10),
  };
}

/** Gives the use that is asked for, or what is wrong by the field it is about. */
export function readUse(
  { catalogue }: Pick<Services, 'catalogue'>,
  typed: TypedUse,
  { t }: OfficialVisit['texts'],
): { readonly use: DataUse } | { readonly faults: readonly FieldFault[] } {
  const faults: FieldFault[] = [];
  const fault = (field: string, key: string) => faults.push({ field, text: t(key) });
  const purpose = { ...typed.purpose };
  for (const language of ['nl', 'fr', 'de'] as const) {
    const read = readFreeText(typed.purpose[language], LONGEST_PURPOSE);
    if ('fault' in read) {
      const said = t(read.fault === 'desk.reasonMissing' ? 'access.purposeMissing' : read.fault);
      faults.push({ field: `purpose-${language}`, text: `${language.toUpperCase()}: ${said}` });
    } else purpose[language] = read.text;
  }
  if (!LEGAL_CONTEXT.test(typed.legalContext)) fault('legalContext', 'access.legalContextWrong');
  const { statuses, attestationTypes, flows, attributes, ownDossiers } = typed;
  if (statuses.length + attestationTypes.length + flows.length === 0)
    fault('statuses', 'access.nothingAsked');
  const places = readPlaces(catalogue, typed.municipalities);
  if (places === undefined) fault('municipalities', 'access.placeUnknown');
  const term = readTerm(typed);
  if (term === undefined) fault('validFrom', 'access.termWrong');
  if (places === undefined || term === undefined || faults.length > 0) return { faults };
  const { legalContext } = typed;
  const asked = { legalContext, purpose, statuses, attestationTypes, flows, attributes, ownDossiers };
  return { use: { ...asked, ...(places.length > 0 && { municipalities: places }), ...term } };
}

/** Names in any language, or NIS codes, with commas or on lines of their own; undefined where one is not known. */
function readPlaces({ municipalities }: Services['catalogue'], text: string): readonly string[] | undefined {
  const codes = new Map<string, string>();
  for (const { nisCode, name, validUntil } of municipalities.values()) {
    if (validUntil !== undefined) continue;
    for (const one of [nisCode, ...Object.values(name)]) codes.set(foldText(String(one)), nisCode);
  }
  const asked = text
    .split(/[,;\n]/)
    .map((one) => foldText(one.trim()))
    .filter((one) => one !== '');
  const found = asked.map((one) => codes.get(one));
  return found.every((one) => one !== undefined) ? [...new Set(found)] : undefined;
}

function readTerm({
  validFrom,
  validUntil,
}: TypedUse): { readonly validFrom: LocalDate; readonly validUntil: LocalDate } | undefined {
  const [from, until] = [parseLocalDate(validFrom), parseLocalDate(validUntil)];
  if (from === undefined || until === undefined || until < from) return undefined;
  return { validFrom: from, validUntil: until };
}
