/** Deliveries: a sender asks how its messages reached somebody, and prints those that go on paper. */
import { z } from 'zod';
import {
  addressPrintItem,
  fetchToPrint,
  followDeliveries,
  listToPrint,
  recordPrinting,
} from '../../workflows/deliveries.ts';
import type { Services } from '../../workflows/services.ts';
import { senderAccessOf } from '../callers.ts';
import { contentHeaders } from '../content.ts';
import { checkSsin, ssinText } from '../fields.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Request, Route } from '../route.ts';
import {
  addressedItemSchema,
  deliveriesSchema,
  printItemSchema,
  printItemsSchema,
  toAddressedItem,
  toDelivery,
  toPrintItem,
} from './delivery-schema.ts';

type DeliveryServices = Pick<Services, 'database' | 'vault' | 'archive' | 'newId' | 'clock' | 'settings'>;

/** The routes of deliveries. */
export function deliveryRoutes(services: DeliveryServices): Route[] {
  return [
    followRoute(services),
    listRoute(services),
    itemRoute(services),
    contentRoute(services),
    printingRoute(services),
  ];
}

const common = { tag: 'Deliveries', errors: 'belgif', body: { kind: 'none' } } as const;
const printing = {
  ...common,
  access: { kind: 'scope', scope: 'deliveries:print', caller: 'client' },
} as const;
const ofItem = {
  ...printing,
  params: z.strictObject({ messageId: z.uuid().meta({ description: 'The message to be printed' }) }),
} as const;

const ITEMS = '/deliveries/v1/printItems';
const baseOf = ({ settings }: DeliveryServices) => `${settings.publicUrl}${ITEMS}`;
const idOf = (request: Request) => request.params.messageId ?? '';

const questionSchema = z.strictObject({ ssin: ssinText('The recipient') });

function followRoute(services: DeliveryServices): Route {
  return {
    ...common,
    method: 'post',
    path: '/deliveries/v1/messages/query',
    operationId: 'queryDeliveries',
    summary: 'How the last messages of the caller’s organisation reached a person',
    description:
      'Read or not; told by mail, and whether that mail came back; on paper, where the person has no eBox in use. The newest 100. Nothing is listed of somebody to whom the organisation sent nothing, known or not.',
    access: { kind: 'scope', scope: 'deliveries:consult', caller: 'client' },
    body: {
      kind: 'json',
      schema: questionSchema,
      limit: 1024,
      examples: { person: { summary: 'A person', value: { ssin: '81050003552' } } },
    },
    answers: { 200: { description: 'The messages, the newest first', schema: deliveriesSchema } },
    handle: async (request) => {
      // The route's schema read it.
      const { ssin: text } = request.body as z.output<typeof questionSchema>;
      const ssin = checkSsin(text, 'ssin', services.clock());
      const rows = await followDeliveries(services, senderAccessOf(request), ssin);
      return { status: 200, body: { items: rows.map(toDelivery) } };
    },
  };
}

const ITEMS_A_PAGE = 500;

const listQuery = z.strictObject({
  afterMessageId: z.uuid().optional().meta({ description: 'The last item of the page before' }),
});

function listRoute(services: DeliveryServices): Route {
  return {
    ...printing,
    method: 'get',
    path: ITEMS,
    operationId: 'listPrintItems',
    summary: 'What the caller’s organisation has to print: messages to persons without an eBox in use',
    description:
      'The list names nobody; each item does, and asking for it is recorded. What was read in the eBox meanwhile, or holds no more, is left out.',
    query: listQuery,
    answers: { 200: { description: `Up to ${ITEMS_A_PAGE} items`, schema: printItemsSchema } },
    handle: async (request) => {
      // The route's schema read it.
      const { afterMessageId } = request.query as z.output<typeof listQuery>;
      const items = await listToPrint(services, senderAccessOf(request), afterMessageId, ITEMS_A_PAGE);
      const next = `${baseOf(services)}?afterMessageId=${items.at(-1)?.messageId}`;
      return {
        status: 200,
        body: {
          items: items.map((item) => toPrintItem(item, baseOf(services))),
          ...(items.length === ITEMS_A_PAGE && { next }),
        },
      };
    },
  };
}

function itemRoute(services: DeliveryServices): Route {
  return {
    ...ofItem,
    method: 'get',
    path: `${ITEMS}/{messageId}`,
    operationId: 'getPrintItem',
    summary: 'One item, with the person it goes to',
    answers: { 200: { description: 'The item', schema: addressedItemSchema } },
    handle: async (request) => {
      const item = await addressPrintItem(services, senderAccessOf(request), idOf(request));
      if (item === undefined) throw new Refusal(resourceNotFound('messageId'));
      return { status: 200, body: toAddressedItem(item, baseOf(services)) };
    },
  };
}

function contentRoute(services: DeliveryServices): Route {
  return {
    ...ofItem,
    method: 'get',
    path: `${ITEMS}/{messageId}/content`,
    operationId: 'getPrintItemContent',
    summary: 'The document to be printed; fetching it does not make the message read',
    answers: {
      200: {
        description: 'The document',
        mediaTypes: ['application/pdf'],
        headers: { 'Content-Disposition': 'The file name', 'Accept-Ranges': 'Always `bytes`' },
      },
    },
    handle: async (request) => {
      const found = await fetchToPrint(services, senderAccessOf(request), idOf(request));
      if (found === undefined) throw new Refusal(resourceNotFound('messageId'));
      const headers = contentHeaders({ fileName: found.fileName, mediaType: 'application/pdf' });
      return { status: 200, headers, bytes: found.bytes };
    },
  };
}

function printingRoute(services: DeliveryServices): Route {
  return {
    ...ofItem,
    method: 'post',
    path: `${ITEMS}/{messageId}/printing`,
    operationId: 'recordPrinting',
    summary: 'Say that an item left on paper; saying it twice changes nothing',
    answers: { 200: { description: 'The item as it stands now', schema: printItemSchema } },
    handle: async (request) => {
      const item = await recordPrinting(services, senderAccessOf(request), idOf(request));
      if (item === undefined) throw new Refusal(resourceNotFound('messageId'));
      return { status: 200, body: toPrintItem(item, baseOf(services)) };
    },
  };
}
