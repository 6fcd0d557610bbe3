/** Who gets in: every route, with every kind of token, before anything else of the request is looked at. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { Route } from '../../src/http/route.ts';
import { allRoutes } from '../../src/http/routes.ts';
import { makeToken } from '../access/issuer.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { type Answer, type Api, createApi, type Method } from './api.ts';
import { startTokens, type Tokens } from './tokens.ts';

/** Every route and who may call it: a route that is missing here, or here too much, fails. */
const MATRIX: Readonly<Record<string, string>> = {
  'POST /dimona/v2/declarations': 'client dimona:declare',
  'GET /dimona/v2/declarations/{declarationId}': 'client dimona:consult',
  'POST /dimona/v2/files': 'client dimona:declare',
  'GET /dimona/v2/files/{fileId}': 'client dimona:consult',
  'GET /dimona/v2/files/{fileId}/notifications': 'client dimona:consult',
  'POST /batches/v1/batches': 'client batches:submit',
  'GET /batches/v1/batches': 'client batches:submit',
  'GET /batches/v1/batches/{batchId}': 'client batches:submit',
  'GET /batches/v1/batches/{batchId}/forecast': 'client batches:submit',
  'GET /batches/v1/batches/{batchId}/rows': 'client batches:submit',
  'GET /batches/v1/batches/{batchId}/report': 'client batches:submit',
  'GET /batches/v1/batches/{batchId}/rejects': 'client batches:submit',
  'GET /batches/v1/batches/{batchId}/progress': 'client batches:submit',
  'POST /batches/v1/batches/{batchId}/approval': 'client batches:approve',
  'POST /batches/v1/batches/{batchId}/pause': 'client batches:submit',
  'POST /batches/v1/batches/{batchId}/resumption': 'client batches:approve',
  'POST /batches/v1/batches/{batchId}/cancellation': 'client batches:submit',
  'POST /batches/v1/batches/{batchId}/recall': 'client batches:approve',
  'POST /batches/v1/uploads': 'client batches:submit',
  'GET /batches/v1/uploads/{uploadId}': 'client batches:submit',
  'PATCH /batches/v1/uploads/{uploadId}': 'client batches:submit',
  'DELETE /batches/v1/uploads/{uploadId}': 'client batches:submit',
  'POST /batches/v1/uploads/{uploadId}/completion': 'client batches:submit',
  'POST /batches/v1/selections': 'client batches:submit',
  'GET /batches/v1/refData/templates/quarantine.csv': 'public',
  'POST /register/v1/files': 'client register:report',
  'GET /register/v1/files/{fileId}': 'client register:report',
  'GET /register/v1/files/{fileId}/rejects': 'client register:report',
  'POST /register/v1/enterprises': 'client register:report',
  'POST /register/v1/persons': 'client register:report',
  'POST /register/v1/simulations': 'client statistics:read',
  'POST /register/v1/statuses': 'client register:report',
  'GET /register/v1/refData/statuses': 'public',
  'GET /register/v1/held': 'client access:manage',
  'POST /register/v1/files/{fileId}/decision': 'client access:manage',
  'POST /register/v1/files/{fileId}/held/{row}/decision': 'client access:manage',
  'POST /register/v1/statuses/query': 'client register:query',
  'GET /statistics/v1/tables': 'client statistics:read',
  'GET /statistics/v1/tables/{tableId}': 'client statistics:read',
  'POST /statistics/v1/extracts': 'client statistics:read',
  'GET /ebox/citizen/v2/ebox': 'person ebox:consult',
  'GET /ebox/citizen/v2/ebox/messages': 'person ebox:consult',
  'GET /ebox/citizen/v2/ebox/messages/{messageId}': 'person ebox:consult',
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/attachments': 'person ebox:consult',
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/attachments/{attachmentId}': 'person ebox:consult',
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/attachments/{attachmentId}/content': 'person ebox:consult',
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/body': 'person ebox:consult',
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/paymentData': 'person ebox:consult',
  'PATCH /ebox/citizen/v2/ebox/messages': 'person ebox:consult',
  'POST /ebox/citizen/v2/searchMessageStatus': 'client ebox:publish',
  'POST /ebox/citizen/v2/publishMessage': 'client ebox:publish',
  'POST /ebox/citizen/v2/linkEboxMessage': 'client ebox:publish',
  'POST /ebox/citizen/v3/ebox/messages': 'client ebox:publish',
  'GET /ebox/citizen/v2/referenceData/messageTypes': 'public',
  'GET /ebox/citizen/v2/referenceData/messageTypes/{messageTypeId}': 'public',
  'GET /ebox/citizen/v2/referenceData/senderApplications': 'public',
  'GET /ebox/citizen/v2/referenceData/senderApplications/{senderApplicationId}': 'public',
  'GET /ebox/citizen/v2/referenceData/senderApplications/{senderApplicationId}/images/{imageId}/content':
    'public',
  'GET /ebox/citizen/v2/referenceData/senderOrganizations': 'public',
  'GET /ebox/citizen/v2/referenceData/senderOrganizations/{senderOrganizationId}': 'public',
  'GET /ebox/citizen/v2/referenceData/senderOrganizations/{senderOrganizationId}/images/{imageId}/content':
    'public',
  'POST /verifications/v1/verifications': 'public',
  'POST /verifications/v1/verifications/code': 'public',
  'POST /verifications/v1/verifications/record': 'public',
  'POST /verifications/v1/verifications/code/record': 'public',
  'POST /verifications/v1/verifications/hashes': 'client verifications:bulk',
  'POST /verifications/v1/verifications/archive': 'client verifications:bulk',
  'GET /verifications/v1/trust': 'public',
  'GET /verifications/v1/keys': 'public',
  'GET /verifications/v1/statusLists': 'public',
  'GET /verifications/v1/statusLists/{statusListId}': 'public',
  'GET /attestations/v1/refData/schemas/attestation': 'public',
  'POST /attestations/v1/attestations/query': 'client attestations:consult',
  'GET /attestations/v1/attestations/{attestationId}': 'client attestations:consult',
  'POST /access/v1/requests': 'client access:manage',
  'GET /access/v1/requests': 'client access:manage',
  'GET /access/v1/requests/{requestId}': 'client access:manage',
  'POST /access/v1/requests/{requestId}/analysis': 'client access:manage',
  'POST /access/v1/requests/{requestId}/decision': 'client access:manage',
  'POST /access/v1/deliberations': 'client access:manage',
  'GET /access/v1/deliberations': 'client access:manage',
  'GET /access/v1/deliberations/{deliberationId}': 'client access:manage',
  'GET /access/v1/deliberations/{deliberationId}/versions/{version}': 'client access:manage',
  'POST /access/v1/deliberations/{deliberationId}/versions': 'client access:manage',
  'POST /access/v1/deliberations/{deliberationId}/termination': 'client access:manage',
  'POST /access/v1/mandates': 'client access:manage',
  'GET /access/v1/mandates': 'client access:manage',
  'GET /access/v1/mandates/{mandateId}': 'client access:manage',
  'POST /access/v1/mandates/{mandateId}/revocation': 'client access:manage',
  'GET /myData/v1/mandates': 'person ebox:consult',
  'GET /myData/v1/decisions': 'person ebox:consult',
  'GET /myData/v1/accesses': 'person ebox:consult',
  'GET /myData/v1/accesses/report': 'person ebox:consult',
  'POST /evidence/v1/auditEntries/query': 'client evidence:consult',
  'GET /evidence/v1/heads': 'client evidence:consult',
  'GET /evidence/v1/leaves/{leafId}/inclusionProof': 'client evidence:consult',
  'GET /health': 'public',
  'POST /deliveries/v1/messages/query': 'client deliveries:consult',
  'GET /deliveries/v1/printItems': 'client deliveries:print',
  'GET /deliveries/v1/printItems/{messageId}': 'client deliveries:print',
  'GET /deliveries/v1/printItems/{messageId}/content': 'client deliveries:print',
  'POST /deliveries/v1/printItems/{messageId}/printing': 'client deliveries:print',
  'GET /doc/openapi.yaml': 'public',
  'POST /access/v1/dossiers': 'client access:manage',
  'GET /access/v1/dossiers/{dossierId}': 'client access:manage',
  'POST /access/v1/dossiers/{dossierId}/closure': 'client access:manage',
  'POST /receipts/v1/receipts': 'client ebox:publish',
  'GET /receipts/v1/messages/{messageId}/evidence': 'client ebox:publish',
  'GET /receipts/v1/messages/{messageId}/evidence/content': 'client ebox:publish',
  'GET /myData/v1/messages/{messageId}/evidence': 'person ebox:consult',
  'GET /myData/v1/messages/{messageId}/evidence/content': 'person ebox:consult',
  'POST /events/v1/subscriptions': 'client events:subscribe',
  'GET /events/v1/subscriptions': 'client events:subscribe',
  'GET /events/v1/subscriptions/{subscriptionId}': 'client events:subscribe',
  'DELETE /events/v1/subscriptions/{subscriptionId}': 'client events:subscribe',
  'POST /events/v1/subscriptions/{subscriptionId}/secret': 'client events:subscribe',
  'GET /events/v1/subscriptions/{subscriptionId}/deliveries': 'client events:subscribe',
  'POST /events/v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/repetition':
    'client events:subscribe',
  'GET /events/v1/events': 'client events:subscribe',
  'GET /flows/v1/flows': 'client flows:run',
  'PUT /flows/v1/flows/{flowId}/order': 'client flows:run',
  'GET /flows/v1/flows/{flowId}/order': 'client flows:run',
  'DELETE /flows/v1/flows/{flowId}/order': 'client flows:run',
  'POST /flows/v1/flows/{flowId}/runs': 'client flows:run',
  'GET /flows/v1/flows/{flowId}/runs': 'client flows:run',
  'GET /flows/v1/flows/{flowId}/runs/{runId}': 'client flows:run',
  'GET /flows/v1/flows/{flowId}/runs/{runId}/files/{fileId}/content': 'client flows:run',
};

