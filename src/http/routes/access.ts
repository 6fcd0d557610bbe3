/** Access: agencies ask for data, the institution records what the Information Security Committee decided, and mandates. */
import type { Services } from '../../workflows/services.ts';
import type { Route } from '../route.ts';
import { deliberationRoutes } from './deliberations.ts';
import { dossierRoutes } from './dossiers.ts';
import { mandateRoutes } from './mandates.ts';
import { requestRoutes } from './requests.ts';

/** The routes of access. */
export function accessRoutes(services: Services): Route[] {
  return [
    ...requestRoutes(services),
    ...deliberationRoutes(services),
    ...dossierRoutes(services),
    ...mandateRoutes(services),
  ];
}
