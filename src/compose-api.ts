/** What only a process that takes requests has, and loads: the routes of the API, the pages, recipients that act at them. */
import type { Composition } from './compose.ts';
import { composePages, type Pages } from './compose-pages.ts';
import { beginSimulator } from './compose-simulator.ts';
import type { Config } from './config.ts';
import type { Route } from './http/route.ts';
import { allRoutes } from './http/routes.ts';

export interface Api {
  readonly routes: readonly Route[];
  readonly pages: Pages;
  /** Has the recipients act, once requests are answered at `url`. */
  begin(url: string): void;
}

/** Composes it. Answers that go on and on end when `stopping` says so. Throws `keyUnfit` and `templateInvalid`. */
export async function composeApi(
  config: Config,
  composition: Composition,
  stopping: AbortSignal,
): Promise<Api> {
  const { services, parts } = composition;
  const routes = allRoutes(services, `${parts.issuer}/token`, stopping);
  const pages = await composePages(config, composition, routes);
  return { routes, pages, begin: (url) => beginSimulator(composition, config, url) };
}
