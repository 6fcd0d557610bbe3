/** A large file on its way to the service in parts: what breaks off is sent again from where the service has it. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Calls a path of the service. Throws `Unreachable` where nobody answered, anything else for what was refused. */
export type Call = (path: string, request: RequestInit) => Promise<Response>;

/** No answer came: whether anything arrived is not known. */
export class Unreachable extends Error {}

const PART_BYTES = 4 * 1024 * 1024;
/** How often in a row nobody may answer, each time a second apart: a service that is started anew is back by then. */
const MOST_TRIES = 120;
const REST_MS = 1000;

/** From so many bytes on a file is sent in parts. */
export const LARGE_BYTES = 2 * PART_BYTES;

/** Opens an upload and gives its path. */
export async function openUpload(call: Call): Promise<string> {
  const answer = await tryAgain(() => call('/batches/v1/uploads', { method: 'POST' }));
  return new URL(answer.headers.get('location') ?? '').pathname;
}

/** Sends what an upload lacks of a file, part by part. */
export async function sendParts(
  call: Call,
  path: string,
  file: string,
  partBytes = PART_BYTES,
  onPart: (sent: number, size: number) => void = () => undefined,
): Promise<void> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const ask = () => tryAgain(() => call(path, { method: 'HEAD' })).then(offsetOf);
    let offset = await ask();
    while (offset < size) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(partBytes, size - offset)), {
        position: offset,
      });
      const part = buffer.subarray(0, bytesRead);
      offset = await sendPart(call, path, part, offset).catch(async (error: unknown) => {
        if (!(error instanceof Unreachable)) throw error;
        await sleep(REST_MS);
        return ask();
      });
      onPart(offset, size);
    }
  } finally {
    await handle.close();
  }
}

async function sendPart(call: Call, path: string, part: Buffer, offset: number): Promise<number> {
  const digest = createHash('sha256').update(part).digest('base64');
  const headers = {
    'content-type': 'application/partial-upload',
    'upload-offset': String(offset),
    'content-digest': `sha-256=:${digest}:`,
  };
  return offsetOf(await call(path, { method: 'PATCH', headers, body: new Uint8Array(part) }));
}

/** Makes a batch of the upload and gives its path; asked again the service gives the same one. */
export async function completeUpload(call: Call, path: string, query: URLSearchParams): Promise<string> {
  const answer = await tryAgain(() => call(`${path}/completion?${query.toString()}`, { method: 'POST' }));
  return new URL(answer.headers.get('location') ?? '').pathname;
}

async function tryAgain(ask: () => Promise<Response>): Promise<Response> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Unreachable) || tried === MOST_TRIES) throw error;
      await sleep(REST_MS);
    }
  }
}

function offsetOf({ headers }: Response): number {
  return Number(headers.get('upload-offset'));
}
