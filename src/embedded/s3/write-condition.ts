/** What a write or a read asks of the object that is there. */
import type { ObjectRecord } from './record.ts';

/** What must hold of the key when an object is published or removed. */
export interface WriteCondition {
  /** `If-None-Match: *` */
  readonly mustBeNew: boolean;
  /** `If-Match`: an ETag without quotes, or `*`. */
  readonly etag: string | undefined;
}

/** Tells whether an object has the version that was asked for, if one was. `null` is S3's name for the version of an object in a bucket without versions. */
export function isVersion(record: ObjectRecord, versionId: string | undefined): boolean {
  return versionId === undefined || versionId === (record.versionId ?? 'null');
}

/** Tells whether an object has the ETag that was asked for, if one was. */
export function isMatch(record: ObjectRecord, etag: string | undefined): boolean {
  return etag === undefined || etag === '*' || etag === record.etag;
}
