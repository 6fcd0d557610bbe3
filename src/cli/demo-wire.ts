/** HTTP with access tokens of the embedded login, each got once: what demonstrations call the service through. */
import { clientToken } from '../embedded/login/tokens.ts';
import { ServiceError } from '../errors.ts';
import { type EmbeddedLogin, tokenOfPerson } from './token.ts';

/** Calls with the tokens that they need; throws `unexpected` for an answer that is a refusal. */
export interface Wire {
  call(pathOrUrl: string, request: RequestInit): Promise<Response>;
  json(path: string, token: string): Promise<unknown>;
  post(path: string, mediaType: string, body: string | Buffer, token?: string): Promise<Response>;
  payroll(): Promise<string>;
  population(): Promise<string>;
  citizen(personId: string): Promise<string>;
  /** The token of a program, by its name, with the scopes that it asks for. */
  client(clientId: string, scope: string): Promise<string>;
}

/** Makes the wire to a running service. */
export function createWire(url: string, login: EmbeddedLogin): Wire {
  const tokens = new Map<string, Promise<string>>();
  const keep = (name: string, get: () => Promise<string>) => {
    const token = tokens.get(name) ?? get();
    tokens.set(name, token);
    return token;
  };
  const client = (clientId: string, scope: string) =>
    keep(`${clientId} ${scope}`, () =>
      clientToken({ issuer: login.issuer, folder: login.folder, clientId, scope }),
    );
  const call = async (pathOrUrl: string, request: RequestInit) => {
    const response = await fetch(new URL(pathOrUrl, url), request);
    if (response.ok) return response;
    throw new ServiceError(
      'unexpected',
      `${pathOrUrl} answered ${response.status}: ${await response.text()}`,
    );
  };
  return {
    call,
    json: async (path, token) => (await call(path, { headers: { authorization: `Bearer ${token}` } })).json(),
    post: (path, mediaType, body, token) => {
      const headers = {
        'content-type': mediaType,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      };
      return call(path, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : new Uint8Array(body),
      });
    },
    payroll: () => client('payroll', 'dimona:declare dimona:consult'),
    population: () => client('population', 'register:report'),
    client,
    citizen: (personId) => keep(personId, () => tokenOfPerson(login, personId, 'ebox:consult')),
  };
}
