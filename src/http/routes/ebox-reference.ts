/** Who sends messages, and of which types: the same for everybody, in three languages. */
import { z } from 'zod';
import type { Logo } from '../../domain/sender.ts';
import {
  applicationSchema,
  LOGO_ID,
  messageTypeSchema,
  organizationSchema,
  toApplication,
  toMessageType,
  toOrganization,
} from '../../ebox/reference-data.ts';
import { type PageQuery, pageQuerySchema } from '../../ebox/registry-request.ts';
import type { Services } from '../../workflows/services.ts';
import { cachedAnswers, cachedBytes, cachedJson, IF_NONE_MATCH } from '../cached.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { BASE, baseOf, consultation } from './ebox-message.ts';

type ReferenceServices = Pick<Services, 'catalogue' | 'settings'>;

const PATH = `${BASE}/referenceData`;
const common = {
  method: 'get',
  tag: consultation.tag,
  access: { kind: 'public' },
  errors: 'registry',
  requestHeaders: IF_NONE_MATCH,
  body: { kind: 'none' },
} as const;

const identifier = (description: string, example: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9:._-]{1,100}$/, 'expected an identifier')
    .meta({ description, example });

/** One kind of reference data: a list, and each of it. */
interface Kind<T> {
  readonly name: string;
  readonly listId: string;
  readonly oneId: string;
  readonly what: string;
  readonly parameter: string;
  readonly example: string;
  readonly schema: z.ZodType;
  readonly all: ReadonlyMap<string, T>;
  readonly write: (one: T) => unknown;
}

/** The routes of reference data. */
export function referenceRoutes(services: ReferenceServices): Route[] {
  const { senders } = services.catalogue;
  const href = (list: string, id: string) => `${baseOf(services)}/referenceData/${list}/${id}`;
  return [
    ...kindRoutes({
      name: 'messageTypes',
      listId: 'getAllMessagesTypes',
      oneId: 'getMessageTypeById',
      what: 'type of message',
      parameter: 'messageTypeId',
      example: 'city-letter',
      schema: messageTypeSchema,
      all: senders.messageTypes,
      write: toMessageType,
    }),
    ...kindRoutes({
      name: 'senderApplications',
      listId: 'findAllSenderApplications',
      oneId: 'getSenderApplicationById',
      what: 'application',
      parameter: 'senderApplicationId',
      example: 'city-letters',
      schema: applicationSchema,
      all: senders.applications,
      write: (one) => toApplication(senders, one, href('senderApplications', one.applicationId)),
    }),
    imageRoute(
      'senderApplications',
      'senderApplicationId',
      'getImageForSenderApplication',
      senders.applications,
    ),
    ...kindRoutes({
      name: 'senderOrganizations',
      listId: 'findAllSenderOrganizations',
      oneId: 'getSenderOrganizationById',
      what: 'sender',
      parameter: 'senderOrganizationId',
      example: '1900080144',
      schema: organizationSchema,
      all: senders.organizations,
      write: (one) => toOrganization(senders, one, href('senderOrganizations', one.organizationId)),
    }),
    imageRoute(
      'senderOrganizations',
      'senderOrganizationId',
      'getImageForSenderOrganization',
      senders.organizations,
    ),
  ];
}

function kindRoutes<T>(kind: Kind<T>): Route[] {
  const items = [...kind.all.values()].map(kind.write);
  const page = z.object({
    items: z.array(kind.schema),
    totalItems: z.int().meta({ description: 'How many there are, on all pages' }),
  });
  return [
    {
      ...common,
      path: `${PATH}/${kind.name}`,
      operationId: kind.listId,
      summary: `Every ${kind.what}, in the order of their ids`,
      query: pageQuerySchema,
      answers: cachedAnswers({ description: 'A page', schema: page }),
      handle: (request) => {
        // The route's schema read it.
        const { page: number, pageSize } = request.query as PageQuery;
        const from = (number - 1) * pageSize;
        const body = { items: items.slice(from, from + pageSize), totalItems: items.length };
        return Promise.resolve(cachedJson(request, body));
      },
    },
    {
      ...common,
      path: `${PATH}/${kind.name}/{${kind.parameter}}`,
      operationId: kind.oneId,
      summary: `One ${kind.what}`,
      params: z.strictObject({ [kind.parameter]: identifier(`The ${kind.what}`, kind.example) }),
      answers: cachedAnswers({ description: `The ${kind.what}`, schema: kind.schema }),
      handle: async (request) => {
        const one = kind.all.get(request.params[kind.parameter] ?? '');
        if (one === undefined) throw new Refusal(resourceNotFound(kind.parameter));
        return Promise.resolve(cachedJson(request, kind.write(one)));
      },
    },
  ];
}

function imageRoute(
  name: string,
  parameter: string,
  operationId: string,
  all: ReadonlyMap<string, { readonly logo?: Logo }>,
): Route {
  return {
    ...common,
    path: `${PATH}/${name}/{${parameter}}/images/{imageId}/content`,
    operationId,
    summary: 'An image that people know a sender by',
    params: z.strictObject({
      [parameter]: identifier('Whose image it is', 'city-letters'),
      imageId: identifier('The image', LOGO_ID),
    }),
    answers: cachedAnswers({
      description: 'The image',
      mediaTypes: ['image/svg+xml', 'image/png', 'image/jpeg', 'image/gif'],
    }),
    handle: async (request) => {
      const logo = all.get(request.params[parameter] ?? '')?.logo;
      if (logo === undefined || request.params.imageId !== LOGO_ID)
        throw new Refusal(resourceNotFound('imageId'));
      return Promise.resolve(cachedBytes(request, logo.bytes, logo.mediaType));
    },
  };
}
