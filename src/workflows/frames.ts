/** Messages over a pipe: the lengths of both parts (32 bits each, big-endian), a JSON value, and bytes. */
import type { Readable, Writable } from 'node:stream';

export interface Frame {
  readonly head: unknown;
  readonly bytes: Buffer;
}

const LENGTHS = 8;

/** Writes a message. */
export function writeFrame(to: Writable, head: unknown, bytes: Buffer = Buffer.alloc(0)): void {
  const text = Buffer.from(JSON.stringify(head));
  const lengths = Buffer.alloc(LENGTHS);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(bytes.length, 4);
  to.write(Buffer.concat([lengths, text]));
  if (bytes.length > 0) to.write(bytes);
}

/** Gives each message as it comes; undefined, and nothing more, when one is larger than `limit` bytes or no JSON. */
export function readFrames(from: Readable, limit: number, take: (frame: Frame | undefined) => void): void {
  let parts: Buffer[] = [];
  let length = 0;
  let wanted = LENGTHS;
  from.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    length += chunk.length;
    while (length >= wanted) {
      const all = parts.length === 1 ? chunk : Buffer.concat(parts, length);
      parts = [all];
      const size = LENGTHS + all.readUInt32BE(0) + all.readUInt32BE(4);
      if (size > limit) return give(undefined);
      wanted = size;
      if (length < size) return;
      const frame = frameOf(all.subarray(0, size));
      parts = [all.subarray(size)];
      length -= size;
      wanted = LENGTHS;
      give(frame);
      if (frame === undefined) return;
    }
  });
  const give = (frame: Frame | undefined) => {
    if (frame === undefined) from.removeAllListeners('data').resume();
    take(frame);
  };
}

function frameOf(whole: Buffer): Frame | undefined {
  const middle = LENGTHS + whole.readUInt32BE(0);
  try {
    const head: unknown = JSON.parse(whole.toString('utf8', LENGTHS, middle));
    return { head, bytes: whole.subarray(middle) };
  } catch {
    return undefined;
  }
}
