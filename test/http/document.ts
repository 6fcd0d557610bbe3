/** The OpenAPI document that a service gives, as a judge of the service's own answers. */
import assert from 'node:assert/strict';
import SwaggerParser from '@apidevtools/swagger-parser';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

interface MediaType {
  readonly schema?: object;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bytes: Buffer;
}

export interface Document {
  /** As it was given. */
  readonly written: OpenApi;
  /** With every reference replaced by what it names. */
  readonly resolved: OpenApi;
  /** Throws `AssertionError` when the document does not allow the answer. `path` is without its query. */
  checkAnswer(method: string, path: string, answer: WireAnswer): void;
}

/** Fetches the document and checks it whole. */
export async function readDocument(url: string): Promise<Document> {
  const text = await (await fetch(`${url}/doc/openapi.yaml`)).text();
  const written = parse(text) as OpenApi;
  await SwaggerParser.validate(parse(text));
  const resolved = (await SwaggerParser.dereference(parse(text))) as unknown as OpenApi;
  const validators = createValidators(resolved);
  return {
    written,
    resolved,
    checkAnswer: (method, path, answer) => {
      const operation = findOperation(resolved, method, path);
      const response = operation?.responses[answer.status] ?? operation?.responses.default;
      if (response === undefined) checkUnrouted(path, answer);
      else checkResponse(validators, method, response, answer);
    },
  };
}

type Validators = (schema: object, value: unknown) => string;

/** Makes a check that gives the faults of a value; properties that a schema does not name are faults too. */
function createValidators(document: OpenApi): Validators {
  for (const schema of schemasOf(document)) tighten(schema);
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('binary', true);
  return (schema, value) => (ajv.validate(schema, value) ? '' : ajv.errorsText());
}

function schemasOf(document: OpenApi): object[] {
  const responses = Object.values(document.paths)
    .flatMap((operations) => Object.values(operations))
    .flatMap((operation) => Object.values(operation.responses));
  return responses.flatMap(({ content = {} }) =>
    Object.values(content).flatMap(({ schema }) => schema ?? []),
  );
}

function tighten(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const object = schema as { properties?: object; additionalProperties?: unknown };
  if (object.properties !== undefined) object.additionalProperties ??= false;
  for (const part of Object.values(object)) tighten(part);
}

/** Finds the operation of a path; HEAD answers as GET does. */
export function findOperation(document: OpenApi, method: string, path: string): Operation | undefined {
  const [, operations] =
    Object.entries(document.paths).find(([template]) =>
      new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
    ) ?? [];
  return operations?.[method === 'head' ? 'get' : method];
}

function checkResponse(
  validators: Validators,
  method: string,
  { content = {}, headers = {} }: Response,
  answer: WireAnswer,
): void {
  for (const [name, { required }] of Object.entries(headers))
    assert.ok(!required || answer.headers[name.toLowerCase()] !== undefined, `header ${name} is missing`);
  if (method === 'head') return assert.equal(answer.bytes.length, 0, 'an answer to HEAD has a body');
  const mediaTypes = Object.keys(content);
  if (mediaTypes.length === 0) return assert.equal(answer.bytes.length, 0, 'a body that is not documented');
  const given = answer.headers['content-type']?.split(';')[0] ?? '';
  assert.ok(mediaTypes.includes(given), `${given} is not documented, only ${mediaTypes.join(', ')}`);
  // A schema is documented as text: OpenAPI 3.0 cannot describe what describes others.
  if (!/\bjson$/.test(given) || given === 'application/schema+json') return;
  const { schema } = content[given] ?? {};
  const faults = validators(schema ?? {}, JSON.parse(answer.bytes.toString('utf8')));
  assert.equal(faults, '', `${answer.status} ${answer.bytes.toString('utf8').slice(0, 500)}`);
}

/** A path or method that is not documented is answered as an error of its API. */
function checkUnrouted(path: string, { status, headers }: WireAnswer): void {
  assert.ok(status === 404 || status === 405, `${path} is not documented but answered ${status}`);
  const expected = path.startsWith('/ebox/') ? 'application/json' : 'application/problem+json';
  assert.equal(headers['content-type']?.split(';')[0], expected);
}
