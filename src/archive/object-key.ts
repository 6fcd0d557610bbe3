/** Names objects in the archive by ids alone: no SSIN, name or employer stands in a key. */

/** Gives the key of an attestation's object, `attestations/<year>/<attestation id>`; it never changes. */
export function objectKeyOf(attestationId: string, preparedAt: Date): string {
  return `attestations/${preparedAt.getUTCFullYear()}/${attestationId}`;
}

/** Gives the key of a file that a sender published, `messages/<year>/<attachment id>`. */
export function fileKeyOf(attachmentId: string, namedAt: Date): string {
  return `messages/${namedAt.getUTCFullYear()}/${attachmentId}`;
}

/** Gives every folder in which objects may lie: what they are, and the years since `firstYear`. */
export function archiveFolders(firstYear: number, now: Date): readonly string[] {
  const years = Array.from({ length: now.getUTCFullYear() - firstYear + 1 }, (_, at) => firstYear + at);
  return ['attestations', 'messages'].flatMap((kind) => years.map((year) => `${kind}/${year}`));
}

/** Gives the key of a part of a flow's file, `flows/<year>/<part id>`. */
export function partKeyOf(partId: string, namedAt: Date): string {
  return `flows/${namedAt.getUTCFullYear()}/${partId}`;
}
