/** Every route of the service, in the order of its document. */
import type { Services } from '../workflows/services.ts';
import { writeOpenApi } from './openapi.ts';
import type { Route } from './route.ts';
import { accessRoutes } from './routes/access.ts';
import { attestationQueryRoutes } from './routes/attestation-query.ts';
import { attestationRoutes } from './routes/attestations.ts';
import { batchRoutes } from './routes/batches.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { dimonaRoutes } from './routes/dimona.ts';
import { eboxRoutes } from './routes/ebox.ts';
import { eventRoutes } from './routes/events.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { flowRoutes } from './routes/flows.ts';
import { heldStatusRoutes } from './routes/held-statuses.ts';
import { messageEvidenceRoutes } from './routes/message-evidence.ts';
import { myDataRoutes } from './routes/my-data.ts';
import { myDecisionsRoute } from './routes/my-decisions.ts';
import { myMandatesRoute } from './routes/my-mandates.ts';
import { documentRoute, healthRoute } from './routes/operations.ts';
import { reportRoute } from './routes/receipts.ts';
import { registerRoutes } from './routes/register.ts';
import { recordRoutes } from './routes/register-records.ts';
import { rejectsRoute } from './routes/register-rejects.ts';
import { simulationRoute } from './routes/simulations.ts';
import { statisticsRoutes } from './routes/statistics.ts';
import { statusQueryRoute } from './routes/status-query.ts';
import { statusRoutes } from './routes/statuses.ts';
import { verificationRoutes } from './routes/verifications.ts';

/**
 * Gives all routes; the OpenAPI document that one of them answers with describes them all. Answers that go on and on end
 * when `stopping` says so.
 */
export function allRoutes(
  services: Services,
  tokenUrl: string,
  stopping = new AbortController().signal,
): Route[] {
  const routes: Route[] = [
    ...dimonaRoutes(services),
    ...registerRoutes(services),
    rejectsRoute(services),
    ...recordRoutes(services),
    ...statusRoutes(services),
    ...heldStatusRoutes(services),
    statusQueryRoute(services),
    simulationRoute(services),
    ...statisticsRoutes(services),
    ...batchRoutes(services, stopping),
    ...flowRoutes(services),
    ...eboxRoutes(services),
    ...deliveryRoutes(services),
    ...verificationRoutes(services),
    ...attestationRoutes(services),
    ...attestationQueryRoutes(services),
    ...myDataRoutes(services),
    myMandatesRoute(services),
    myDecisionsRoute(services),
    ...accessRoutes(services),
    ...evidenceRoutes(services),
    reportRoute(services),
    ...messageEvidenceRoutes(services),
    ...eventRoutes(services),
  ];
  let document: string | undefined;
  routes.push(
    healthRoute(services),
    documentRoute(() => (document ??= writeOpenApi(routes, tokenUrl))),
  );
  return routes;
}
