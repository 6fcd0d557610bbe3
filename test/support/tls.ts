/** Ends of TLS connections for tests: certificates of this machine and of callers, and calls that bring them. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { ATTRIBUTE, issueCertificate, writeName } from '../../src/embedded/pki/certificate.ts';
import { tlsExtensions } from '../../src/embedded/pki/profiles.ts';
import { type Authority, toPem } from './pki.ts';

export interface TlsEnd {
  readonly cert: string;
  readonly key: string;
  readonly der: Buffer;
  /** SHA-256 of the certificate, base64url (RFC 8705 §3.1). */
  readonly thumbprint: string;
}

const DAY = 86_400_000;

/** Makes a certificate for either end of a connection; its name is the authority's unless one is given. */
export function createTlsEnd(authority: Authority, name = 'end', validDays = 30): TlsEnd {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const der = issueCertificate(authority, {
    subject: writeName([[ATTRIBUTE.commonName, name]]),
    publicKey,
    notBefore: new Date(Math.min(now, now + validDays * DAY) - DAY),
    notAfter: new Date(now + validDays * DAY),
    extensions: tlsExtensions(),
  });
  return {
    cert: toPem(der),
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    der,
    thumbprint: createHash('sha256').update(der).digest('base64url'),
  };
}

export interface TlsCall {
  readonly url: string;
  /** Who is trusted, PEM. */
  readonly ca: string;
  readonly end?: TlsEnd;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly method?: string;
  readonly body?: string;
  /** Keeps the connection for more calls. */
  readonly agent?: Agent;
}

export interface TlsAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Calls over a connection of its own, unless an agent keeps one. Rejects when the connection is ended. */
export async function callTls({
  url,
  ca,
  end,
  headers = {},
  agent,
  method = 'GET',
  body,
}: TlsCall): Promise<TlsAnswer> {
  const own = agent ?? new Agent({ ca, ...(end && { cert: end.cert, key: end.key }) });
  const call = request(url, { agent: own, headers, method });
  call.end(body);
  try {
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await text(answer) };
  } finally {
    if (agent === undefined) own.destroy();
  }
}
