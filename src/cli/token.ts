/** `ebox token`: an access token of the embedded login, got over its real protocols. */
import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { LOGIN_CALLBACK_PATH } from '../domain/login-path.ts';
import { INBOX_CLIENT } from '../embedded/demo.ts';
import { clientToken, personToken } from '../embedded/login/tokens.ts';
import { knownPort } from '../embedded/ports.ts';
import { ServiceError } from '../errors.ts';
import { readKeyFile } from '../keys/seal-files.ts';

export interface TokenRequest {
  readonly client?: string | undefined;
  readonly person?: string | undefined;
  readonly scope?: string | undefined;
  /** PEM files of the certificate that the token is bound to, and of its private key. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** Prints the token of a demo client or person. The service must be running. */
export async function printToken(request: TokenRequest): Promise<number> {
  const config = readConfig();
  const scope = request.scope ?? '';
  if (scope === '' || (request.client === undefined) === (request.person === undefined)) {
    process.stderr.write('Give --client or --person, and --scope with one or more scopes.\n');
    return 2;
  }
  if (
    (request.certificate === undefined) !== (request.key === undefined) ||
    (request.key && request.person)
  ) {
    process.stderr.write('Give --certificate and --key together, and with --client only.\n');
    return 2;
  }
  const login = loginOf(config);
  const token =
    request.client === undefined
      ? await tokenOfPerson(login, request.person ?? '', scope)
      : await clientToken({
          issuer: login.issuer,
          folder: login.folder,
          clientId: request.client,
          scope,
          certificate: certificateOf(request),
        });
  process.stdout.write(`${token}\n`);
  return 0;
}

function certificateOf({ certificate, key }: TokenRequest) {
  if (certificate === undefined || key === undefined) return undefined;

  return { cert: readKeyFile(certificate).toString('latin1'), key: readKeyFile(key).toString('latin1') };
}

/** Where the embedded login of a data folder is, and where people come back to. */
export interface EmbeddedLogin {
  readonly issuer: string;
  readonly folder: string;
  readonly publicUrl: string;
}

/** Finds the embedded login of a data folder. Throws `configurationInvalid`. */
export function loginOf(config: Config): EmbeddedLogin {
  if (config.login.kind === 'given') {
    throw new ServiceError(
      'configurationInvalid',
      'OIDC_ISSUER is set: ask that issuer for tokens, not the embedded login',
    );
  }
  const port = knownPort(config.dataDir, 'login');
  if (port === undefined) {
    throw new ServiceError(
      'configurationInvalid',
      `no service was started on ${config.dataDir} yet; run npm start`,
    );
  }
  return {
    issuer: `http://127.0.0.1:${port}`,
    folder: join(config.dataDir, 'login'),
    publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
  };
}

/** Logs a demo person in, as a browser would, and gives the access token. */
export function tokenOfPerson(login: EmbeddedLogin, personId: string, scope: string): Promise<string> {
  const { issuer, folder, publicUrl } = login;
  return personToken({
    issuer,
    folder,
    clientId: INBOX_CLIENT,
    redirectUri: `${publicUrl}${LOGIN_CALLBACK_PATH}`,
    personId,
    scope,
  });
}
