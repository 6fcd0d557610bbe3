/** Whatever is sent to whichever operation of the document: no answer is a fault, and every refusal is in its API's form. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { registerFile } from '../../src/cli/demo-input.ts';
import { settled } from '../support/client.ts';
import { demoSsin } from '../support/service.ts';
import type { Method } from './api.ts';
import type { Operation } from './document.ts';
import { type Scene, startOpenScene } from './scene.ts';
import type { Tokens } from './tokens.ts';

/** Requests to each operation; the whole has to stay a matter of seconds. */
const RUNS = 25;

let scene: Scene & { readonly tokens: Tokens };

before(async () => {
  scene = await startOpenScene();
  await scene.client.load(registerFile());
});
after(() => scene.stop());

const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));
const NASTY = [
  '\u0000',
  '\ud800',
  '\u202e',
  '\uffff',
  '',
  ' ',
  '__proto__',
  'constructor',
  "';--",
  '${}',
  '%00',
  '../..',
];
const text = fc.oneof(
  fc.string({ unit: anyUnit, maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(...NASTY),
  fc.constantFrom('x', '9', '\u0301', '"').map((one) => one.repeat(600)),
);
const leaf = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt().map(String),
);
const value = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(text, leaf, { maxKeys: 3 }));

/** The example of an operation with one of its values put out, or another one put in; else anything. */
function bodyFor(mediaType: string, example: unknown): fc.Arbitrary<string> {
  const isJson = mediaType.includes('json');
  const records = typeof example === 'string' ? example.trimEnd().split('\n') : [JSON.stringify(example)];
  const changed = fc.tuple(fc.nat(), fc.nat(), value).map(([line, at, put]) => {
    const lines = records.map((record, index) => {
      if (index !== line % records.length) return record;
      return isJson
        ? JSON.stringify(changeAt(JSON.parse(record ?? 'null'), at, put))
        : spoil(record ?? '', at, put);
    });
    return lines.join('\n');
  });
  return fc.oneof(
    { weight: 4, arbitrary: changed },
    fc.jsonValue().map((one) => JSON.stringify(one)),
    text,
  );
}

function spoil(record: string, at: number, put: unknown): string {
  const place = at % (record.length + 1);
  return (
    record.slice(0, place) + (typeof put === 'string' ? put : JSON.stringify(put)) + record.slice(place + 1)
  );
}

/** Replaces the value at some place of a JSON value, counted through it in order. */
function changeAt(whole: unknown, at: number, put: unknown): unknown {
  let count = 0;
  const walk = (one: unknown): unknown => {
    count += 1;
    if (count === at + 1) return put;
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, walk(inner)]));
  };
  walk(whole);
  const places = count;
  [count, at] = [0, at % places];
  return walk(whole);
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
}

/** A request to one operation: everything that it has a place for. */
function callOf(path: string, operation: Operation) {
  const parameters = (operation.parameters ?? []) as unknown as readonly Parameter[];
  const named = (place: Parameter['in'], arbitrary: fc.Arbitrary<string>) =>
    fc.record(
      Object.fromEntries(parameters.filter((one) => one.in === place).map(({ name }) => [name, arbitrary])),
      { requiredKeys: [] },
    ) as fc.Arbitrary<Record<string, string>>;
  const uuid = fc.constant('01935b1e-7c00-7000-8000-000000000001');
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, { examples = {} }]) => {
    const [example] = Object.values(examples);
    return bodyFor(type, example?.value ?? { code: 'x' }).map((body) => ({ type, body }));
  });
  return fc.record({
    path: fc.array(fc.oneof(uuid, text), { minLength: 2, maxLength: 2 }).map((texts) => {
      let index = 0;
      return path.replace(/\{\w+\}/g, () => {
        index += 1;
        return encode(texts[index - 1] ?? '') || 'x';
      });
    }),
    query: fc
      .tuple(named('query', text), fc.option(text, { freq: 6 }))
      .map(([known, unknown]) => [
        ...Object.entries(known),
        ...(unknown === null ? [] : [['unknown', unknown]]),
      ])
      .map((pairs) => pairs.map(([name, one]) => `${name}=${encode(one ?? '')}`).join('&')),
    // A header is bytes without line ends; no client sends others.
    headers: named(
      'header',
      text.map((one) => one.replace(/[^\x20-\x7e]/g, '?').trim()),
    ),
    sent: bodies.length === 0 ? fc.constant({}) : fc.oneof(...bodies),
  });
}

function encode(one: string): string {
  return encodeURIComponent(one.replace(/\p{Cs}/gu, '\ufffd')).replace(/^\.+$/, '%2E');
}

function tokenFor(operation: Operation): string | undefined {
  const [need] = operation.security;
  if (need === undefined) return undefined;
  const scope = need.client?.join(' ');
  return scope === undefined ? scene.tokens.person(demoSsin('lena')) : scene.tokens.client(scope);
}

/** Node.js itself answers longer heads, as `listener.test.ts` has it. */
const LONGEST_ADDRESS = 12_000;

interface FuzzedCall {
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sent: { readonly type?: string; readonly body?: string };
}

async function check(method: Method, token: string | undefined, call: FuzzedCall): Promise<void> {
  const { query, headers, sent } = call;
  const address = query === '' ? call.path : `${call.path}?${query}`;
  if (address.length > LONGEST_ADDRESS) return;
  const options = { headers, ...sent, ...(token !== undefined && { token }) };
  // This holds the answer against the document: status, media type and schema.
  const answer = await scene.api.call(method, address, options);
  assert.ok(answer.status < 500, `${method} ${address}: ${answer.status} ${answer.bytes.toString('utf8')}`);
  if (answer.status < 400) return;
  const form = call.path.startsWith('/ebox/') ? 'application/json' : 'application/problem+json';
  assert.equal(answer.headers['content-type']?.split(';')[0], form);
}

describe('every operation of the document', () => {
  it('answers anything with what the document says, and no fault', async () => {
    for (const [path, operations] of Object.entries(scene.api.document.resolved.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const token = tokenFor(operation);
        const property = fc.asyncProperty(callOf(path, operation), (call) =>
          // The document's own word.
          check(method as Method, token, call),
        );
        await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
      }
    }
  });

  it('leaves no job that cannot be done, and no fault in the log', async () => {
    await settled(scene.service);
    const faults = scene.service.logLines.filter((line) => /"level":"?(?:error|fatal|50|60)"?/.test(line));
    assert.deepEqual(faults, []);
  });
});
