/** One authenticated request on its way through the server, and the reply it gets. */
import type { Readable } from 'node:stream';
import { type BodySource, receiveText } from './body.ts';
import type { Buckets } from './buckets.ts';
import type { KeyIndex } from './key-index.ts';
import type { Objects } from './objects.ts';
import { Refusal } from './refusal.ts';
import type { Uploads } from './uploads.ts';

/** What every operation works on. */
export interface Stores {
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly uploads: Uploads;
  readonly index: KeyIndex;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Call extends BodySource {
  readonly stores: Stores;
  /** Empty for requests to the server itself. */
  readonly bucket: string;
  /** Empty for requests to a bucket. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is XML. A stream needs `Content-Length` among the headers. */
  readonly body?: string | Buffer | Readable;
}

export type Run = (call: Call) => Promise<Reply>;

/** The most bytes of an XML body: a thousand keys of the longest kind, escaped. */
export const XML_BYTES = 8 * 1024 * 1024;

/** Reads the XML body of a call. Throws what `receiveBody` throws. */
export function receiveXml(call: Call): Promise<string> {
  return receiveText(call, XML_BYTES);
}

/** Checks that a call has no body, and that what it claims of it is true. */
export async function receiveNothing(call: Call): Promise<void> {
  await receiveText(call, 0);
}

/** A reply that is an XML document. */
export function xmlReply(body: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, headers: { 'Content-Type': 'application/xml', ...headers }, body };
}

/** A number among the parameters. Throws `InvalidArgument` when it is none or outside the bounds. */
export function numberParameter(call: Call, name: string, least: number, most: number): number | undefined {
  const text = call.query.get(name);
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (!/^\d{1,9}$/.test(text) || number < least || number > most) {
    throw new Refusal('InvalidArgument', `${name} is no number allowed here.`);
  }
  return number;
}

/** An ETag as headers write it. */
export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** An ETag out of a header or document, with or without its quotes. */
export function unquoted(etag: string): string {
  return etag.trim().replace(/^"(.*)"$/, '$1');
}
