/** While a batch goes on: its progress as it happens, and the orders that its agency gives. */
import type { BatchOrder } from '../../domain/batch.ts';
import { controlBatch } from '../../workflows/batch-control.ts';
import { type BatchStep, followBatch } from '../../workflows/batch-progress.ts';
import { agencyAccessOf } from '../callers.ts';
import { notInThisState, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import { type BatchServices, batchAddress, findBatch, oneBatch, toBatch } from './batch.ts';

/** The routes of orders. */
export function controlRoutes(services: BatchServices): Route[] {
  return [
    orderRoute(services, 'pause', 'pause', {
      operationId: 'pauseBatch',
      summary: 'Pause a batch that runs',
      description:
        'Within seconds no further document is made and no further row declared. What was made so far is published.',
      refusal: 'Only a batch that runs can be paused',
    }),
    orderRoute(services, 'resume', 'resumption', {
      operationId: 'resumeBatch',
      summary: 'Have a paused batch go on',
      description:
        'So does one whose first rows were issued, and whose others wait until somebody looked at these.',
      access: { kind: 'scope', scope: 'batches:approve', caller: 'client' },
      refusal: 'Only a batch that is paused can go on',
    }),
    orderRoute(services, 'cancel', 'cancellation', {
      operationId: 'cancelBatch',
      summary: 'Cancel a batch',
      description:
        'Rows that were not declared end as `cancelled`. What was declared goes on to its end, so that every row has an outcome.',
      refusal: 'Only a batch that is not done can be cancelled',
    }),
    orderRoute(services, 'recall', 'recall', {
      operationId: 'recallBatch',
      summary: 'Recall a batch that was a mistake',
      description:
        'Whatever it declared is taken back: attestations that were not issued are held back, those that were are revoked, and their persons get a message that says so. What its rows declare no more changes nothing that others declared. Each row says what recalling came to.',
      access: { kind: 'scope', scope: 'batches:approve', caller: 'client' },
      refusal: 'Only a batch that ran or runs can be recalled',
    }),
  ];
}

type OrderText = Pick<Route, 'operationId' | 'summary' | 'description'> &
  Partial<Pick<Route, 'access'>> & { readonly refusal: string };

/** An order given twice is followed once and answered alike. */
function orderRoute(
  services: BatchServices,
  order: BatchOrder,
  path: string,
  { refusal, ...text }: OrderText,
): Route {
  return {
    ...oneBatch,
    ...text,
    method: 'post',
    path: `/batches/v1/batches/{batchId}/${path}`,
    answers: { 202: { description: 'It is followed', headers: { Location: 'How far the batch is' } } },
    handle: async (request) => {
      const { batchId } = await findBatch(services, request);
      if ((await controlBatch(services, agencyAccessOf(request), batchId, order)) === 'impossible')
        throw new Refusal(notInThisState(refusal));
      return { status: 202, headers: { Location: batchAddress(services, batchId) } };
    },
  };
}

/** `GET …/{batchId}/progress`. */
export function progressRoute(services: BatchServices, stopping: AbortSignal): Route {
  return {
    ...oneBatch,
    method: 'get',
    path: '/batches/v1/batches/{batchId}/progress',
    operationId: 'followBatch',
    summary: 'How far a batch is, as it goes on',
    description:
      'Server-sent events (WHATWG HTML, 9.2), one a second: `progress` with the batch as `GET …/{batchId}` gives it, and beside it `rowsPerSecond` and `secondsLeft` (null while they are not known). The last one is `end`, when the batch is done, cancelled, or waits for somebody. A stream that ends without it goes on when it is asked for again.',
    answers: { 200: { description: 'A stream of events', mediaTypes: ['text/event-stream'] } },
    handle: async (request) => {
      const batch = await findBatch(services, request);
      const steps = followBatch(services, agencyAccessOf(request), batch, stopping);
      return {
        status: 200,
        headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' },
        stream: eventsOf(services, steps),
      };
    },
  };
}

async function* eventsOf(services: BatchServices, steps: AsyncIterable<BatchStep>): AsyncGenerator<string> {
  yield 'retry: 1000\n\n';
  for await (const { batch, rowsPerSecond, secondsLeft } of steps) {
    const data = {
      ...toBatch(services, batch),
      rowsPerSecond: rowsPerSecond && Math.round(rowsPerSecond * 10) / 10,
      secondsLeft: secondsLeft && Math.ceil(secondsLeft),
    };
    yield `event: ${data.status.state === 'done' ? 'end' : 'progress'}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}
