/** The step in which a person is chosen: shows the page, takes the choice and sends the browser on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SessionNotFound } from 'oidc-provider/lib/helpers/errors.js';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { choosePageLanguage } from '../../domain/language.ts';
import { sendPage } from '../html.ts';
import type { DemoClient, DemoPerson } from './directory.ts';
import { expiredPage, loginPage } from './pages.ts';
import { INTERACTION_PATH } from './provider.ts';
import { STYLE } from './style.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The most bytes of a form: one person's id, with room to spare. */
const MAX_FORM_BYTES = 4096;

/** Gives the function that answers below `INTERACTION_PATH`. */
export function createInteraction(
  provider: Provider,
  clients: readonly DemoClient[],
  persons: readonly DemoPerson[],
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    // The base only completes the path; it is never called.
    const url = new URL(request.url ?? '/', 'http://login');
    const accepted = request.headers['accept-language'];
    const chosen = url.searchParams.get('lang') ?? undefined;
    const interaction = await findInteraction(provider, request, response);
    if (interaction === undefined || url.pathname !== `${INTERACTION_PATH}${interaction.uid}`) {
      sendPage(response, 400, expiredPage(choosePageLanguage(chosen, accepted)), STYLE);
      return;
    }
    if (request.method === 'POST') {
      const form = new URLSearchParams(await readForm(request));
      if (form.has('cancel')) return redirect(response, await cancel(provider, request, response));
      const person = persons.find(({ personId }) => personId === form.get('person'));
      if (person !== undefined)
        return redirect(response, await logIn(provider, request, response, interaction, person.personId));
    }
    const { ui_locales: wished, redirect_uri: returnTo, client_id: clientId } = interaction.params;
    const client = clients.find((one) => one.clientId === clientId);
    const page = loginPage({
      language: choosePageLanguage(chosen, typeof wished === 'string' ? wished : undefined, accepted),
      path: url.pathname,
      clientName: client?.kind === 'web' ? client.name : String(clientId),
      persons,
      returnOrigin: new URL(String(returnTo)).origin,
    });
    sendPage(response, 200, page, STYLE);
  };
}

async function findInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Interaction | undefined> {
  try {
    return await provider.interactionDetails(request, response);
  } catch (error) {
    if (error instanceof SessionNotFound) return undefined;
    throw error;
  }
}

/** Ends what is left of another person's login in this browser before the new one begins. */
async function logIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  interaction: Interaction,
  personId: string,
): Promise<string> {
  const onward = await provider.interactionResult(request, response, { login: { accountId: personId } });
  const former = interaction.session && (await provider.Session.findByUid(interaction.session.uid));
  if (former !== undefined) {
    former.accountId = undefined;
    former.authorizations = undefined;
    await former.persist();
  }
  return onward;
}

function cancel(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<string> {
  return provider.interactionResult(request, response, {
    error: 'access_denied',
    error_description: 'the person cancelled the login',
  });
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, 'cache-control': 'no-store' }).end();
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MAX_FORM_BYTES) return '';
  }
  return text;
}
