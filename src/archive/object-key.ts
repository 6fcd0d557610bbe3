/** Names objects in the archive by ids alone: no SSIN, name or employer stands in a key. */

/** Gives the key of an attestation's object, `attestations/<year>/<attestation id>`; it never changes. */
export function objectKeyOf(attestationId: string, preparedAt: Date): string {
  return `attestations/${preparedAt.getUTCFullYear()}/${attestationId}`;
}

/** Gives the key of a file that a sender published, `messages/<year>/<attachment id>`. */
export function fileKeyOf(attachmentId: string, namedAt: Date): string {
  return `messages/${namedAt.getUTCFullYear()}/${attachmentId}`;
}

/** Gives the key of a part of a flow's file, `flows/<year>/<part id>`. */
export function partKeyOf(partId: string, namedAt: Date): string {
  return `flows/${namedAt.getUTCFullYear()}/${partId}`;
}
