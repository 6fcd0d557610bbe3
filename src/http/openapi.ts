/** The OpenAPI 3.0.3 document, built from the routes and the very schemas that check requests. */
import {
  extendZodWithOpenApi,
  OpenAPIRegistry,
  OpenApiGeneratorV3,
  type ResponseConfig,
  type RouteConfig,
  type ZodRequestBody,
} from '@asteasolutions/zod-to-openapi';
import { stringify } from 'yaml';
import { z } from 'zod';
import { statusMessageSchema } from '../ebox/registry-schema.ts';
import { PROBLEM_EXAMPLES, problemSchema } from './problem-schema.ts';
import type { Access, Answer, Body, BodyGuide, Route } from './route.ts';

extendZodWithOpenApi(z);

const INFO = {
  title: 'Citizen eBox document service',
  version: '1.0.0',
  description: [
    'Facts are reported, attestations are issued in the citizen’s eBox, and whoever holds one has it verified.',
    'Every answer has a `BelGov-Trace-Id`, under which the log of the service has it; the one that a request brings comes back as `BelGov-Related-Trace-Id`.',
    'Errors are problems as the Belgif REST guide words them (RFC 9457); under `/ebox` they are the `StatusMessage` of the message registry. No error repeats a value that was sent.',
  ].join('\n\n'),
  license: { name: 'EUPL-1.2', url: 'https://eupl.eu/1.2/en/' },
};

/** Writes the document as YAML. `tokenUrl` is where clients get their access tokens. */
export function writeOpenApi(routes: readonly Route[], tokenUrl: string): string {
  // Readers of YAML 1.1 would take a bare 2026-03-02 for a moment in time.
  return stringify(describeApi(routes, tokenUrl), { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}

/** Gives the document itself. */
export function describeApi(routes: readonly Route[], tokenUrl: string) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'client', {
    type: 'oauth2',
    description: 'A program of an organisation, by its own key',
    flows: { clientCredentials: { tokenUrl, scopes: scopesOf(routes) } },
  });
  registry.registerComponent('securitySchemes', 'person', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A person who logged in (OpenID Connect, authorization code with PKCE)',
  });
  registry.registerComponent('headers', 'TraceId', {
    description: 'Names this answer; made by the service, new for each answer',
    schema: { type: 'string', format: 'uuid' },
  });
  registry.registerComponent('responses', 'Problem', {
    description: 'A problem',
    headers: traceHeader,
    content: { 'application/problem+json': { schema: refTo('Problem'), examples: PROBLEM_EXAMPLES } },
  });
  registry.registerComponent('responses', 'StatusMessage', {
    description: 'An error',
    headers: traceHeader,
    content: { 'application/json': { schema: refTo('StatusMessage') } },
  });
  for (const route of routes) registry.registerPath(toPath(route));
  const tags = [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name }));
  const schemas = [problemSchema, statusMessageSchema].map((schema) => ({ type: 'schema' as const, schema }));
  const definitions = [...schemas, ...registry.definitions];
  return new OpenApiGeneratorV3(definitions).generateDocument({
    openapi: '3.0.3',
    info: INFO,
    servers: [{ url: '/' }],
    tags,
  });
}

const traceHeader = { 'BelGov-Trace-Id': { $ref: '#/components/headers/TraceId' } };

function refTo(schema: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${schema}` };
}

function scopesOf(routes: readonly Route[]): Record<string, string> {
  const scopes: Record<string, string> = {};
  for (const { access, summary } of routes) {
    if (access.kind === 'scope' && access.caller === 'client') scopes[access.scope] ??= summary;
  }
  return scopes;
}

function toPath(route: Route): RouteConfig {
  const problem = route.errors === 'registry' ? 'StatusMessage' : 'Problem';
  const responses: RouteConfig['responses'] = { default: { $ref: `#/components/responses/${problem}` } };
  for (const [status, answer] of Object.entries(route.answers)) responses[status] = toResponse(answer);
  return {
    method: route.method,
    path: route.path,
    operationId: route.operationId,
    summary: route.summary,
    description: [route.description, meaningOf(route.access)]
      .filter((text) => text !== undefined)
      .join('\n\n'),
    tags: [route.tag],
    security: securityOf(route.access),
    request: {
      ...(route.params && { params: route.params }),
      ...(route.query && { query: route.query }),
      ...(route.requestHeaders && { headers: toHeaders(route.requestHeaders) }),
      ...(route.body.kind !== 'none' && { body: toBody(route.body) }),
    },
    responses,
  };
}

function securityOf(access: Access): Record<string, string[]>[] {
  if (access.kind === 'public') return [];
  // OpenAPI 3.0 knows scopes of OAuth2 schemes only.
  return access.caller === 'client' ? [{ client: [access.scope] }] : [{ person: [] }];
}

function meaningOf(access: Access): string {
  if (access.kind === 'public') return 'Public.';
  return `For ${access.caller === 'client' ? 'organisations' : 'persons'}, with the scope \`${access.scope}\`.`;
}

function toHeaders(headers: Readonly<Record<string, string>>): z.ZodObject {
  const schemas = Object.entries(headers).map(([name, description]) => [
    name,
    z.string().optional().meta({ description }),
  ]);
  return z.object(Object.fromEntries(schemas));
}

function toBody(body: Exclude<Body, { kind: 'none' }>): ZodRequestBody {
  const { mediaTypes = ['application/json'] } = body;
  const content = Object.fromEntries(
    mediaTypes.map((type) => [type, { schema: schemaOf(body, type), ...examplesOf(body, type) }]),
  );
  const size = body.limit < 2 ** 20 ? `${body.limit / 2 ** 10} KiB` : `${body.limit / 2 ** 20} MiB`;
  const description = [body.description, `At most ${size}.`].filter((text) => text !== undefined).join(' ');
  return { required: true, description, content };
}

function schemaOf(body: Exclude<Body, { kind: 'none' }>, type: string): z.ZodType {
  if (body.kind === 'json') return body.schema;
  return body.kind === 'stream' && body.form !== undefined ? body.form : contentOf(type);
}

function examplesOf({ examples = {} }: BodyGuide, type: string) {
  const fitting = Object.entries(examples).filter(([, { mediaType = type }]) => mediaType === type);
  const written = fitting.map(([name, { summary, value }]) => [name, { summary, value }] as const);
  return written.length > 0 ? { examples: Object.fromEntries(written) } : {};
}

/** What is read as text has no other form that OpenAPI 3.0 could describe. */
function contentOf(mediaType: string): z.ZodType {
  return /xml|json|yaml/.test(mediaType) ? z.string() : z.string().meta({ format: 'binary' });
}

function toResponse({ description, schema, mediaTypes = [], headers = {} }: Answer): ResponseConfig {
  const own = Object.entries(headers).map(([name, meaning]) => [
    name,
    { description: meaning, required: true, schema: { type: 'string' } },
  ]);
  const others = mediaTypes.map((type) => [type, { schema: contentOf(type) }] as const);
  const content = { ...(schema && { 'application/json': { schema } }), ...Object.fromEntries(others) };
  return {
    description,
    headers: { ...traceHeader, ...Object.fromEntries(own) },
    ...(Object.keys(content).length > 0 && { content }),
  };
}