let tokens: Tokens;
let service: TestService;
let api: Api;
let routes: readonly Route[];

before(async () => {
  tokens = await startTokens();
  service = await startTestService(tokens.settings);
  api = await createApi(service);
  routes = allRoutes(service.service.composition.services, 'http://localhost/token');
});
after(async () => {
  await service.stop();
  await tokens.stop();
});

/** A request in which everything else is wrong too: parameters, query, media type and body. */
async function callBadly(
  route: Route,
  token: string | undefined,
  method: Method = route.method,
): Promise<Answer> {
  const path = `${route.path.replace(/\{\w+\}/g, 'no-uuid')}?unknown=1`;
  const body = route.body.kind === 'none' ? {} : { type: 'text/x-nothing', body: '{{' };
  return api.call(method, path, { ...body, ...(token !== undefined && { token }) });
}

type Guarded = Route & { readonly access: Extract<Route['access'], { kind: 'scope' }> };

function guarded(): Guarded[] {
  return routes.filter((route): route is Guarded => route.access.kind === 'scope');
}

function rightToken({ access }: Guarded): string {
  return access.caller === 'client'
    ? tokens.client(access.scope)
    : tokens.person(demoSsin('lena'), access.scope);
}

/** Checks a refusal in the words of its API. */
function assertRefused(route: Route, answer: Answer, status: number, type: string, code: string): void {
  assert.equal(answer.status, status, `${route.operationId} answered ${answer.status}`);
  if (route.errors === 'registry') assert.equal(answer.body.code, code);
  else assert.equal(answer.body.type, `urn:problem-type:belgif:${type}`);
}

