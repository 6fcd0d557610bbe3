/** Health, and the OpenAPI document. */
import { z } from 'zod';
import type { Services } from '../../workflows/services.ts';
import type { Route } from '../route.ts';

const healthSchema = z
  .object({
    status: z
      .enum(['UP', 'DEGRADED', 'DOWN'])
      .meta({ description: 'DOWN without database, DEGRADED without archive', example: 'UP' }),
    verifiers: z
      .object({
        processes: z.int().meta({ description: '0: in the service itself', example: 2 }),
        network: z.enum(['none', 'shared']).meta({
          description:
            '`none`: they can reach nobody; `shared`: the system grants them no network of their own',
        }),
      })
      .optional()
      .meta({ description: 'Where files that the register does not know are examined' }),
  })
  .meta({ id: 'HealthStatus' });

const OPEN = {
  tag: 'Operations',
  access: { kind: 'public' },
  errors: 'belgif',
  body: { kind: 'none' },
} as const;

/** What a process answers about itself, whatever its role. */
export function healthRoute(services: Pick<Services, 'database' | 'archive' | 'verifiers'>): Route {
  return {
    ...OPEN,
    method: 'get',
    path: '/health',
    operationId: 'checkHealth',
    isUncounted: true,
    summary: 'Whether the service works',
    answers: {
      200: { description: 'UP or DEGRADED', schema: healthSchema },
      503: { description: 'DOWN', schema: healthSchema },
    },
    handle: async () => {
      const [isDatabaseUp, isArchiveUp] = await Promise.all([
        services.database.isUp(),
        services.archive.isUp(),
      ]);
      if (!isDatabaseUp) return { status: 503, body: { status: 'DOWN' } };
      const { standing: verifiers } = services.verifiers;
      return { status: 200, body: { status: isArchiveUp ? 'UP' : 'DEGRADED', verifiers } };
    },
  };
}

/** The OpenAPI document, which describes this route too. */
export function documentRoute(document: () => string): Route {
  return {
    ...OPEN,
    method: 'get',
    path: '/doc/openapi.yaml',
    operationId: 'getOpenApi',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.0.3', mediaTypes: ['application/yaml'] } },
    handle: () =>
      Promise.resolve({
        status: 200,
        headers: { 'Content-Type': 'application/yaml' },
        bytes: Buffer.from(document()),
      }),
  };
}
