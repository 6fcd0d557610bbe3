/** A file of a flow as its receiver gets it: its parts one after the other, encrypted to the receiver as it passes by. */
import { createHash } from 'node:crypto';
import type { FlowFile, FlowPart } from '../database/flow-files.ts';
import type { RunPlan } from '../domain/flow.ts';
import { writtenFormatOf } from '../domain/flow-plan.ts';
import { createFlowWriter } from '../flow/flow-writer.ts';
import { createContentKey, openContentKey } from '../keys/receiver-key.ts';
import { parseCertificate } from '../pades/certificate.ts';
import { readBitString, readOnly, readSequence } from '../pades/der-reader.ts';
import { KEY_WRAP, type WrappedKey, writeRecipient, writeWrapping } from '../pades/enveloped.ts';
import { fetchPart, type RunKey } from './flow-part.ts';
import type { Services } from './services.ts';

/** What a file is made from. */
export interface FileSource {
  readonly plan: RunPlan;
  readonly key: RunKey;
  readonly parts: readonly FlowPart[];
}

/** Gives the content of a file, a part at a time. */
export async function* readContent(
  services: Pick<Services, 'archive'>,
  { plan, key, parts }: FileSource,
): AsyncGenerator<Buffer> {
  const { begin, end } = createFlowWriter(writtenFormatOf(plan), plan.flow);
  yield Buffer.from(begin);
  for (const part of parts) yield fetchPart(services, key, part);
  yield Buffer.from(end);
}

/** How content is encrypted: for whom, and with the key of its file. */
export type Encryption = Pick<FlowFile, 'fileId'> & {
  readonly bytes: number;
  readonly contentKey: Buffer;
  readonly recipient: Buffer;
};

/** Encrypts content as it passes by; the same content gives the same bytes each time. */
export async function* encryptContent(
  content: AsyncIterable<Buffer>,
  { key }: RunKey,
  { fileId, bytes, contentKey, recipient }: Encryption,
): AsyncGenerator<Buffer> {
  const cipher = openContentKey(contentKey, key, fileId);
  const { before, after } = writeWrapping(recipient, cipher.nonce, bytes);
  yield before;
  for await (const chunk of content) yield cipher.update(chunk);
  yield Buffer.concat([after, cipher.finish()]);
}

/** Makes the key of a file for a receiver's certificate. */
export function encryptionFor(certificate: Buffer, { key }: RunKey, fileId: string) {
  const receiver = parseCertificate(certificate);
  const { sealed, forReceiver } = createContentKey(receiver.publicKeyInfo, KEY_WRAP, key, fileId);
  return { contentKey: sealed, recipient: writeRecipient(receiver, toWrapped(forReceiver)) };
}

function toWrapped(key: ReturnType<typeof createContentKey>['forReceiver']): WrappedKey {
  if (key.kind === 'rsa') return key;
  const [algorithm, point] = readSequence(readOnly(key.ephemeralInfo));
  const ephemeral = {
    algorithm: algorithm?.raw ?? Buffer.alloc(0),
    point: point ? readBitString(point) : Buffer.alloc(0),
  };
  return { kind: 'ec', ephemeral, encryptedKey: key.encryptedKey };
}

/** Measures what passes by. */
export async function measure(
  chunks: AsyncIterable<Buffer>,
): Promise<{ readonly bytes: number; readonly sha256: Buffer }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest() };
}
