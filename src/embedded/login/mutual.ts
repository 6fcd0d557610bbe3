/**
 * Mutual TLS at the embedded login (RFC 8705): a second door, with a certificate made here, at which programs that bring a
 * certificate of their own get tokens that are bound to it. Any certificate will do: who they are, their signed statement says.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import { ATTRIBUTE } from '../pki/certificate.ts';
import { openCredential } from '../pki/credential.ts';
import { tlsExtensions } from '../pki/profiles.ts';

/** In the login's folder; what programs trust to reach the door. */
const CERTIFICATE_FILE = 'tls.crt';

/** A program's certificate and private key, PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes the server, which does not listen yet; its certificate is kept in `folder`. */
export async function createMutualServer(folder: string): Promise<Server> {
  const { keyPem, certificatePem } = await openCredential({ folder, now: new Date() }, undefined, {
    file: 'tls',
    keyType: 'p-256',
    subject: [[ATTRIBUTE.commonName, 'Embedded login']],
    years: 1,
    extensions: tlsExtensions(),
  });
  return createServer({
    key: keyPem,
    cert: certificatePem,
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: false,
  });
}

/** What a token is bound to: the certificate of the request, undefined where it brought none (RFC 8705 §3.1). */
export function confirmationOf({ socket }: IncomingMessage): { readonly 'x5t#S256': string } | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return certificate && { 'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url') };
}

/** Sends a form through the door and gives the answer's status and JSON. Rejects when the door is not there. */
export async function postMutually(
  endpoint: string,
  form: Readonly<Record<string, string>>,
  folder: string,
  { cert, key }: ClientCertificate,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const ca = await readFile(join(folder, CERTIFICATE_FILE), 'utf8');
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const call = request(endpoint, { method: 'POST', headers, ca, cert, key, agent: false });
    call.on('error', reject);
    call.on('response', (answer) => {
      json(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    call.end(new URLSearchParams(form).toString());
  });
}
