/** The service's own TLS: which versions and ciphers are spoken, and whose certificates callers may bring. */
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { TlsMaterial } from '../keys/tls-files.ts';

export interface TlsOptions {
  readonly material: TlsMaterial;
  /** Whether a caller without a certificate is turned away; matters where `ca` is given. */
  readonly isClientCertificateRequired: boolean;
  /** Whether callers' certificates are held against revocation lists: while there are none, no certificate is taken. */
  readonly isRevocationChecked?: boolean;
  /**
   * Looks further at the certificates that a caller brought, its own first, before a byte of any request is read. Gives why
   * the connection is ended, and never rejects.
   */
  readonly judge?: (path: readonly Buffer[]) => Promise<string | undefined>;
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
  options: TlsOptions,
  limits: Pick<ServerOptions, 'requestTimeout' | 'headersTimeout' | 'connectionsCheckingInterval'>,
): Server {
  const { material, onRefused = () => undefined } = options;
  const asksForCertificate = material.ca !== undefined;
  const server = createServer({
    ...limits,
    ...contextOf(material),
    handshakeTimeout: HANDSHAKE_MS,
    requestCert: asksForCertificate,
    // Looked at below, before a byte of any request is read: whoever brings none may be let in, and who is not is logged.
    rejectUnauthorized: false,
  });
  // Nobody reads what comes over a connection before it was let in: what serves it is held back until then.
  const serving = server.listeners('secureConnection');
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: TLSSocket) => {
    // Before anything else asks for the certificate: that takes its issuers away (`X509Certificate::GetPeerCert`). Some
    // versions of Node.js ask before us (nodejs/node#65579).
    const path = options.judge === undefined ? [] : pathOf(socket);
    const admit = (reason: string | undefined) => {
      if (reason === undefined) {
        keepPeer(server, socket, path);
        for (const serve of serving) serve.call(server, socket);
        return;
      }
      socket.destroy();
      onRefused(reason);
    };
    const reason = asksForCertificate ? faultOf(socket, options, lines.get(server)) : undefined;
    if (reason !== undefined || options.judge === undefined || path.length === 0) return admit(reason);
    void waitFor(socket, options.judge(path), admit);
  });
  lines.set(server, { hasLists: material.crl !== undefined, peers: new Map() });
  return server;
}

/** Whoever goes away meanwhile is not waited for. */
async function waitFor(
  socket: TLSSocket,
  judgement: Promise<string | undefined>,
  admit: (reason: string | undefined) => void,
): Promise<void> {
  const leave = () => socket.destroy();
  socket.on('error', leave);
  const reason = await judgement;
  socket.off('error', leave);
  if (!socket.destroyed) admit(reason);
}

/** More than any path of today. */
const LONGEST_PATH = 5;

/** The certificates that a caller brought, its own first, as far as they lead; DER. */
function pathOf(socket: TLSSocket): readonly Buffer[] {
  const path: Buffer[] = [];
  let one: PeerCertificate | undefined = socket.getPeerCertificate(true);
  while (one?.raw !== undefined && path.length < LONGEST_PATH) {
    path.push(one.raw);
    // A root is given as issued by itself.
    const issuer: PeerCertificate | undefined =
      'issuerCertificate' in one ? (one.issuerCertificate as PeerCertificate) : undefined;
    one = issuer === one ? undefined : issuer;
  }
  return path;
}

/** The paths of those whose connections stand. */
export function standingPaths(server: Server): readonly (readonly Buffer[])[] {
  return [...(lines.get(server)?.peers.values() ?? [])];
}

interface Held {
  /** Whether revocation lists were had. */
  hasLists: boolean;
  /** The connections whose callers brought a certificate, with its path where that is judged. */
  readonly peers: Map<TLSSocket, readonly Buffer[]>;
}
const lines = new WeakMap<Server, Held>();

function contextOf({ crl, ...rest }: TlsMaterial) {
  return { ...PROTOCOL, ...rest, ...(crl && { crl: [...crl] }) };
}

function keepPeer(server: Server, socket: TLSSocket, path: readonly Buffer[]): void {
  const peers = lines.get(server)?.peers;
  if (peers === undefined || socket.getPeerX509Certificate() === undefined) return;
  peers.set(socket, path);
  socket.once('close', () => peers.delete(socket));
}

function faultOf(
  socket: TLSSocket,
  { isClientCertificateRequired, isRevocationChecked = false }: TlsOptions,
  held: Held | undefined,
): string | undefined {
  if (socket.getPeerX509Certificate() === undefined)
    return isClientCertificateRequired ? 'no certificate' : undefined;
  // Without a list OpenSSL would ask for none.
  if (isRevocationChecked && held?.hasLists !== true) return 'no revocation list';
  // Node.js gives the code of what OpenSSL found, whatever its type says.
  return socket.authorized ? undefined : String(socket.authorizationError);
}

/**
 * Takes another certificate, key and authorities for connections that come from now on; those that stand, stay. Whether
 * callers are asked for a certificate stays as it was. A new context takes up no session of the former one, so that
 * nobody gets past new revocation lists by an old ticket.
 */
export function renewTls(server: Server, material: TlsMaterial): void {
  server.setSecureContext(contextOf(material));
  const held = lines.get(server);
  if (held !== undefined) held.hasLists = material.crl !== undefined;
}

/** Ends the connections that stand whose certificate was revoked since; gives how many. */
export function endRevoked(server: Server, isRevoked: (certificate: Buffer) => boolean): number {
  const peers = [...(lines.get(server)?.peers.keys() ?? [])];
  const revoked = peers.filter((socket) => {
    const certificate = socket.getPeerX509Certificate();
    return certificate !== undefined && isRevoked(certificate.raw);
  });
  for (const socket of revoked) socket.destroy();
  return revoked.length;
}
