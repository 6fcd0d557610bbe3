/** The messages of the time-stamp protocol (RFC 3161 §2.4): the request, and the answer with its status. */
import { SHA256 } from './algorithm.ts';
import { boolean, integer, octetString, oid, sequence, TAG } from './der.ts';
import {
  type Element,
  MalformedDer,
  ofTag,
  readChildren,
  readNumber,
  readOnly,
  readSequence,
} from './der-reader.ts';

export interface TimeStampRequest {
  /** SHA-256 of what is to be stamped. */
  readonly imprint: Buffer;
  /** Big-endian, non-negative. */
  readonly nonce: Buffer;
  /** Object identifier of the policy asked for, if any. */
  readonly policy?: string | undefined;
}

/** The answer: a token (DER), or why there is none, in words for the operator. */
export type TimeStampAnswer =
  | { readonly kind: 'granted'; readonly token: Buffer }
  | { readonly kind: 'refused'; readonly reason: string };

/** Writes the TimeStampReq (DER), with certificates wanted. */
export function writeTimeStampRequest({ imprint, nonce, policy }: TimeStampRequest): Buffer {
  return sequence(
    integer(1),
    sequence(SHA256, octetString(imprint)),
    ...(policy === undefined ? [] : [oid(policy)]),
    integer(nonce),
    boolean(true),
  );
}

/** PKIStatus (RFC 4210 §5.2.3); `granted` (0) alone is accepted: with modifications (1) is not what was asked. */
const STATUSES: Readonly<Record<number, string>> = {
  1: 'granted with modifications',
  2: 'rejected',
  3: 'waiting',
  4: 'revocation warning',
  5: 'revocation notification',
};

/** Bits of PKIFailureInfo (§2.4.2). */
const FAILURES: Readonly<Record<number, string>> = {
  0: 'unknown digest algorithm',
  2: 'bad request',
  5: 'unreadable request',
  14: 'its source of time is not available',
  15: 'policy not supported',
  16: 'extension not supported',
  17: 'additional information not available',
  25: 'system failure',
};

/** Reads a TimeStampResp. Throws `MalformedDer`. */
export function readTimeStampAnswer(der: Buffer): TimeStampAnswer {
  const [info, token, ...others] = readSequence(readOnly(der));
  const [status, ...optional] = readSequence(info);
  const code = readNumber(status);
  if (others.length > 0) throw new MalformedDer('a time-stamp response has two parts');
  if (code === 0) return { kind: 'granted', token: ofTag(token, TAG.sequence).raw };
  const words = [
    STATUSES[code] ?? `status ${code}`,
    ...failuresOf(optional.find(({ tag }) => tag === TAG.bitString)),
    ...textsOf(optional.find(({ tag }) => tag === TAG.sequence)),
  ];
  return { kind: 'refused', reason: words.join(', ') };
}

function failuresOf(bits: Element | undefined): string[] {
  const content = bits?.content.subarray(1) ?? Buffer.alloc(0);
  return Object.entries(FAILURES)
    .filter(([bit]) => ((content[Number(bit) >> 3] ?? 0) & (0x80 >> (Number(bit) & 7))) !== 0)
    .map(([, words]) => words);
}

/** No text of a stranger stands in our log beyond this. */
const MAX_TEXT = 200;

function textsOf(texts: Element | undefined): string[] {
  return (texts === undefined ? [] : readChildren(texts)).map(
    ({ content }) =>
      `“${content
        .toString('utf8')
        .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
        .slice(0, MAX_TEXT)}”`,
  );
}
