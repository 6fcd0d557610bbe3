/** Answers over HTTP for the development PKI: OCSP, time-stamps, revocation lists and the authorities' certificates. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** What each address gives; requests and answers are DER. */
export interface PkiAnswers {
  answerOcsp(request: Buffer): Buffer;
  answerTimeStamp(request: Buffer): Promise<Buffer>;
  issuingCrl(): Buffer;
  rootCrl(): Buffer;
  readonly issuingCertificate: Buffer;
  readonly rootCertificate: Buffer;
}

/** Requests of these protocols are some hundred bytes; more is no request. */
const MAX_REQUEST_BYTES = 64 * 1024;

/** Makes the listener for a server of node:http. */
export function respondWith(answers: PkiAnswers): RequestListener {
  return (request, response) => {
    answer(answers, request, response).catch((error: unknown) => {
      // The client went away or sent no end of bytes: there is nobody left to tell.
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
}

async function answer(
  answers: PkiAnswers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const isGet = request.method === 'GET' || request.method === 'HEAD';
  const file = isGet ? fileAt(path, answers) : undefined;
  if (file !== undefined) return send(response, ...file);
  if (isGet && path.startsWith('/ocsp/')) {
    return send(response, OCSP_RESPONSE, answers.answerOcsp(readOcspPath(path)));
  }
  if (request.method === 'POST' && path === '/ocsp') {
    return send(response, OCSP_RESPONSE, answers.answerOcsp(await readBody(request)));
  }
  if (request.method === 'POST' && path === '/tsa') {
    return send(
      response,
      'application/timestamp-reply',
      await answers.answerTimeStamp(await readBody(request)),
    );
  }
  response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here\n');
}

const OCSP_RESPONSE = 'application/ocsp-response';

function fileAt(path: string, answers: PkiAnswers): [type: string, content: Buffer] | undefined {
  switch (path) {
    case '/issuing.crl':
      return ['application/pkix-crl', answers.issuingCrl()];
    case '/root.crl':
      return ['application/pkix-crl', answers.rootCrl()];
    case '/issuing.crt':
      return ['application/pkix-cert', answers.issuingCertificate];
    case '/root.crt':
      return ['application/pkix-cert', answers.rootCertificate];
    default:
      return undefined;
  }
}

/** A GET carries the request in base64 in the path, whose `/` and `+` some clients leave as they are (RFC 6960 App. A.1). */
function readOcspPath(path: string): Buffer {
  try {
    return Buffer.from(decodeURIComponent(path.slice('/ocsp/'.length)), 'base64');
  } catch {
    return Buffer.alloc(0);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) throw new Error('a request beyond 64 KiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, type: string, content: Buffer): void {
  response.writeHead(200, { 'content-type': type, 'content-length': content.length }).end(content);
}
