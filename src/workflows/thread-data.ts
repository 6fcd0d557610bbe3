/** What the threads that make documents and the one that asks for them tell each other; all of it plain data. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { SealSource } from '../keys/seal-source.ts';
import type { KeyIdentity } from '../keys/signer.ts';
import type { DocumentInput, MadeDocument } from './document.ts';
import type { Fault } from './fault.ts';

/** What a thread draws by: the part of the catalogue that is printed, without what cannot be handed over. */
export type PrintedCatalogue = Pick<
  Catalogue,
  'types' | 'issuer' | 'emblem' | 'fonts' | 'municipalities' | 'jointCommittees'
>;

/** What a thread starts with. It gets what the process read and checked: files may have changed meanwhile. */
export interface ThreadData {
  readonly catalogue: PrintedCatalogue;
  readonly failpoints: string | undefined;
}

/** One document for a thread to make. */
export interface ThreadTask {
  readonly document: DocumentInput;
  /** By which the thread asks for the time-stamp of this document; undefined where it gets none. */
  readonly stampId: number | undefined;
}

/** A key as a thread gets it: what everybody may know of it, and where it is if the thread may load it. */
export interface SealKeyForm {
  readonly identity: KeyIdentity;
  readonly source: SealSource | undefined;
}

/** What comes back; bytes are `Uint8Array` on the other side. */
export type ThreadResult = { readonly made: MadeDocument } | { readonly fault: Fault };

/** What comes back of a page that was drawn. */
export type DrawResult = { readonly drawn: Uint8Array } | { readonly fault: Fault };

/** Between threads a buffer becomes plain bytes, of which this is a view. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Gives bytes that fill a memory of their own: only a whole memory can change hands. */
export function ownBytes(bytes: Buffer): Buffer {
  return bytes.length === bytes.buffer.byteLength ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
}
