/** Wins back the room of objects that are gone: what is left of a pack is written to another, and the pack removed. */
import { readFile } from 'node:fs/promises';
import { type PackPlace, readHead, readPlace } from './pack-place.ts';
import type { Packs } from './packs.ts';
import { parseRecord } from './record.ts';
import { isMissing } from './system-error.ts';

/** An object that stands in a pack and has a name. */
export interface LiveObject {
  readonly bucket: string;
  readonly key: string;
  readonly place: PackPlace;
  /** Body and record. */
  readonly content: Buffer;
}

export interface PackRoomOptions {
  readonly packs: Packs;
  readonly pathOf: (bucket: string, key: string) => string;
  /** Writes an object to another pack, unless its name points elsewhere by now. */
  readonly move: (object: LiveObject) => Promise<void>;
}

/** Bytes of a pack: all of them, and those of objects that are there. */
interface Fill {
  readonly bytes: number;
  live: number;
}

export class PackRoom {
  readonly #options: PackRoomOptions;
  readonly #fills = new Map<string, Fill>();
  readonly #underWay = new Set<string>();

  constructor(options: PackRoomOptions) {
    this.#options = options;
  }

  /**
   * Takes note that what stood at a place is gone. Once less than half of a pack is still there, what is left of it
   * moves. A pack that is written to is looked at when something goes from it later.
   */
  async noteGone(place: PackPlace | undefined): Promise<void> {
    if (place === undefined || !this.#options.packs.isClosed(place.pack)) return;
    const { pack, bytes } = place;
    const known = this.#fills.get(pack);
    if (known !== undefined) known.live -= bytes;
    const fill = known ?? (await this.#look(pack));
    if (fill.live * 2 >= fill.bytes || this.#underWay.has(pack)) return;
    this.#underWay.add(pack);
    try {
      for (const object of await this.#listLive(pack)) await this.#options.move(object);
      await this.#options.packs.remove(pack);
      this.#fills.delete(pack);
    } finally {
      this.#underWay.delete(pack);
    }
  }

  async #look(pack: string): Promise<Fill> {
    const content = await this.#read(pack);
    const live = this.#liveOf(pack, content).reduce((sum, { place }) => sum + place.bytes, 0);
    const fill = { bytes: content.length, live };
    this.#fills.set(pack, fill);
    return fill;
  }

  async #listLive(pack: string): Promise<readonly LiveObject[]> {
    return this.#liveOf(pack, await this.#read(pack));
  }

  #liveOf(pack: string, content: Buffer): LiveObject[] {
    const live: LiveObject[] = [];
    let head = readHead(content, 0);
    while (head !== undefined) {
      const { bucket, offset, bytes } = head;
      const object = content.subarray(offset, offset + bytes);
      const { key } = parseRecord<{ readonly size: number; readonly key: string }>(object).record;
      const now = readPlace(this.#options.pathOf(bucket, key));
      if (now?.pack === pack && now.offset === offset)
        live.push({ bucket, key, place: now, content: object });
      head = readHead(content, offset + bytes);
    }
    return live;
  }

  async #read(pack: string): Promise<Buffer> {
    try {
      return await readFile(this.#options.packs.pathOf(pack));
    } catch (error) {
      // Another process has moved what was left.
      if (isMissing(error)) return Buffer.alloc(0);
      throw error;
    }
  }
}
