/** Where metrics come from: the services with their outside steps measured, and the requests as they are answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from './config.ts';
import { describeError, ServiceError } from './errors.ts';
import type { Metrics } from './metrics.ts';
import { readGauges } from './workflows/gauges.ts';
import type { Services } from './workflows/services.ts';

/** Gives the same services; what they do is counted. */
export function measured(services: Services, metrics: Metrics): Services {
  const timed = async <T>(stage: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const end = (fault?: string) => metrics.stageEnded(stage, (performance.now() - started) / 1000, fault);
    try {
      const result = await work();
      end();
      return result;
    } catch (error) {
      end(error instanceof ServiceError ? error.code : 'unexpected');
      throw error;
    }
  };
  const { archive, documents, mailer, webhooks, verifiers } = services;
  return {
    ...services,
    archive: {
      ...archive,
      store: (...given) => timed('store', () => archive.store(...given)),
      fetch: (key) => timed('fetch', () => archive.fetch(key)),
    },
    documents: {
      ...documents,
      make: (...given) => timed('document', () => documents.make(...given)),
    },
    mailer: { ...mailer, send: (mail) => timed('mail', () => mailer.send(mail)) },
    webhooks: { ...webhooks, call: (...given) => timed('webhook', () => webhooks.call(...given)) },
    verifiers: { ...verifiers, examine: (...given) => timed('verify', () => verifiers.examine(...given)) },
  };
}

/** The metrics of a process, and the port that they are read on. */
export interface MetricsPort {
  readonly metrics: Metrics;
  close(): void;
}

/** Serves metrics where the configuration says; undefined where it does not. Throws `configurationInvalid`. */
export async function openMetrics(
  { metrics: place }: Pick<Config, 'metrics'>,
  services: Services,
): Promise<MetricsPort | undefined> {
  if (place === undefined) return undefined;
  const { createMetrics, serveMetrics } = await import('./metrics.ts');
  const metrics = createMetrics();
  const read = async () => {
    const gauges = await readGauges(services).catch((error: unknown) => {
      services.log.warn({ reason: describeError(error) }, 'the gauges could not be read');
      return undefined;
    });
    return metrics.text(gauges);
  };
  const server = await serveMetrics(read, place.port, place.address);
  return { metrics, close: () => void server.close() };
}

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** Counts each request when its answer has left, by the operation that the routes named. */
export function counted(app: Answering, metrics: Metrics): Answering {
  return (request, response) => {
    const started = performance.now();
    response.once('close', () => {
      const { locals } = response as ServerResponse & { readonly locals?: { readonly operation?: unknown } };
      const operation = typeof locals?.operation === 'string' ? locals.operation : 'none';
      metrics.answered(operation, response.statusCode, (performance.now() - started) / 1000);
    });
    app(request, response);
  };
}
