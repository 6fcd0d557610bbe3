/** A table of counts as JSON-stat 2.0 (json-stat.org/full): one dataset, values in one list, hidden ones null. */
import type { PageLanguage } from '../domain/language.ts';
import type { Category, Table } from '../domain/statistics.ts';
import { type Words, words } from '../domain/words.ts';

/** As SDMX's list of observation statuses calls what is kept secret (CL_OBS_STATUS, `Q` and CL_CONF_STATUS, `C`). */
export const HIDDEN = 'C';

const MONTH = words('Maand', 'Mois', 'Monat', 'Month');

/** Says what `HIDDEN` stands for. */
export function hiddenNote({ smallest }: Pick<Table, 'smallest'>): Words {
  return words(
    `Verborgen: minder dan ${smallest}, of samen daarmee verborgen zodat geen totaal het verraadt.`,
    `Masqué\u00a0: moins de ${smallest}, ou masqué avec ceux-ci pour qu’aucun total ne le révèle.`,
    `Verborgen: weniger als ${smallest}, oder damit verborgen, damit keine Summe es verrät.`,
    `Hidden: fewer than ${smallest}, or hidden with them so that no total gives it away.`,
  );
}

const COLON = words(': ', '\u00a0: ', ': ', ': ');

/** Names a table with the status that it is of. */
export function labelOf({ title, status }: Table, language: PageLanguage): string {
  return status === undefined
    ? title[language]
    : `${title[language]}${COLON[language]}${status.name[language]}`;
}

/** Writes a table. `updated` is when it was counted. */
export function writeJsonStat(table: Table, language: PageLanguage, updated: Date) {
  const { months, dimensions, blocks } = table;
  const value = blocks.flatMap((cells) => cells.map((count) => count ?? null));
  const hidden = value.flatMap((count, at) => (count === null ? [[String(at), HIDDEN] as const] : []));
  return {
    version: '2.0',
    class: 'dataset',
    label: labelOf(table, language),
    updated: updated.toISOString(),
    note: [hiddenNote(table)[language]],
    id: ['month', ...dimensions.map(({ name }) => name)],
    size: [months.length, ...dimensions.map(({ categories }) => categories.length)],
    role: { time: ['month'], ...(dimensions[0]?.name === 'place' && { geo: ['place'] }) },
    dimension: {
      month: { label: MONTH[language], category: { index: months } },
      ...Object.fromEntries(
        dimensions.map(({ name, label, categories }) => [
          name,
          { label: label[language], category: categoryOf(categories, language) },
        ]),
      ),
    },
    value,
    ...(hidden.length > 0 && { status: Object.fromEntries(hidden) }),
  };
}

function categoryOf(categories: readonly Category[], language: PageLanguage) {
  const child: Record<string, string[]> = {};
  for (const { id, within } of categories) if (within !== undefined) (child[within] ??= []).push(id);
  return {
    index: categories.map(({ id }) => id),
    label: Object.fromEntries(categories.map(({ id, label }) => [id, label[language]])),
    child,
  };
}
