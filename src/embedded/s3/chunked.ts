/** Decodes aws-chunked bodies ("Signature calculations … transferring payload in multiple chunks" of the S3 API reference). */
import { createHash } from 'node:crypto';
import { Refusal } from './refusal.ts';
import { type Authentication, isSame, sha256, sign } from './signature.ts';

/** The longest line of a chunk header or trailer, and the most lines of a trailer. */
const LINE_BYTES = 1024;
const TRAILER_LINES = 8;

const CHUNK_HEADER = /^([0-9a-f]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?$/i;

/**
 * Hands the decoded bytes to `sink` and gives the trailer (names in lower case). With `signed`, each chunk and the
 * trailer are checked against their signatures, each of which covers the one before it.
 * Throws `IncompleteBody`, `InvalidRequest`, `MalformedTrailerError` and `SignatureDoesNotMatch`; what the sink got
 * before is then worth nothing.
 */
export async function decodeChunks(
  source: AsyncIterator<Buffer>,
  signed: Authentication | undefined,
  sink: (chunk: Buffer) => void | Promise<void>,
): Promise<ReadonlyMap<string, string>> {
  const reader = new LineReader(source);
  const chain = signed && new SignatureChain(signed);
  for (;;) {
    const [, hexSize = '', signature] = CHUNK_HEADER.exec((await reader.readLine()) ?? '') ?? [];
    const size = Number.parseInt(hexSize, 16);
    if (!Number.isSafeInteger(size)) throw new Refusal('InvalidRequest', 'A chunk header is not readable.');
    const hash = chain && createHash('sha256');
    for (let left = size; left > 0; ) {
      const piece = await reader.readSome(left);
      left -= piece.length;
      hash?.update(piece);
      await sink(piece);
    }
    if (hash) chain?.check('PAYLOAD', [sha256(''), hash.digest('hex')], signature);
    if (size === 0) return readTrailer(reader, chain);
    if ((await reader.readLine()) !== '')
      throw new Refusal('InvalidRequest', 'A chunk is longer than announced.');
  }
}

/** Clients end trailer lines in CRLF or LF and put empty lines between them or not; what follows is the end. */
async function readTrailer(
  reader: LineReader,
  chain: SignatureChain | undefined,
): Promise<ReadonlyMap<string, string>> {
  const trailer = new Map<string, string>();
  let signature: string | undefined;
  for (let lines = 0; ; lines += 1) {
    const line = await reader.readLine();
    if (line === undefined) break;
    if (line === '') continue;
    const [, name = '', value = ''] = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line) ?? [];
    if (name === '' || lines > TRAILER_LINES) throw new Refusal('MalformedTrailerError');
    if (name.toLowerCase() === 'x-amz-trailer-signature') signature = value;
    else trailer.set(name.toLowerCase(), value.trim());
  }
  if (trailer.size > 0 && chain !== undefined) {
    const canonical = [...trailer].map(([name, value]) => `${name}:${value}\n`).join('');
    chain.check('TRAILER', [sha256(canonical)], signature);
  }
  return trailer;
}

/** Each signature covers the one before it, the first that of the request. */
class SignatureChain {
  readonly #request: Authentication;
  #previous: string;

  constructor(request: Authentication) {
    this.#request = request;
    this.#previous = request.signature;
  }

  check(what: 'PAYLOAD' | 'TRAILER', hashes: readonly string[], given: string | undefined): void {
    const { signingKey, date, scope } = this.#request;
    const expected = sign(signingKey, [`AWS4-HMAC-SHA256-${what}`, date, scope, this.#previous, ...hashes]);
    if (!isSame(expected, given ?? '')) throw new Refusal('SignatureDoesNotMatch');
    this.#previous = expected;
  }
}

/** Lines and runs of bytes out of a source that gives buffers of any length. */
class LineReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** The next line without its end, or nothing at the end of the source. Throws `InvalidRequest` for one too long. */
  async readLine(): Promise<string | undefined> {
    let end = this.#rest.indexOf(10);
    while (end === -1) {
      if (this.#rest.length > LINE_BYTES) throw new Refusal('InvalidRequest', 'A chunk header is too long.');
      const { value, done } = await this.#source.next();
      if (done === true) {
        if (this.#rest.length > 0) throw new Refusal('IncompleteBody');
        return undefined;
      }
      this.#rest = Buffer.concat([this.#rest, value]);
      end = this.#rest.indexOf(10);
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 1);
    return line.replace(/\r$/, '');
  }

  /** At least one byte and at most `limit`. Throws `IncompleteBody` at the end of the source. */
  async readSome(limit: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#source.next();
      if (done === true) throw new Refusal('IncompleteBody');
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
}
