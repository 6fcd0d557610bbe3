/** Paths and methods, the trace of a call, and what a caller learns of a fault inside. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { startTestService, type TestService } from '../support/service.ts';
import { type Api, createApi, type Method } from './api.ts';

let service: TestService;
let api: Api;
let payroll: string;

before(async () => {
  service = await startTestService();
  api = await createApi(service);
  payroll = await service.clientToken('payroll', 'dimona:declare dimona:consult');
});
after(() => service.stop());

const UNKNOWN = '01935b1e-7c00-7000-8000-000000000001';

describe('a path', () => {
  it('that no route has is not found, in the form of its API', async () => {
    for (const path of ['/nope', '/dimona/v2', '/dimona/v1/declarations', '/doc', '/health/x', '//health']) {
      const { status, body } = await api.get(path);
      assert.equal(status, 404, path);
      assert.equal(body.type, 'urn:problem-type:belgif:resourceNotFound');
    }
    const { status, body } = await api.get('/ebox/citizen/v2/nope');
    assert.deepEqual([status, body.code], [404, 'NOT_FOUND']);
  });

  it('has one spelling', async () => {
    for (const path of ['/Health', '/health/', '/HEALTH', '/doc/openapi.YAML'])
      assert.equal((await api.get(path)).status, 404, path);
  });

  it('that is not percent-encoded right is not found', async () => {
    for (const path of [
      '/dimona/v2/declarations/%zz',
      '/dimona/v2/declarations/%',
      '/dimona/v2/files/%c0%af',
    ])
      assert.equal((await api.get(path, payroll)).body.type, 'urn:problem-type:belgif:resourceNotFound');
    assert.equal((await api.get('/ebox/citizen/v2/ebox/messages/%zz')).body.code, 'NOT_FOUND');
  });

  it('names a parameter that has another form', async () => {
    const { status, body } = await api.get('/dimona/v2/declarations/12345', payroll);
    assert.equal(status, 400);
    assert.deepEqual(
      body.issues.map((issue: { in: string; name: string }) => [issue.in, issue.name]),
      [['path', 'declarationId']],
    );
  });
});

describe('a method that a path does not have', () => {
  it('is refused with those it has', async () => {
    const wrong: readonly (readonly [Method, string, string])[] = [
      ['delete', '/dimona/v2/declarations', 'POST'],
      ['get', '/dimona/v2/declarations', 'POST'],
      ['post', `/dimona/v2/declarations/${UNKNOWN}`, 'GET, HEAD'],
      ['put', '/health', 'GET, HEAD'],
      ['options', '/health', 'GET, HEAD'],
      ['head', '/verifications/v1/verifications', 'POST'],
    ];
    for (const [method, path, allowed] of wrong) {
      const { status, headers } = await api.call(method, path);
      assert.deepEqual([status, headers.allow], [405, allowed], `${method} ${path}`);
    }
    const { status, headers, body } = await api.call('put', '/ebox/citizen/v2/ebox/messages', { body: {} });
    assert.deepEqual([status, headers.allow, body.code], [405, 'GET, PATCH, HEAD', 'METHOD_NOT_ALLOWED']);
  });
});

describe('HEAD', () => {
  it('answers as GET does, without the body', async () => {
    for (const path of ['/health', '/doc/openapi.yaml', '/nope']) {
      const [get, head] = [await api.get(path), await api.call('head', path)];
      assert.equal(head.status, get.status);
      assert.equal(head.headers['content-type'], get.headers['content-type']);
      assert.equal(head.headers['content-length'], String(get.bytes.length));
      assert.equal(head.bytes.length, 0);
    }
  });
});

describe('a query', () => {
  it('that a route does not know is refused by name', async () => {
    for (const path of ['/health?verbose=true', `/dimona/v2/files/${UNKNOWN}?__proto__=1&lang=nl`]) {
      const { status, body } = await api.get(path, payroll);
      assert.equal(status, 400);
      for (const issue of body.issues) {
        assert.equal(issue.type, 'urn:problem-type:belgif:input-validation:unknownInput');
        assert.match(`${issue.in} ${issue.name}`, /^query (verbose|__proto__|lang)$/);
      }
    }
  });

  it('that gives a value twice is refused', async () => {
    const path = `/dimona/v2/files/${UNKNOWN}/notifications?lang=nl&lang=fr`;
    const { status, body } = await api.get(path, payroll);
    assert.deepEqual([status, body.issues[0].name], [400, 'lang']);
  });
});

describe('the trace of a call', () => {
  it('is named anew, and the caller’s own name for it comes back beside that', async () => {
    const { headers } = await api.get('/health', undefined, { 'BelGov-Trace-Id': 'caller-42' });
    assert.notEqual(headers['belgov-trace-id'], 'caller-42');
    assert.equal(headers['belgov-related-trace-id'], 'caller-42');
  });

  it('names a problem too', async () => {
    const { headers, body } = await api.get('/nope');
    assert.equal(body.instance, `urn:uuid:${headers['belgov-trace-id']}`);
    const error = await api.get('/ebox/citizen/v2/ebox');
    assert.equal(error.body.id, error.headers['belgov-trace-id']);
  });

  it('repeats nothing that is too long, not printable, or an SSIN', async () => {
    for (const text of ['x'.repeat(37), 'a b', 'é', '88031499863', '88.03.14-998.63']) {
      const { headers } = await api.get('/health', undefined, { 'BelGov-Trace-Id': text });
      assert.equal(headers['belgov-related-trace-id'], undefined, text);
    }
    const hexadecimal = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { headers } = await api.get('/health', undefined, { 'BelGov-Trace-Id': hexadecimal });
    assert.equal(headers['belgov-related-trace-id'], hexadecimal);
  });
});

describe('a fault inside', () => {
  before(() => service.database.query('alter table declaration rename to declaration_gone'));
  after(() => service.database.query('alter table declaration_gone rename to declaration'));

  it('is told as such and nothing else, while the log has it under the same name', async () => {
    const { status, body, bytes } = await api.get(`/dimona/v2/declarations/${UNKNOWN}`, payroll);
    assert.equal(status, 500);
    assert.equal(body.type, 'urn:problem-type:belgif:internalServerError');
    assert.deepEqual(Object.keys(body).sort(), ['detail', 'href', 'instance', 'status', 'title', 'type']);
    assert.doesNotMatch(bytes.toString('utf8'), /relation|select|\.ts|node_modules|\bat /i);
    const line = service.logLines.find((one) => one.includes('request failed')) ?? '{}';
    assert.equal(`urn:uuid:${JSON.parse(line).traceId}`, body.instance);
    assert.match(JSON.parse(line).stack, /relation .* does not exist/);
  });
});

describe('the service without its database', () => {
  before(async () => {
    await allowConnections(false);
    await service.database.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
  });
  after(() => allowConnections(true));

  it('says that it is DOWN', async () => {
    const { status, body } = await api.get('/health');
    assert.deepEqual([status, body], [503, { status: 'DOWN' }]);
  });

  it('fails in the form of each API', async () => {
    const problem = await api.get(`/dimona/v2/declarations/${UNKNOWN}`, payroll);
    assert.match(problem.body.type, /^urn:problem-type:belgif:(internalServerError|serviceUnavailable)$/);
    const error = await api.get('/ebox/citizen/v2/ebox', await service.personToken('lena'));
    assert.match(error.body.code, /^(INTERNAL_ERROR|SERVICE_UNAVAILABLE)$/);
  });
});

/** Opens or closes the test's database to everybody; only from another database may that be done. */
async function allowConnections(isAllowed: boolean): Promise<void> {
  const url = new URL(service.database.url);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new pg.Client(url.href);
  await client.connect();
  await client.query(`alter database ${name} with allow_connections ${isAllowed}`);
  await client.end();
}
