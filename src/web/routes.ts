/** Every page of the service. */
import type { Services } from '../workflows/services.ts';
import type { PageRoute } from './route.ts';
import { accessibilityRoutes } from './routes/accessibility.ts';
import { agencyRoutes } from './routes/agency.ts';
import { batchRoutes } from './routes/batch.ts';
import { checkOfflineRoutes } from './routes/check-offline.ts';
import { checkRecordRoutes } from './routes/check-record.ts';
import { dataAccessRoutes } from './routes/data-access.ts';
import { dataAskRoutes } from './routes/data-ask.ts';
import { declarationRoutes } from './routes/declaration.ts';
import { deskRoutes } from './routes/desk.ts';
import { deskFlowRoutes } from './routes/desk-flows.ts';
import { operationRoutes } from './routes/desk-operations.ts';
import { deskStatisticsRoutes } from './routes/desk-statistics.ts';
import { type DeveloperParts, developerRoutes } from './routes/developer.ts';
import { heldRoutes } from './routes/held.ts';
import { homeRoutes } from './routes/home.ts';
import { inboxRoutes } from './routes/inbox.ts';
import { inboxListRoutes } from './routes/inbox-list.ts';
import { type LoginParts, loginRoutes } from './routes/login.ts';
import { lookUpRoutes } from './routes/look-up.ts';
import { mandateRoutes } from './routes/mandates.ts';
import { myDataRoutes } from './routes/my-data.ts';
import { noticesRoutes } from './routes/notices.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { shareRoutes } from './routes/share.ts';
import { verifyRoutes } from './routes/verify.ts';
import { verifyPaperRoutes } from './routes/verify-paper.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** What pages work with. */
export type PageServices = Services;

/** Gives all pages and the forms that stand on them. */
export function pageRoutes(services: PageServices, parts: LoginParts & DeveloperParts): readonly PageRoute[] {
  return [
    ...homeRoutes(),
    ...accessibilityRoutes(),
    ...developerRoutes(parts),
    ...loginRoutes(services, parts),
    ...inboxListRoutes(services),
    ...inboxRoutes(services),
    ...shareRoutes(services),
    ...myDataRoutes(services),
    ...mandateRoutes(services, parts),
    ...sessionRoutes(services, parts),
    ...noticesRoutes(services),
    ...verifyRoutes(services),
    ...verifyPaperRoutes(services),
    ...checkRecordRoutes(services),
    ...checkOfflineRoutes(services),
    ...agencyRoutes(services),
    ...batchRoutes(services),
    ...deskRoutes(services),
    ...lookUpRoutes(services),
    ...heldRoutes(services),
    ...deskFlowRoutes(services),
    ...deskStatisticsRoutes(services),
    ...dataAskRoutes(services),
    ...dataAccessRoutes(services),
    ...webhookRoutes(services),
    ...operationRoutes(services),
    ...declarationRoutes(services),
  ];
}
