/** The certificate of whoever calls: of the connection itself, or as a proxy of ours saw it (RFC 9440). */
import { createHash, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Gives the thumbprint of a caller's certificate (SHA-256 of its DER, base64url); undefined where there is none. */
export type ThumbprintReader = (request: IncomingMessage) => string | undefined;

/**
 * Makes the reader. `proxies` are the addresses and ranges from which the header `Client-Cert` is believed. What comes from
 * there is judged by the header alone: the connection's own certificate is the proxy's, not the caller's.
 */
export function createThumbprintReader(proxies: readonly string[]): ThumbprintReader {
  const believed = listOf(proxies);
  return (request) => {
    const { socket, headers } = request;
    const isProxy = believed.check(...addressOf(socket.remoteAddress ?? '0.0.0.0'));
    const certificate = isProxy ? readHeader(headers['client-cert']) : readConnection(socket);
    return certificate && createHash('sha256').update(certificate).digest('base64url');
  };
}

function readConnection(socket: IncomingMessage['socket']): Buffer | undefined {
  // One that is not of the configured authorities ended its connection before any request.
  return socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate()?.raw : undefined;
}

/** A byte sequence of structured fields (RFC 8941 §3.3.5) with the DER of the certificate (RFC 9440 §2.2). */
function readHeader(header: string | string[] | undefined): Buffer | undefined {
  const base64 = /^:([A-Za-z0-9+/]{1,16384}={0,2}):$/.exec(String(header ?? '').trim())?.[1];
  if (base64 === undefined) return undefined;
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).raw;
  } catch {
    return undefined;
  }
}

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    if (bits === undefined) list.addAddress(...addressOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

/** A socket for both families writes IPv4 addresses as mapped ones. */
function addressOf(address: string): [string, 'ipv4' | 'ipv6'] {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return [plain, familyOf(plain)];
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
