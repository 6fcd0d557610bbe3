/**
 * Small objects stand many in one file, a pack, so that one write and one `fdatasync` serve all that come at the same
 * moment. Packs only grow; the name of an object is a symbolic link that says where in which pack it stands.
 */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { syncFolder } from './folders.ts';
import { headOf, type PackPlace } from './pack-place.ts';
import { isProcessAlive, ownProcessId } from './process-id.ts';
import { ignoreMissing } from './system-error.ts';

/** A pack that has grown this far is left alone, and another begun. */
const FULL_BYTES = 32 * 1024 * 1024;
/** Most objects of one group: `writev` takes no more than 1024 buffers (IOV_MAX). */
const GROUP = 128;

interface Waiting {
  readonly parts: readonly Buffer[];
  readonly bytes: number;
  readonly resolve: (place: PackPlace) => void;
  readonly reject: (error: unknown) => void;
}

interface OpenPack {
  readonly name: string;
  readonly handle: FileHandle;
  bytes: number;
}

/** Counted over all servers of the process: two of them may share a folder. */
let made = 0;

export class Packs {
  readonly #folder: string;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;
  #current: OpenPack | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes an object of a bucket, given in pieces, and returns when it is on the disk; nothing points to it yet. */
  append(bucket: string, pieces: readonly Buffer[]): Promise<PackPlace> {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const parts = [headOf(bucket, bytes), ...pieces];
    return new Promise((resolve, reject) => {
      this.#waiting.push({ parts, bytes, resolve, reject });
      void this.#write();
    });
  }

  pathOf(pack: string): string {
    return join(this.#folder, basename(pack));
  }

  /** Whether nobody writes to a pack any more. */
  isClosed(pack: string): boolean {
    if (pack === this.#current?.name) return false;
    const [processId = ''] = pack.split('.');
    return processId === ownProcessId() || !isProcessAlive(processId);
  }

  /** Takes a pack away that nothing points to. */
  async remove(pack: string): Promise<void> {
    await unlink(this.pathOf(pack)).catch(ignoreMissing);
    await syncFolder(this.#folder);
  }

  /** Ends the pack that is written to, so that no handle stays open. */
  async close(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await current?.handle.close();
  }

  /** Writes group after group: whoever comes while one is on its way to the disk is of the next. */
  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    while (this.#waiting.length > 0) await this.#writeGroup(this.#waiting.splice(0, GROUP));
    this.#isWriting = false;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const pack = await this.#open();
      const first = pack.bytes;
      await writeAll(
        pack.handle,
        group.flatMap(({ parts }) => parts),
      );
      await pack.handle.datasync();
      let end = first;
      const places = group.map(({ parts, bytes }) => {
        const offset = end + (parts[0]?.length ?? 0);
        end = offset + bytes;
        return { pack: pack.name, offset, bytes };
      });
      pack.bytes = end;
      for (const [index, { resolve }] of group.entries()) resolve(places[index] as PackPlace);
      if (pack.bytes >= FULL_BYTES) await this.close();
    } catch (error) {
      // What stands at its end now is unknown.
      await this.close().catch(() => undefined);
      for (const { reject } of group) reject(error);
    }
  }

  async #open(): Promise<OpenPack> {
    if (this.#current !== undefined) return this.#current;
    made += 1;
    const name = `${ownProcessId()}.${made}`;
    const handle = await open(this.pathOf(name), 'ax', 0o600);
    await syncFolder(this.#folder);
    this.#current = { name, handle, bytes: 0 };
    return this.#current;
  }
}

async function writeAll(handle: FileHandle, buffers: readonly Buffer[]): Promise<void> {
  const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  const { bytesWritten } = await handle.writev([...buffers]);
  // The system may take less at once, as near the end of a disk; the second try says why.
  if (bytesWritten < bytes) await handle.writeFile(Buffer.concat(buffers).subarray(bytesWritten));
}
