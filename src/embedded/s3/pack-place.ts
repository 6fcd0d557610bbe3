/** Where an object stands in a pack, and how what points to it says so. */
import { readlinkSync } from 'node:fs';
import { rename, symlink } from 'node:fs/promises';
import { temporaryPath } from './folders.ts';
import { hasCode, isMissing } from './system-error.ts';

/** Body and record of one object. */
export interface PackPlace {
  readonly pack: string;
  /** Of its first byte, in the pack. */
  readonly offset: number;
  readonly bytes: number;
}

/**
 * What stands before each object of a pack, so that a pack can be walked through: magic ‖ bytes of the object, big-endian
 * in four ‖ bytes of the bucket's name, in one ‖ that name. The object follows as it stands in a file of its own.
 */
const MAGIC = Buffer.from('eboxPK\0\x01', 'latin1');
const FIXED_BYTES = MAGIC.length + 5;

/** Writes what stands before an object. */
export function headOf(bucket: string, bytes: number): Buffer {
  const head = Buffer.alloc(FIXED_BYTES + bucket.length);
  MAGIC.copy(head);
  head.writeUInt32BE(bytes, MAGIC.length);
  head.writeUInt8(bucket.length, MAGIC.length + 4);
  head.write(bucket, FIXED_BYTES, 'latin1');
  return head;
}

/** Reads what stands before an object; nothing where a pack ends, or was cut off in the middle of one. */
export function readHead(
  pack: Buffer,
  at: number,
): { readonly bucket: string; readonly offset: number; readonly bytes: number } | undefined {
  if (!pack.subarray(at, at + MAGIC.length).equals(MAGIC) || pack.length < at + FIXED_BYTES) return undefined;
  const bytes = pack.readUInt32BE(at + MAGIC.length);
  const offset = at + FIXED_BYTES + pack.readUInt8(at + MAGIC.length + 4);
  if (offset + bytes > pack.length) return undefined;
  return { bucket: pack.toString('latin1', at + FIXED_BYTES, offset), offset, bytes };
}

/** Reads where a name points to; nothing for a file of its own, and for none. Such a name is in the kernel's cache. */
export function readPlace(path: string): PackPlace | undefined {
  try {
    const [pack = '', offset, bytes] = readlinkSync(path).split(':');
    return { pack, offset: Number(offset), bytes: Number(bytes) };
  } catch (error) {
    // EINVAL: it is no link.
    if (hasCode(error, 'EINVAL') || isMissing(error)) return undefined;
    throw error;
  }
}

/** An object in a pack that has no name yet. */
export class PackedFile {
  readonly #target: string;
  readonly #temporaryFolder: string;

  constructor({ pack, offset, bytes }: PackPlace, temporaryFolder: string) {
    this.#target = `${pack}:${offset}:${bytes}`;
    this.#temporaryFolder = temporaryFolder;
  }

  /** Publishes it under a name that has no object yet. False, and nothing done, where there is one. */
  async linkTo(path: string): Promise<boolean> {
    try {
      await symlink(this.#target, path);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  /** Publishes it in place of whatever has that name. */
  async moveTo(path: string): Promise<void> {
    const draft = temporaryPath(this.#temporaryFolder);
    await symlink(this.#target, draft);
    await rename(draft, path);
  }

  /** Without a name it is nothing; its room is won back with that of others. */
  async discard(): Promise<void> {}
}
