/** Turns the bytes of a file into text: UTF-8, or ISO-8859-1 where the XML declaration says so. */

/** The encodings that are read, as the XML declaration names them; ASCII is a part of UTF-8. */
const ENCODINGS: Readonly<Record<string, 'utf-8' | 'latin1'>> = {
  'utf-8': 'utf-8',
  'us-ascii': 'utf-8',
  'iso-8859-1': 'latin1',
};

/** So many bytes are waited for before the encoding is decided, unless the file is shorter. */
const HEAD = 256;

/** Bytes or their declaration belong to no encoding that is read. */
export class EncodingError extends Error {}

/** Decodes a file chunk by chunk. Both functions throw `EncodingError`. */
interface TextReader {
  /** Gives the text that is complete with this chunk. Text chunks pass as they are. */
  readonly read: (chunk: Uint8Array | string) => string;
  /** Gives the rest, and refuses half a character. */
  readonly end: () => string;
}

/** Starts to decode a file. */
export function readText(): TextReader {
  let head: Uint8Array | undefined = new Uint8Array();
  let decode: Decode | undefined;
  const start = (bytes: Uint8Array): string => {
    head = undefined;
    decode = decoderFor(bytes);
    return decode(bytes, true);
  };
  return {
    read(chunk) {
      if (typeof chunk === 'string') return `${head?.length ? start(head) : ''}${chunk}`;
      if (head === undefined) return (decode ??= decoderFor(chunk))(chunk, true);
      head = Buffer.concat([head, chunk]);
      return head.length < HEAD ? '' : start(head);
    },
    end() {
      const begun = head?.length ? start(head) : '';
      return `${begun}${decode?.(new Uint8Array(), false) ?? ''}`;
    },
  };
}

type Decode = (bytes: Uint8Array, isMore: boolean) => string;

/** Decides the encoding from byte order mark and XML declaration (XML 1.0, appendix F). */
function decoderFor(head: Uint8Array): Decode {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const [first, second] = bytes;
  const isWide = first === 0 || second === 0 || (first === 0xfe && second === 0xff) || first === 0xff;
  if (isWide) throw new EncodingError('UTF-16 and UTF-32 are not read');
  const hasMark = bytes.toString('latin1', 0, 3) === '\xef\xbb\xbf';
  const declared = declaredEncoding(bytes.toString('latin1', hasMark ? 3 : 0, HEAD));
  const encoding = ENCODINGS[declared];
  if (encoding === undefined || (hasMark && encoding !== 'utf-8'))
    throw new EncodingError('only UTF-8 and ISO-8859-1 are read');
  // Not TextDecoder, for which ISO-8859-1 means Windows-1252.
  if (encoding === 'latin1') return (part) => Buffer.from(part).toString('latin1');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (part, isMore) => {
    try {
      return decoder.decode(part, { stream: isMore });
    } catch (cause) {
      throw new EncodingError('bytes that are no UTF-8', { cause });
    }
  };
}

/** The encoding that an XML declaration names, in lower case; UTF-8 where it names none. */
function declaredEncoding(text: string): string {
  const declaration = /^<\?xml\s[^>]*\?>/.exec(text)?.[0] ?? '';
  return /\sencoding\s*=\s*["']([^"']*)["']/.exec(declaration)?.[1]?.toLowerCase() ?? 'utf-8';
}
