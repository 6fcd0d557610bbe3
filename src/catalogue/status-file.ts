/** Reads the harmonised social statuses: which there are, who reports them and when a report is doubtful. */
import { z } from 'zod';
import { parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import type { StatusList } from '../domain/status.ts';
import { fourLanguageWords } from './shapes.ts';
import { readYamlFile, throwAll } from './yaml-file.ts';

const STATUSES = 'reference/statuses.yaml';

const organization = z
  .string()
  .refine(
    (text) => text.length === 10 && parseEnterpriseNumber(text) !== undefined,
    'an enterprise number of ten digits in quotation marks is expected, with right check digits',
  );
const sourceName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'small letters, digits and dashes are expected');
const code = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a status code of letters and digits is expected');

const schema = z.strictObject({
  sources: z.record(
    sourceName,
    z.strictObject({ name: fourLanguageWords, organizations: z.array(organization) }),
  ),
  statuses: z.record(code, z.strictObject({ name: fourLanguageWords, sources: z.array(sourceName).min(1) })),
  doubts: z.strictObject({
    startsAfterDays: z.int().min(0),
    contradictions: z.array(z.tuple([code, code])),
    largestDropPercent: z.int().min(0).max(100),
    dropCountsFrom: z.int().min(1),
  }),
});

/** Reads `reference/statuses.yaml`. @throws ServiceError `templateInvalid` */
export async function readStatusList(folder: string): Promise<StatusList> {
  const { value, fault } = await readYamlFile(folder, STATUSES, schema);
  const { sources, statuses, doubts } = value;
  throwAll([
    ...Object.entries(statuses).flatMap(([name, status]) =>
      status.sources.flatMap((source, at) =>
        source in sources ? [] : [fault(['statuses', name, 'sources', at], 'names no source of the list')],
      ),
    ),
    ...doubts.contradictions.flatMap((pair, at) =>
      pair.every((one) => one in statuses)
        ? []
        : [fault(['doubts', 'contradictions', at], 'names a status that is not in the list')],
    ),
  ]);
  return {
    sources: new Map(Object.entries(sources)),
    statuses: new Map(Object.entries(statuses)),
    doubts,
  };
}
