/** A batch without a file: chosen on the register, by the institution that keeps it. */
import { z } from 'zod';
import { LONGEST } from '../../domain/text.ts';
import { submitSelection, unknownStatuses } from '../../workflows/batch-select.ts';
import { asInstitution } from '../../workflows/institution.ts';
import type { Services } from '../../workflows/services.ts';
import { organizationAccessOf } from '../callers.ts';
import { lineOfText } from '../input.ts';
import { badRequest, inputIssue, missingPermission, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import { type BatchServices, batchAddress, batchCommon } from './batch.ts';
import { choicesSchema, readChoices } from './flow-schema.ts';

export type SelectionServices = BatchServices & Pick<Services, 'catalogue'>;

const { period, statuses, places, age } = choicesSchema.shape;

const orderSchema = z
  .strictObject({
    attestationType: z.string().max(40).meta({ example: 'quarantine' }),
    period: period.unwrap(),
    statuses: statuses.meta({ description: 'Only these of the statuses that the type looks at' }),
    places,
    age,
    name: lineOfText(LONGEST.label)
      .default('selection')
      .meta({ type: 'string', minLength: 1, maxLength: LONGEST.label, default: 'selection' }),
    dryRun: z
      .boolean()
      .default(false)
      .meta({ description: 'Only say how many; posting to `approval` starts it' }),
    canary: z.int().min(1).max(9_999_999).optional().meta({ description: 'As for a file' }),
  })
  .meta({ id: 'BatchSelection' });

/** `POST /batches/v1/selections`. */
export function selectionRoute(services: SelectionServices): Route {
  return {
    ...batchCommon,
    method: 'post',
    path: '/batches/v1/selections',
    operationId: 'selectBatch',
    summary: 'Make a batch of a selection on the register',
    description:
      'For the institution alone. Each case of the attestation type that the selection touches is a row: what it is entitled to now is compared with what was issued, and a document is made where that differs. The batch goes the way of any other; as it declares nothing, there is nothing to recall.',
    body: {
      kind: 'json',
      schema: orderSchema,
      limit: 64 * 1024,
      examples: {
        month: {
          summary: 'Who lives in Flanders, for one month',
          value: {
            attestationType: 'quarantine',
            period: { from: '2021-03-01', until: '2021-03-31' },
            places: { regions: ['VLG'] },
            dryRun: true,
          },
        },
      },
    },
    answers: {
      202: { description: 'Everybody who is meant was found', headers: { Location: 'How far it is' } },
    },
    handle: async (request) => {
      const access = asInstitution(services, organizationAccessOf(request));
      if (access === undefined)
        throw new Refusal(missingPermission('Only the institution selects on its register'));
      // The route's schema read it.
      const { attestationType, name, dryRun, canary, ...given } = request.body as z.output<
        typeof orderSchema
      >;
      const selection = { ...readChoices(given), period: given.period, attestationType };
      const unknown = unknownStatuses(services, selection);
      if (unknown === undefined) throw refused('attestationType', 'no such attestation type');
      if (unknown.length > 0) throw refused('statuses', 'the attestation type does not look at all of them');
      const order = { selection, name, runsAtOnce: !dryRun, canaryRows: canary };
      const batchId = await submitSelection(services, access, order);
      return { status: 202, headers: { Location: batchAddress(services, batchId) } };
    },
  };
}

function refused(name: string, detail: string): Refusal {
  return new Refusal(badRequest([inputIssue('invalidInput', 'body', name, detail)]));
}