describe('allRoutes', () => {
  it('is the matrix of these tests, route by route', () => {
    const found = routes.map(({ method, path, access }) => [
      `${method.toUpperCase()} ${path}`,
      access.kind === 'public' ? 'public' : `${access.caller} ${access.scope}`,
    ]);
    assert.deepEqual(Object.fromEntries(found), MATRIX);
  });

  it('gives every operation a name of its own', () => {
    const names = routes.map(({ operationId }) => operationId);
    assert.equal(new Set(names).size, names.length);
  });
});

describe('a body', () => {
  it('is bounded on each route, and small where it is held whole in memory', () => {
    for (const { body, operationId } of routes) {
      if (body.kind === 'none') continue;
      const most = body.kind === 'stream' ? 2 ** 30 : 20 * 2 ** 20;
      assert.ok(body.limit > 0 && body.limit <= most, operationId);
    }
  });
});

describe('a route that is not public', () => {
  describe('when there is no token', () => {
    it('answers 401 with a challenge, whatever else is wrong', async () => {
      for (const route of guarded()) {
        const answer = await callBadly(route, undefined);
        assertRefused(route, answer, 401, 'noAccessToken', 'UNAUTHORIZED');
        assert.equal(answer.headers['www-authenticate'], 'Bearer realm="citizen-ebox"');
      }
    });

    it('answers HEAD as it answers GET', async () => {
      for (const route of guarded().filter(({ method }) => method === 'get')) {
        const answer = await callBadly(route, undefined, 'head');
        assert.equal(answer.status, 401);
        assert.ok(answer.headers['www-authenticate']);
      }
    });

    it('answers before a body has arrived', async () => {
      for (const route of guarded().filter(({ body }) => body.kind !== 'none'))
        assert.equal(await statusBeforeBody(route), 401, route.operationId);
    });

    it('takes another scheme than Bearer for none', async () => {
      for (const route of guarded()) {
        const path = route.path.replace(/\{\w+\}/g, 'no-uuid');
        const headers = { Authorization: `Basic ${Buffer.from('payroll:secret').toString('base64')}` };
        assertRefused(
          route,
          await api.call(route.method, path, { headers }),
          401,
          'noAccessToken',
          'UNAUTHORIZED',
        );
      }
    });
  });

  describe('when the token is not accepted', () => {
    it('answers 401 and says only that', async () => {
      const now = Math.floor(Date.now() / 1000);
      for (const route of guarded()) {
        const { scope } = route.access;
        const refused = [
          'garbled',
          `${rightToken(route)}x`,
          rightToken(route).replace(/\.[^.]+$/, '.'),
          tokens.altered(scope, { iss: 'https://other.example.be' }),
          tokens.altered(scope, { aud: 'urn:other' }),
          tokens.altered(scope, { nbf: now + 3600 }),
          tokens.altered(scope, { egovNRN: demoSsin('lena') }),
          makeToken(tokens.issuer.rsa, { alg: 'RS256', typ: 'at+jwt', kid: 'ec' }, { scope }),
        ];
        for (const token of refused) {
          const answer = await callBadly(route, token);
          assertRefused(route, answer, 401, 'invalidAccessToken', 'UNAUTHORIZED');
          assert.match(
            answer.headers['www-authenticate'] ?? '',
            /^Bearer realm="citizen-ebox", error="invalid_token"/,
          );
        }
      }
    });

    it('says that it has expired when it has', async () => {
      const now = Math.floor(Date.now() / 1000);
      for (const route of guarded()) {
        const token = tokens.altered(route.access.scope, { iat: now - 600, exp: now - 300 });
        assertRefused(route, await callBadly(route, token), 401, 'expiredAccessToken', 'UNAUTHORIZED');
      }
    });
  });

  describe('when the token lacks the scope', () => {
    it('answers 403 and names the scope', async () => {
      const all = [...new Set(guarded().map(({ access }) => access.scope))];
      for (const route of guarded()) {
        const { scope, caller } = route.access;
        const others = all.filter((one) => one !== scope).join(' ');
        const token = caller === 'client' ? tokens.client(others) : tokens.person(demoSsin('lena'), others);
        const answer = await callBadly(route, token);
        assertRefused(route, answer, 403, 'missingScope', 'FORBIDDEN');
        if (route.errors === 'belgif') assert.deepEqual(answer.body.requiredScopes, [scope]);
        assert.equal(
          answer.headers['www-authenticate'],
          `Bearer realm="citizen-ebox", error="insufficient_scope", scope="${scope}"`,
        );
      }
    });
  });

  describe('when the token has the scope but is of the other kind of caller', () => {
    it('answers 403', async () => {
      for (const route of guarded()) {
        const { scope, caller } = route.access;
        const token = caller === 'client' ? tokens.person(demoSsin('lena'), scope) : tokens.client(scope);
        assertRefused(route, await callBadly(route, token), 403, 'missingPermission', 'FORBIDDEN');
      }
    });
  });

  describe('when the token is right', () => {
    it('goes on to what is wrong with the rest', async () => {
      for (const route of guarded()) {
        const { status } = await callBadly(route, rightToken(route));
        assert.ok(status === 400 || status === 415, `${route.operationId} answered ${status}`);
      }
    });
  });
});

describe('a public route', () => {
  it('asks for no token and minds none', async () => {
    for (const token of [undefined, 'garbled']) {
      const call = token === undefined ? {} : { token };
      assert.equal((await api.call('get', '/health', call)).status, 200);
      assert.equal((await api.call('get', '/doc/openapi.yaml', call)).status, 200);
      const pdf = { ...call, type: 'application/pdf', body: '%PDF-' };
      assert.equal((await api.call('post', '/verifications/v1/verifications', pdf)).status, 200);
      const code = { ...call, body: { code: 'x' } };
      assert.equal((await api.call('post', '/verifications/v1/verifications/code', code)).status, 200);
    }
  });
});

/** Announces a body as large as can be and sends nothing of it. */
function statusBeforeBody(route: Route): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${service.url}${route.path}`, {
      method: route.method.toUpperCase(),
      headers: { 'Content-Length': String(2 ** 40), 'Content-Type': 'application/json' },
    });
    call.on('response', (response) => {
      resolve(response.statusCode);
      call.destroy();
    });
    call.on('error', reject);
    call.flushHeaders();
  });
}
