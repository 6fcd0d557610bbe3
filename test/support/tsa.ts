/** A time-stamping authority that does what a test tells it: right, wrong, slow or not at all. */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { timeStampExtensions } from '../../src/embedded/pki/profiles.ts';
import type { Signer } from '../../src/keys/signer.ts';
import { SHA256 } from '../../src/pades/algorithm.ts';
import { generalizedTime, integer, octetString, oid, sequence } from '../../src/pades/der.ts';
import { readInteger, readOnly, readSequence } from '../../src/pades/der-reader.ts';
import { signContent, suiteOf } from '../../src/pades/signed-data.ts';
import { TST_INFO } from '../../src/pades/token.ts';
import { ADDRESSES, type Authority, createSigner, NOW, type SignerWish } from './pki.ts';

/** What a token states; DER where it is a Buffer. */
export interface TokenWish {
  readonly imprint: Buffer;
  /** INTEGER, DER. */
  readonly nonce?: Buffer | undefined;
  readonly time?: Date;
  readonly policy?: string;
  readonly certificates?: readonly Buffer[];
}

export const POLICY = '2.999.1.2';

/** A key fit for time-stamping under an authority, or with the changes asked for. */
export function createTsaSigner(authority: Authority, wish: Partial<SignerWish> = {}): Signer {
  return createSigner({ authority, extensions: timeStampExtensions(ADDRESSES), ...wish });
}

/** Makes a token (DER). */
export function forgeToken(signer: Signer, wish: TokenWish): Promise<Buffer> {
  const info = sequence(
    integer(1),
    oid(wish.policy ?? POLICY),
    sequence(SHA256, octetString(wish.imprint)),
    integer(42),
    generalizedTime(wish.time ?? NOW),
    wish.nonce ?? Buffer.alloc(0),
  );
  return signContent(signer, {
    contentType: TST_INFO,
    content: info,
    digest: createHash(suiteOf(signer).hash).update(info).digest(),
    certificates: wish.certificates ?? [signer.certificate, ...signer.chain],
  });
}

/** Wraps a token as the answer of an authority that grants. */
export function granted(token: Buffer): Buffer {
  return sequence(sequence(integer(0)), token);
}

export interface Asked {
  /** The request as it came. */
  readonly body: Buffer;
  readonly imprint: Buffer;
  /** INTEGER, DER. */
  readonly nonce: Buffer;
  /** OBJECT IDENTIFIER in hexadecimal. */
  readonly askedPolicy: string | undefined;
}

/** Gives the body to answer with, or writes the answer itself and gives nothing. */
export type TsaAnswer = (asked: Asked, response: ServerResponse) => Promise<Buffer | undefined>;

export interface Tsa {
  readonly url: string;
  /** How it answers from now on. */
  answer: TsaAnswer;
  /** How often it was asked. */
  count: number;
}

/** Starts a server that answers as told until the test ends. */
export async function startTsa(t: { after(stop: () => unknown): void }, answer: TsaAnswer): Promise<Tsa> {
  const tsa = { url: '', answer, count: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      tsa.count += 1;
      void reply(tsa.answer, Buffer.concat(chunks), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  tsa.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`;
  return tsa;
}

async function reply(answer: TsaAnswer, request: Buffer, response: ServerResponse): Promise<void> {
  const body = await answer(read(request), response);
  if (body === undefined) return;
  response.setHeader('content-type', 'application/timestamp-reply');
  response.end(body);
}

function read(request: Buffer): Asked {
  const [, imprint, ...optional] = readSequence(readOnly(request));
  const [, digest] = readSequence(imprint);
  const nonce = optional.find(({ tag }) => tag === 0x02);
  const policy = optional.find(({ tag }) => tag === 0x06);
  readInteger(nonce);
  return {
    body: request,
    imprint: digest?.content ?? Buffer.alloc(0),
    nonce: nonce?.raw ?? Buffer.alloc(0),
    askedPolicy: policy?.raw.toString('hex'),
  };
}
