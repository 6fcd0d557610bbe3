/** What a checked batch would come to, before anybody has it run. */
import { z } from 'zod';
import { DOCUMENT_LANGUAGES } from '../../domain/language.ts';
import { type ConsultedForecast, consultForecast } from '../../workflows/batch-forecast.ts';
import type { Services } from '../../workflows/services.ts';
import { agencyAccessOf } from '../callers.ts';
import { notInThisState, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import { type BatchServices, findBatch, oneBatch } from './batch.ts';

export type ForecastServices = BatchServices & Pick<Services, 'catalogue'>;

const persons = z.int().meta({ example: 23 });

const forecastSchema = z
  .object({
    attestations: z
      .array(z.object({ attestationType: z.string(), count: z.int() }))
      .meta({ description: 'At most so many are issued: one for each case that the rows touch' }),
    persons: z.int().meta({ description: 'Whom the rows name and the register knows' }),
    languages: z
      .array(z.object({ language: z.enum(DOCUMENT_LANGUAGES), persons }))
      .meta({ description: 'Of their attestations; those of too few persons are left out' }),
    unreachablePercent: z.int().optional().meta({
      description: 'Of the persons: whose eBox cannot be reached. Missing where that would tell of too few',
    }),
    places: z
      .array(
        z.object({
          place: z
            .string()
            .meta({ description: 'NIS code of a municipality, or of what it lies in', example: '24062' }),
          name: z.object({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() }),
          within: z
            .string()
            .optional()
            .meta({ description: 'The place that it is part of', example: '20001' }),
          persons,
        }),
      )
      .meta({
        description:
          'By domicile: the country, then areas and municipalities; those with too few persons are left out',
      }),
    isPartial: z.boolean().meta({ description: 'Whether something was left out' }),
    smallestCount: z
      .int()
      .meta({ description: 'Counts below this are left out, and as many others as it takes' }),
    estimatedSeconds: z.int().optional().meta({
      description: 'Of running it, by how fast the last batches went; missing while there were none',
    }),
  })
  .meta({ id: 'BatchForecast' });

/** The route of the forecast. */
export function forecastRoute(services: ForecastServices): Route {
  return {
    ...oneBatch,
    method: 'get',
    path: '/batches/v1/batches/{batchId}/forecast',
    operationId: 'getBatchForecast',
    summary: 'What a batch would come to',
    description:
      'Counted when it was checked, of a batch that waits to be started: attestations by type, persons by language and municipality, how many cannot be reached in their eBox, and how long running it takes. Small counts are left out: else a batch of one row would tell where somebody lives.',
    answers: { 200: { description: 'The counts', schema: forecastSchema } },
    handle: async (request) => {
      const batch = await findBatch(services, request);
      const forecast = await consultForecast(services, agencyAccessOf(request), batch);
      if (forecast === undefined)
        throw new Refusal(
          notInThisState('Only a batch that was checked, and waited to be started, has a forecast'),
        );
      return { status: 200, body: answerOf(forecast) };
    },
  };
}

function answerOf(forecast: ConsultedForecast): z.input<typeof forecastSchema> {
  const { attestations, languages, places, unreachablePercent, estimatedSeconds } = forecast;
  return {
    attestations: attestations.map(({ type, count }) => ({ attestationType: type, count })),
    persons: forecast.persons,
    languages: [...languages],
    ...(unreachablePercent !== undefined && { unreachablePercent }),
    places: places.map(({ place: { id, label, within }, persons: count }) => ({
      place: id,
      name: label,
      ...(within !== undefined && { within }),
      persons: count,
    })),
    isPartial: forecast.isPartial,
    smallestCount: forecast.smallestCount,
    ...(estimatedSeconds !== undefined && { estimatedSeconds }),
  };
}
