/** The OpenAPI 3.0.3 document, built from the routes and the very schemas that check requests. */
import {
  extendZodWithOpenApi,
  OpenAPIRegistry,
  OpenApiGeneratorV3,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { stringify } from 'yaml';
import { z } from 'zod';
import { statusMessageSchema } from '../ebox/registry.ts';
import type { Answer, Route } from './route.ts';

extendZodWithOpenApi(z);

const issueSchema = z.object({
  type: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  in: z.enum(['body', 'header', 'path', 'query']),
  name: z.string().optional(),
});

const problemSchema = z
  .object({
    type: z.string().meta({ example: 'urn:problem-type:belgif:badRequest' }),
    href: z.string().optional(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ example: 'urn:uuid:123e4567-e89b-12d3-a456-426614174000' }),
    issues: z.array(issueSchema).optional(),
    requiredScopes: z.array(z.string()).optional(),
    limit: z.int().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457, as the Belgif REST guide words it' });

/** Writes the document as YAML. `tokenUrl` is where clients get their access tokens. */
export function writeOpenApi(routes: readonly Route[], tokenUrl: string): string {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'oauth2', {
    type: 'oauth2',
    flows: { clientCredentials: { tokenUrl, scopes: scopesOf(routes) } },
  });
  for (const route of routes) registry.registerPath(toPath(route));
  const document = new OpenApiGeneratorV3(registry.definitions).generateDocument({
    openapi: '3.0.3',
    info: {
      title: 'Citizen eBox document service',
      version: '1.0.0',
      description:
        'Facts are reported, attestations are issued in the citizen’s eBox, and whoever holds one has it verified.',
      license: { name: 'EUPL-1.2', url: 'https://eupl.eu/1.2/en/' },
    },
    servers: [{ url: '/' }],
  });
  return stringify(document, { aliasDuplicateObjects: false });
}

function scopesOf(routes: readonly Route[]): Record<string, string> {
  const scopes: Record<string, string> = {};
  for (const { access, tag } of routes) if (access.kind === 'scope') scopes[access.scope] ??= tag;
  return scopes;
}

function toPath(route: Route): RouteConfig {
  const errors =
    route.errors === 'registry'
      ? { 'application/json': { schema: statusMessageSchema } }
      : { 'application/problem+json': { schema: problemSchema } };
  const answers = Object.entries(route.answers).map(
    ([status, answer]) => [status, toResponse(answer)] as const,
  );
  return {
    method: route.method,
    path: route.path,
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag],
    security: route.access.kind === 'public' ? [] : [{ oauth2: [route.access.scope] }],
    request: {
      ...(route.params && { params: route.params }),
      ...(route.query && { query: route.query }),
      ...(route.requestHeaders && { headers: headersOf(route.requestHeaders) }),
      ...bodyOf(route),
    },
    responses: {
      ...Object.fromEntries(answers),
      default: { description: 'A problem', content: errors },
    },
  };
}

function headersOf(headers: Readonly<Record<string, string>>): z.ZodObject {
  return z.object(
    Object.fromEntries(
      Object.entries(headers).map(([name, description]) => [
        name,
        z.string().optional().meta({ description }),
      ]),
    ),
  );
}

function bodyOf({ body }: Route): Pick<NonNullable<RouteConfig['request']>, 'body'> {
  switch (body.kind) {
    case 'none':
      return {};
    case 'json':
      return { body: { required: true, content: { 'application/json': { schema: body.schema } } } };
    case 'bytes':
    case 'stream': {
      const binary = z.string().meta({ format: 'binary' });
      return {
        body: {
          required: true,
          content: Object.fromEntries(body.mediaTypes.map((type) => [type, { schema: binary }])),
        },
      };
    }
  }
}

function toResponse(answer: Answer): RouteConfig['responses'][string] {
  const mediaType = answer.mediaType ?? 'application/json';
  const schema =
    answer.schema ?? (answer.mediaType === undefined ? undefined : z.string().meta({ format: 'binary' }));
  return {
    description: answer.description,
    ...(answer.headers && { headers: headersOf(answer.headers) }),
    ...(schema && { content: { [mediaType]: { schema } } }),
  };
}
