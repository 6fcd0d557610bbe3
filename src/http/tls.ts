/** The service's own TLS: which versions and ciphers are spoken, and whose certificates callers may bring. */
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { TlsMaterial } from '../keys/tls-files.ts';

export interface TlsOptions {
  readonly material: TlsMaterial;
  /** Whether a caller without a certificate is turned away; matters where `ca` is given. */
  readonly isClientCertificateRequired: boolean;
  /** Told of each connection that was ended because of its certificate, with the reason. */
  readonly onRefused?: (reason: string) => void;
}

/** RFC 9325 §3.1, §4.2: TLS 1.2 with forward secrecy and authenticated encryption only, and TLS 1.3. */
const PROTOCOL = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
  honorCipherOrder: true,
} as const;

/** A caller who does not finish the handshake is not waited for. */
const HANDSHAKE_MS = 15_000;

/** Makes an HTTPS server that does not listen yet. `limits` are those of any HTTP server of ours. */
export function createTlsServer(
  { material, isClientCertificateRequired, onRefused = () => undefined }: TlsOptions,
  limits: { readonly requestTimeout: number; readonly headersTimeout: number },
): Server {
  const asksForCertificate = material.ca !== undefined;
  const server = createServer({
    ...limits,
    ...PROTOCOL,
    ...material,
    handshakeTimeout: HANDSHAKE_MS,
    requestCert: asksForCertificate,
    // Looked at below, before a byte of any request is read: whoever brings none may be let in, and who is not is logged.
    rejectUnauthorized: false,
  });
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const reason = asksForCertificate ? faultOf(socket, isClientCertificateRequired) : undefined;
    if (reason === undefined) return;
    socket.destroy();
    onRefused(reason);
  });
  return server;
}

function faultOf(socket: TLSSocket, isRequired: boolean): string | undefined {
  if (socket.getPeerX509Certificate() === undefined) return isRequired ? 'no certificate' : undefined;
  // Node.js gives the code of what OpenSSL found, whatever its type says.
  return socket.authorized ? undefined : String(socket.authorizationError);
}

/**
 * Takes another certificate, key and authorities for connections that come from now on; those that stand, stay. Whether
 * callers are asked for a certificate stays as it was.
 */
export function renewTls(server: Server, material: TlsMaterial): void {
  server.setSecureContext({ ...PROTOCOL, ...material });
}
