/** Files of the pages as they cross the wire: packed once, so that nobody waits for it. */
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Beyond it text becomes hardly smaller, and takes ten times as long. */
const BROTLI_QUALITY = 9;
/** Smaller ones fit a packet as they are, and typefaces are packed already. */
const LEAST_BYTES = 512;

export const ENCODINGS = ['br', 'gzip'] as const;

export interface Packed {
  readonly content: Buffer;
  /** Undefined: as it is. */
  readonly encoding: (typeof ENCODINGS)[number] | undefined;
}

/** Packs each content once in each encoding; remembers it as long as the content itself is held. */
export class Packer {
  readonly #known = new Map<string, Packed>();

  /** Gives what lies at an address that changes with its content. */
  pack(address: string, content: string | Buffer, encoding: Packed['encoding']): Packed {
    const bytes = Buffer.from(content);
    if (encoding === undefined || typeof content !== 'string' || bytes.length < LEAST_BYTES)
      return { content: bytes, encoding: undefined };
    const key = `${encoding} ${address}`;
    const packed = this.#known.get(key) ?? { content: compress(bytes, encoding), encoding };
    this.#known.set(key, packed);
    return packed;
  }
}

function compress(bytes: Buffer, encoding: (typeof ENCODINGS)[number]): Buffer {
  return encoding === 'gzip'
    ? gzipSync(bytes)
    : brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}
