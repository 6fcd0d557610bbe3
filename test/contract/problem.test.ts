/** Our problems, health and task states against the reusable types of the Belgian government. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { type ErrorCode, ServiceError } from '../../src/errors.ts';
import {
  badRequest,
  exactlyOneExpected,
  inputIssue,
  type Problem,
  problemOf,
} from '../../src/http/problems.ts';
import { type Scene, startOpenScene } from '../http/scene.ts';
import type { Tokens } from '../http/tokens.ts';
import { quaIn, quaXml } from '../support/declarations.ts';
import { needsSpec, specsFolder } from '../support/needs.ts';
import { demoSsin } from '../support/service.ts';

const PROBLEM = 'belgif/problem-v1.yaml';
const COMMON = 'belgif/common-v1.yaml';
const DECLARATIONS = '/dimona/v2/declarations';

let scene: Scene & { readonly tokens: Tokens };
let token: string;

before(async () => {
  scene = await startOpenScene();
  token = scene.tokens.client('dimona:declare dimona:consult');
});
after(() => scene.stop());

/** Gives the faults of a value in the light of a type; undefined after the test was skipped for want of the types. */
function judge(t: TestContext): ((type: string, value: unknown) => string) | undefined {
  if (!needsSpec(t, PROBLEM) || !needsSpec(t, COMMON)) return undefined;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(readTypes(PROBLEM), 'problem');
  ajv.addSchema(readTypes(COMMON), 'common');
  return (type, value) => {
    const isValid = ajv.validate({ $ref: type.replace('/', '#/components/schemas/') }, value);
    return isValid ? '' : ajv.errorsText();
  };
}

/** OpenAPI 3.0 says with a truth what JSON Schema says with a number. */
function readTypes(path: string): object {
  const text = readFileSync(join(specsFolder, path), 'utf8').replaceAll(
    /[\w./]*problem-v1\.yaml#/g,
    'problem#',
  );
  const types = parse(text) as {
    components: {
      schemas: Record<
        string,
        { properties?: Record<string, { maximum?: number; exclusiveMaximum?: unknown }> }
      >;
    };
  };
  for (const { properties = {} } of Object.values(types.components.schemas)) {
    for (const property of Object.values(properties)) {
      if (property.exclusiveMaximum !== true || property.maximum === undefined) continue;
      property.exclusiveMaximum = property.maximum;
      delete property.maximum;
    }
  }
  return types;
}

describe('every problem', () => {
  it('is a Problem, and its issues are InputValidationIssues', async (t) => {
    const faults = judge(t);
    if (faults === undefined) return;
    const { api, tokens } = scene;
    const key = { 'Idempotency-Key': 'once' };
    const days = ['2020-09-01', '2020-09-02'].map((day) => quaIn({ ssin: demoSsin('lena'), day }));
    await api.call('post', DECLARATIONS, { token, headers: key, body: days[0] });
    const answers = [
      [400, await api.call('post', DECLARATIONS, { token, body: { worker: { ssin: 1, x: 1 } } })],
      [400, await api.call('post', '/dimona/v2/files', { token, type: 'application/xml', body: '<x' })],
      [400, await api.get(`${DECLARATIONS}/x?y=1`, token)],
      [401, await api.call('post', DECLARATIONS)],
      [401, await api.call('post', DECLARATIONS, { token: 'garbled' })],
      [403, await api.call('post', DECLARATIONS, { token: tokens.client('register:report') })],
      [
        403,
        await api.call('post', DECLARATIONS, { token: tokens.person(demoSsin('lena'), 'dimona:declare') }),
      ],
      [404, await api.get(`${DECLARATIONS}/01935b1e-7c00-7000-8000-000000000001`, token)],
      [404, await api.get('/nope')],
      [405, await api.get(DECLARATIONS)],
      [413, await api.call('post', DECLARATIONS, { token, body: ' '.repeat(65 * 1024) })],
      [415, await api.call('post', DECLARATIONS, { token, type: 'text/plain', body: '{}' })],
      [422, await api.call('post', DECLARATIONS, { token, headers: key, body: days[1] })],
    ] as const;
    for (const [status, { status: given, body }] of answers) {
      assert.equal(given, status);
      assert.equal(body.status, status);
      assert.equal(faults('problem/Problem', body), '');
      assert.equal(faults('problem/InputValidationProblem', body), '');
      assert.match(body.type, /^urn:problem-type:(belgif|citizen-ebox):[a-z][A-Za-z]+$/);
      assert.match(body.instance, /^urn:uuid:/);
      assert.ok(!body.type.startsWith('urn:problem-type:belgif:') || body.href);
    }
  });

  it('is one whatever went wrong inside', (t) => {
    const faults = judge(t);
    if (faults === undefined) return;
    const codes: readonly ErrorCode[] = [
      'unexpected',
      'archiveUnavailable',
      'remoteRefused',
      'recordMissing',
    ];
    const problems: readonly Problem[] = [
      ...codes.map((code) => problemOf(new ServiceError(code, 'secret inside'))),
      problemOf('not even an error'),
      badRequest([
        inputIssue('invalidInput', 'header', undefined, 'x'),
        exactlyOneExpected('body', ['a', 'b']),
      ]),
    ];
    for (const problem of problems) {
      assert.equal(faults('problem/InputValidationProblem', problem), '');
      assert.doesNotMatch(JSON.stringify(problem), /secret/);
    }
  });
});

describe('the health', () => {
  it('is a HealthStatus', async (t) => {
    const faults = judge(t);
    if (faults === undefined) return;
    assert.equal(faults('common/HealthStatus', (await scene.api.get('/health')).body), '');
  });
});

describe('the state of a file', () => {
  it('is a LongRunningTaskStatus', async (t) => {
    const faults = judge(t);
    if (faults === undefined) return;
    const body = quaXml([{ ssin: demoSsin('lena'), day: '2020-10-01', reference: 'A' }]);
    const { headers } = await scene.api.call('post', '/dimona/v2/files', { token, type: 'text/xml', body });
    for (const isDone of [false, true]) {
      if (isDone) await scene.client.settled();
      const { body: file } = await scene.api.follow(headers.location, token);
      assert.equal(faults('common/LongRunningTaskStatus', file.status), '');
      assert.equal(faults('common/SelfLink', file), '');
      assert.ok(file.status.state === 'processing' ? file.status.pollAfter : file.status.completed);
    }
  });
});
