/** Tells the errors of the operating system apart by their code. */

/** Tells whether a call failed with that error code of the system. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Tells whether a call failed because there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

/** Passes over a missing file; throws everything else. */
export function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
