/** Extracts for research: persons under pseudonyms, none of whom stands out. */
import { z } from 'zod';
import { writeCsv } from '../../flow/quarantine-csv.ts';
import {
  type ExtractOutcome,
  MOST_PERSONS,
  makeExtract,
  type Pseudonymised,
} from '../../workflows/make-extract.ts';
import type { Services } from '../../workflows/services.ts';
import { deliberatedAccessOf } from '../callers.ts';
import { contentHeaders } from '../content.ts';
import { legalContext, month } from '../fields.ts';
import { badRequest, inputIssue, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import { deliberationRefused, STATUS_CODE } from './status-query.ts';

const wishSchema = z
  .strictObject({
    deliberationId: z.uuid().meta({ description: 'The deliberation on which the caller asks' }),
    legalContext,
    statuses: z.array(STATUS_CODE).min(1).max(20).meta({ description: 'Whoever had one of these' }),
    from: month.meta({ description: 'The first month' }),
    until: month.meta({ description: 'The last month' }),
  })
  .meta({ id: 'ExtractWish' });

/** The route of extracts. */
export function extractRoute(services: Pick<Services, 'database' | 'catalogue' | 'clock'>): Route {
  return {
    method: 'post',
    path: '/statistics/v1/extracts',
    operationId: 'makeExtract',
    summary: 'Persons under pseudonyms, for research',
    description: `Needs a deliberation with \`researchExtract\` among its attributes that allows every status asked for. A pseudonym is made with a key of this request alone, which nobody keeps: two extracts cannot be joined by it. Each row shares sex, age class and place with at least nine others; where a municipality has fewer, the row has its province, region or country (\`X-Left-Out\` counts who stands out even there). A row tells in how many months somebody had the status, not in which. At most ${MOST_PERSONS} persons. Each of them finds it among the accesses to their data.`,
    tag: 'Statistics',
    access: { kind: 'scope', scope: 'statistics:read', caller: 'client' },
    errors: 'belgif',
    body: {
      kind: 'json',
      schema: wishSchema,
      limit: 16 * 1024,
      examples: {
        one: {
          summary: 'A year of temporary unemployment',
          value: {
            deliberationId: '01935b1e-7c00-7000-8000-000000000001',
            legalContext: 'RESEARCH:LABOUR_MARKET',
            statuses: ['temporaryUnemployment'],
            from: '2020-03',
            until: '2021-02',
          },
        },
      },
    },
    answers: {
      200: {
        description: 'A row for each person and status: pseudonym, sex, age class, place, status, months',
        mediaTypes: ['text/csv'],
        headers: { 'X-Left-Out': 'How many persons are not in it because too few are like them' },
      },
    },
    handle: async (request) => {
      // The route's schema read it.
      const { deliberationId, legalContext: context, ...wish } = request.body as z.output<typeof wishSchema>;
      const named = { deliberationId, legalContext: context };
      if (wish.until < wish.from) throw invalid('until', 'lies before the first month');
      const outcome: ExtractOutcome = await makeExtract(services, deliberatedAccessOf(request, named), wish);
      if (outcome.kind === 'notAllowed') throw deliberationRefused();
      if (outcome.kind === 'tooMany')
        throw invalid('statuses', `are those of more than ${MOST_PERSONS} persons`);
      const mediaType = 'text/csv; charset=utf-8';
      return {
        status: 200,
        headers: {
          ...contentHeaders({ fileName: 'extract.csv', mediaType }),
          'X-Left-Out': String(outcome.leftOut),
        },
        bytes: Buffer.from(write(outcome.rows)),
      };
    },
  };
}

function invalid(name: string, detail: string): Refusal {
  return new Refusal(badRequest([inputIssue('invalidInput', 'body', name, detail)]));
}

function write(rows: readonly Pseudonymised[]): string {
  const header = ['pseudonym', 'sex', 'ageClass', 'place', 'status', 'months'];
  return writeCsv(
    header,
    rows.flatMap(({ pseudonym, sex, ageClass, place, months }) =>
      Object.entries(months).map(([status, count]) => [
        pseudonym,
        sex,
        ageClass,
        place,
        status,
        String(count),
      ]),
    ),
  );
}
