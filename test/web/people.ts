/** Logs a demo person in at the pages, through the embedded login, as a browser would. */
import { createBrowser } from '../../src/embedded/login/browser.ts';
import type { TestService } from '../support/service.ts';
import type { Visitor } from './visitor.ts';

/** Gives the address that the login leads back to; the visitor has not followed it yet. */
export async function passLogin(
  service: TestService,
  visitor: Visitor,
  personId: string,
  to = '/inbox',
): Promise<string> {
  const { headers } = await visitor.get(`/login?${new URLSearchParams({ to }).toString()}`);
  const { issuer } = service.service.composition.parts;
  const browser = createBrowser(issuer, `${service.url}/login/callback`);
  const shown = await browser.open(String(headers.location));
  if (shown.kind !== 'page') throw new Error('the login shows no page');
  const arrival = await browser.submit(shown.url, { person: personId });
  if (arrival.kind !== 'returned') throw new Error(`the login stays at ${arrival.url}`);
  return `/login/callback?${arrival.parameters.toString()}`;
}

/** Logs a person in and gives where they are led. */
export async function logIn(
  service: TestService,
  visitor: Visitor,
  personId: string,
  to?: string,
): Promise<string> {
  const { headers } = await visitor.get(await passLogin(service, visitor, personId, to));
  return String(headers.location);
}
