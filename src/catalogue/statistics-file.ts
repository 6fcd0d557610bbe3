/** Reads which tables of counts there are, and how small a count may be. */
import { z } from 'zod';
import { COUNTED, DIMENSIONS, type StatisticsRules } from '../domain/statistics.ts';
import type { StatusList } from '../domain/status.ts';
import { fourLanguageWords } from './shapes.ts';
import { readYamlFile, throwAll } from './yaml-file.ts';

const STATISTICS = 'reference/statistics.yaml';

/** Dimensions that what is counted does not have. */
const FITTING = {
  persons: ['place', 'region', 'sex', 'ageClass', 'jointCommittee'],
  employers: ['jointCommittee', 'size'],
  uses: ['use'],
} as const satisfies Record<(typeof COUNTED)[number], readonly (typeof DIMENSIONS)[number][]>;

const table = z
  .strictObject({
    title: fourLanguageWords,
    counts: z.enum(COUNTED),
    statuses: z.array(z.string()).min(1).exactOptional(),
    across: z.array(z.enum(DIMENSIONS)).min(1).max(3),
  })
  .superRefine(({ counts, across }, context) => {
    const fitting: readonly string[] = FITTING[counts];
    for (const [at, name] of across.entries())
      if (!fitting.includes(name) || across.indexOf(name) !== at)
        context.addIssue({
          code: 'custom',
          path: ['across', at],
          message: `${counts} are not counted by it`,
        });
    if (across.includes('place') && across.includes('region'))
      context.addIssue({ code: 'custom', path: ['across'], message: 'a place is in its region already' });
  });

const schema = z.strictObject({
  smallestCount: z.int().min(3),
  smallestGroup: z.int().min(10),
  tables: z.record(z.string().regex(/^[a-z][a-z-]*$/, 'small letters and dashes are expected'), table),
});

/** Reads `reference/statistics.yaml`. @throws ServiceError `templateInvalid` */
export async function readStatistics(
  folder: string,
  statuses: Promise<StatusList>,
): Promise<StatisticsRules> {
  const { value, fault } = await readYamlFile(folder, STATISTICS, schema);
  // A list that cannot be read is told of by whoever reads it.
  const known = await statuses.then((list) => list.statuses).catch(() => undefined);
  throwAll(
    Object.entries(value.tables).flatMap(([id, { statuses: named = [] }]) =>
      named.flatMap((code, at) =>
        known === undefined || known.has(code)
          ? []
          : [fault(['tables', id, 'statuses', at], 'names a status that is not in the list')],
      ),
    ),
  );
  return { ...value, tables: new Map(Object.entries(value.tables)) };
}
