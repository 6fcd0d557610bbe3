/** What people take away of the accesses to their data: a table for people, JSON for programs. */
import { whoOf, whyOf } from '../domain/access-words.ts';
import { whatOf } from '../domain/action-words.ts';
import type { PageLanguage } from '../domain/language.ts';
import { microTime } from '../domain/micro-time.ts';
import { writeCsv } from '../flow/quarantine-csv.ts';
import type { Access } from './accesses.ts';

const COLUMNS: Readonly<Record<PageLanguage, readonly string[]>> = {
  nl: ['wanneer', 'wie', 'ondernemingsnummer', 'wat', 'waarom', 'voorwerp', 'plaats in het logboek'],
  fr: ['quand', 'qui', 'numéro d’entreprise', 'quoi', 'pourquoi', 'objet', 'place dans le journal'],
  de: ['wann', 'wer', 'Unternehmensnummer', 'was', 'warum', 'Gegenstand', 'Stelle im Protokoll'],
  en: ['when', 'who', 'enterprise number', 'what', 'why', 'object', 'place in the log'],
};

/** Writes them as CSV, with words for people. */
export async function* writeAccessTable(
  accesses: AsyncIterable<Access>,
  lang: PageLanguage,
): AsyncGenerator<string> {
  yield `\ufeff${writeCsv(COLUMNS[lang], [])}`;
  for await (const access of accesses) {
    const who = (access.organizationName ?? whoOf(access.by))[lang];
    const [what, why] = [
      whatOf(access.action)[lang],
      whyOf(access.action, access.ground, access.deliberation)[lang],
    ];
    const cells = [
      microTime(access.at),
      who,
      access.organization,
      what,
      why,
      access.object,
      access.leafIndex,
    ];
    yield writeCsv(
      cells.map((cell) => cell ?? ''),
      [],
    );
  }
}

/** Writes them as JSON, as the API gives them. */
export async function* writeAccessJson(accesses: AsyncIterable<Access>): AsyncGenerator<string> {
  let separator = '{"items":[\n';
  for await (const access of accesses) {
    yield `${separator}${JSON.stringify(accessItem(access))}`;
    separator = ',\n';
  }
  yield separator === ',\n' ? '\n]}\n' : `${separator}]}\n`;
}

/** One access as the API gives it. */
export function accessItem(access: Access) {
  const { accessId, by, action, purpose, ground, object, organization, organizationName, leafIndex } = access;
  const { mandateId, deliberation } = access;
  const { deliberationId, version, number } = deliberation ?? {};
  return {
    accessId,
    at: microTime(access.at),
    by,
    ...(organization !== undefined && {
      organization: {
        enterpriseNumber: organization,
        ...(organizationName !== undefined && { name: organizationName }),
      },
    }),
    action,
    what: whatOf(action),
    purpose,
    ground,
    why: whyOf(action, ground, deliberation),
    ...(mandateId !== undefined && { mandateId }),
    ...(deliberation && { deliberation: { deliberationId, version, number } }),
    ...(object !== undefined && { object }),
    ...(leafIndex !== undefined && { leafIndex: Number(leafIndex) }),
  };
}
