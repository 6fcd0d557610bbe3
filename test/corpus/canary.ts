/** The addresses that all certificates of the corpus name, and which no verdict may ever reach: it counts who comes. */
import { createServer } from 'node:http';
import { listenOnLoopback } from '../../src/embedded/loopback.ts';
import { answerOcsp } from '../../src/embedded/pki/ocsp.ts';
import { ocspExtensions } from '../../src/embedded/pki/profiles.ts';
import { createKeyPair } from '../support/pki.ts';
import type { Lab } from './lab.ts';

export interface Canary {
  readonly url: string;
  readonly port: number;
  /** How many connections came so far. */
  connections(): number;
  /** From now on it answers those who ask for OCSP, as the responder of the issuing authority: viewers want one. */
  answerFor(lab: Lab): void;
  stop(): void;
}

/** Starts to listen on a free port of this machine. */
export async function startCanary(): Promise<Canary> {
  let connections = 0;
  let answer = (_: Buffer): Buffer => Buffer.alloc(0);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/ocsp-response');
      response.end(answer(Buffer.concat(chunks)));
    });
  }).on('connection', () => {
    connections += 1;
  });
  const port = await listenOnLoopback('canary', server, '127.0.0.1', 0);
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    connections: () => connections,
    answerFor: ({ issuing }) => {
      const delegate = createKeyPair(issuing, issuing.name, ocspExtensions());
      const statusOf = () => ({ status: 'good' }) as const;
      const responder = { authority: issuing, signer: delegate, certificate: delegate.certificate, statusOf };
      answer = (request) => answerOcsp(request, responder, new Date());
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
