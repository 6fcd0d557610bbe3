/** The OpenAPI document: valid, complete, and with examples that work. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Route } from '../../src/http/route.ts';
import { allRoutes } from '../../src/http/routes.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Api, createApi, type Method } from './api.ts';
import { findOperation, type Operation } from './document.ts';

let service: TestService;
let api: Api;
let routes: readonly Route[];

before(async () => {
  service = await startTestService();
  // Reading the document checks it: `readDocument` has it validated as OpenAPI.
  api = await createApi(service);
  routes = allRoutes(service.service.composition.services, 'http://localhost/token');
});
after(() => service.stop());

function operations(): [method: string, path: string, operation: Operation][] {
  return Object.entries(api.document.resolved.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [method, path, operation] as [string, string, Operation],
    ),
  );
}

function operationOf({ method, path }: Route): Operation {
  const operation = findOperation(api.document.resolved, method, path);
  assert.ok(operation, `${method} ${path} is not documented`);
  return operation;
}

describe('the document', () => {
  it('is OpenAPI 3.0.3, with paths in full', () => {
    assert.equal(api.document.written.openapi, '3.0.3');
    assert.deepEqual(api.document.written.servers, [{ url: '/' }]);
  });

  it('is served as YAML that readers of YAML 1.1 understand the same', async () => {
    const { headers, bytes } = await api.get('/doc/openapi.yaml');
    assert.equal(headers['content-type'], 'application/yaml');
    assert.doesNotMatch(bytes.toString('utf8'), /: \d{4}-\d{2}-\d{2}\S*$/m);
  });

  it('has every route and nothing else', () => {
    const documented = operations().map(
      ([method, path, { operationId }]) => `${method} ${path} ${operationId}`,
    );
    const served = routes.map(({ method, path, operationId }) => `${method} ${path} ${operationId}`);
    assert.deepEqual(documented.sort(), served.sort());
  });

  it('says of each operation what it is, and of each parameter', () => {
    for (const [, , { operationId, summary, description, tags, parameters = [] }] of operations()) {
      assert.ok(summary && description && tags.length === 1, operationId);
      for (const parameter of parameters)
        assert.ok(parameter.description, `${operationId} ${parameter.name}`);
    }
  });

  it('says who may call', () => {
    const { client, person } = api.document.resolved.components.securitySchemes as {
      client: { flows: { clientCredentials: { tokenUrl: string; scopes: object } } };
      person: object;
    };
    const { tokenUrl, scopes } = client.flows.clientCredentials;
    assert.ok(tokenUrl.startsWith(service.service.composition.parts.issuer));
    assert.ok(person);
    for (const route of routes) {
      const { security, description } = operationOf(route);
      const { access } = route;
      if (access.kind === 'public') {
        assert.deepEqual(security, []);
        continue;
      }
      const expected = access.caller === 'client' ? { client: [access.scope] } : { person: [] };
      assert.deepEqual(security, [expected]);
      assert.ok(description.includes(`\`${access.scope}\``));
      assert.equal(access.scope in scopes, access.caller === 'client');
    }
  });

  it('gives each operation a default answer in the form of its API', () => {
    for (const route of routes) {
      const content = operationOf(route).responses.default?.content ?? {};
      const expected = route.errors === 'registry' ? 'application/json' : 'application/problem+json';
      assert.deepEqual(Object.keys(content), [expected]);
    }
  });

  it('names the trace of each answer', () => {
    for (const [, , { operationId, responses }] of operations())
      for (const { headers } of Object.values(responses))
        assert.ok(headers?.['BelGov-Trace-Id'], operationId);
  });
});

/** What an example names is not there: no such message, deliberation, or allowed origin. */
const MISSING: Readonly<Record<string, number>> = {
  '/ebox/citizen/v2/searchMessageStatus': 404,
  '/ebox/citizen/v2/linkEboxMessage': 404,
  '/receipts/v1/receipts': 404,
  '/events/v1/subscriptions': 400,
  // The address names no flow.
  '/flows/v1/flows/{flowId}/order': 400,
  '/flows/v1/flows/{flowId}/runs': 400,
  // The client delivers for no source.
  '/register/v1/statuses': 403,
  '/register/v1/statuses/query': 403,
  '/register/v1/simulations': 403,
  '/attestations/v1/attestations/query': 403,
  '/statistics/v1/extracts': 403,
};

describe('each example of a request', () => {
  it('is taken', async () => {
    const tokens: Readonly<Record<string, string>> = {
      'dimona:declare': await service.clientToken('payroll', 'dimona:declare'),
      'register:report': await service.clientToken('population', 'register:report'),
      'batches:submit': await service.clientToken('issuer', 'batches:submit'),
      'deliveries:consult': await service.clientToken('issuer', 'deliveries:consult'),
      'ebox:publish': await service.clientToken('issuer', 'ebox:publish'),
      'events:subscribe': await service.clientToken('issuer', 'events:subscribe'),
      'evidence:consult': await service.clientToken('issuer', 'evidence:consult'),
      'access:manage': await service.clientToken('issuer', 'access:manage'),
      'register:query': await service.clientToken('city', 'register:query'),
      'flows:run': await service.clientToken('city', 'flows:run'),
      'statistics:read': await service.clientToken('city', 'statistics:read'),
      'attestations:consult': await service.clientToken('city', 'attestations:consult'),
    };
    let count = 0;
    for (const [method, path, operation] of operations()) {
      const token = tokens[operation.security[0]?.client?.[0] ?? ''];
      for (const [type, { examples = {} }] of Object.entries(operation.requestBody?.content ?? {})) {
        for (const [name, { value }] of Object.entries(examples)) {
          count += 1;
          const { status, body: told } = await api.call(method as Method, path, {
            type,
            body: value,
            ...(token && { token }),
          });
          const missing = MISSING[path];
          const isTaken = missing === undefined ? status < 300 : status === missing;
          assert.ok(isTaken, `${path} ${name} answered ${status} ${JSON.stringify(told)}`);
        }
      }
    }
    assert.ok(count >= 7);
    const { body } = await api.follow(await lastFile(), tokens['register:report']);
    assert.deepEqual([body.loaded, body.refused], [2, 0]);
  });

  async function lastFile(): Promise<string> {
    const [row] = await service.database.query<{ id: string }>(
      'select file_id as id from register_file order by received_at limit 1',
    );
    return `${service.url}/register/v1/files/${row?.id}`;
  }
});
