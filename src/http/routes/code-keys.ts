/** What an offline code is checked with: the public keys, and the status lists. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { writeCodeJwk } from '../../code/public-key.ts';
import { STATUS_LIST_TYPE } from '../../code/status-list.ts';
import type { Services } from '../../workflows/services.ts';
import {
  createStatusLists,
  LIST_CACHE_SECONDS,
  LIST_SECONDS,
  statusListAddresses,
} from '../../workflows/status-list.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Reply, Request, Route } from '../route.ts';
import { text } from './verification-schema.ts';

/** A new key is published with the start that begins to sign with it; a reader that does not know a key asks again. */
const KEYS_CACHE_SECONDS = 3600;

const seconds = (description: string) => z.int().optional().meta({ description, example: 1_795_273_445 });

const keySchema = z
  .object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: text('Coordinate, base64url', 'usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8'),
    y: text('Coordinate, base64url', 'IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4'),
    kid: text('The first eight bytes of its thumbprint (RFC 7638), base64url', 'fT6mQdqy3Wk'),
    alg: z.literal('ES256'),
    use: z.literal('sig'),
    nbf: seconds('Since when codes are signed with it; missing: it does not say'),
    exp: seconds('Codes that say they were signed later are not to be believed'),
  })
  .meta({ id: 'CodeKey', description: 'A JWK (RFC 7517); codes name it by its `kid`' });

const keySetSchema = z.object({ keys: z.array(keySchema) }).meta({ id: 'CodeKeys' });

const listParams = z.object({
  statusListId: z
    .string()
    .regex(/^(0|[1-9]\d{0,5})$/, 'the number of a list is expected')
    .meta({ description: 'The number of the list, as an offline code names it', example: '0' }),
});

const listsSchema = z
  .object({
    status_lists: z.array(
      text('Where a list is read', 'https://attestations.example.org/verifications/v1/statusLists/0'),
    ),
  })
  .meta({ id: 'StatusLists' });

const CACHE_HEADERS = {
  ETag: 'Names this state, for `If-None-Match`',
  'Cache-Control': 'How long it may be kept',
};
const REQUEST_HEADERS = { 'If-None-Match': 'The `ETag` of the state that is known already' };
const UNCHANGED = { description: 'It is as it was', headers: CACHE_HEADERS };

type CodeKeyServices = Pick<Services, 'database' | 'codeSigner' | 'codeKeys' | 'clock' | 'settings'>;

const COMMON = {
  method: 'get',
  tag: 'Verification',
  access: { kind: 'public' },
  errors: 'belgif',
  requestHeaders: REQUEST_HEADERS,
  body: { kind: 'none' },
} as const;

/** The routes of keys and status lists. */
export function codeKeyRoutes(services: CodeKeyServices): Route[] {
  const keys = Buffer.from(JSON.stringify({ keys: services.codeKeys.map(writeCodeJwk) }));
  return [
    {
      ...COMMON,
      path: '/verifications/v1/keys',
      operationId: 'listCodeKeys',
      summary: 'Get the public keys that offline codes and status lists are checked with',
      description: 'The key that signs now comes first, then those that did before.',
      answers: {
        200: { description: 'The keys', schema: keySetSchema, headers: CACHE_HEADERS },
        304: UNCHANGED,
      },
      handle: (request) =>
        Promise.resolve(cached(request, keys, 'application/json; charset=utf-8', KEYS_CACHE_SECONDS)),
    },
    ...statusListRoutes(services),
  ];
}

function statusListRoutes(services: CodeKeyServices): Route[] {
  const lists = createStatusLists(services);
  return [
    {
      ...COMMON,
      path: '/verifications/v1/statusLists',
      operationId: 'listStatusLists',
      summary: 'List the status lists there are, the oldest first',
      description:
        'For whoever checks codes without internet and fetches them beforehand (status list aggregation, draft-ietf-oauth-status-list).',
      answers: {
        200: { description: 'Where they are read', schema: listsSchema, headers: CACHE_HEADERS },
        304: UNCHANGED,
      },
      handle: async (request) => {
        const lists = { status_lists: await statusListAddresses(services) };
        const json = 'application/json; charset=utf-8';
        return cached(request, Buffer.from(JSON.stringify(lists)), json, LIST_CACHE_SECONDS);
      },
    },
    {
      ...COMMON,
      path: '/verifications/v1/statusLists/{statusListId}',
      operationId: 'getStatusList',
      summary: 'Get a status list: what became of the attestations in it, two bits each',
      description: `A signed JWT as draft-ietf-oauth-status-list has it: 0 is valid, 1 revoked, 3 superseded. What becomes of an attestation shows within ${LIST_SECONDS} seconds, and for who keeps the list as long as it may be within ${LIST_SECONDS + LIST_CACHE_SECONDS}. A list in which no attestation stands yet is not found.`,
      params: listParams,
      answers: {
        200: { description: 'The list', mediaTypes: [STATUS_LIST_TYPE], headers: CACHE_HEADERS },
        304: UNCHANGED,
      },
      handle: async (request) => {
        const list = await lists(Number(request.params.statusListId));
        if (list === undefined) throw new Refusal(resourceNotFound('statusListId'));
        return cached(request, Buffer.from(list), STATUS_LIST_TYPE, LIST_CACHE_SECONDS);
      },
    },
  ];
}

/** Answers with what anybody may keep, pages of other sites included; without it where it is known already. */
function cached({ headers }: Request, bytes: Buffer, mediaType: string, maxAge: number): Reply {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  const common = {
    ETag: etag,
    'Cache-Control': `public, max-age=${maxAge}`,
    'Access-Control-Allow-Origin': '*',
  };
  const known = (headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return { status: 304, headers: common };
  return { status: 200, headers: { ...common, 'Content-Type': mediaType }, bytes };
}
