/** The one error class of the service, with its closed list of codes. Expected outcomes are values, never errors. */

/**
 * Every fault the service can name, and whether a job that met it may be tried again unchanged.
 * The code is also the last part of the problem type where Belgif has no standard one.
 */
const RETRIABLE = {
  configurationInvalid: false,
  templateInvalid: false,
  keyUnfit: false,
  keyUnavailable: true,
  embeddedPartFailed: false,
  migrationFailed: false,
  databaseUnavailable: true,
  archiveUnavailable: true,
  archivedObjectCorrupt: false,
  renderingFailed: false,
  sealingFailed: false,
  sealBroken: false,
  sealLevelUnreachable: true,
  mailUnavailable: true,
  mailRefused: false,
  remoteUnavailable: true,
  remoteRefused: false,
  tokenIssuerUnavailable: true,
  tokenRefused: false,
  leaseLost: false,
  recordMissing: false,
  verifierBusy: true,
  unexpected: true,
} as const satisfies Record<string, boolean>;

export type ErrorCode = keyof typeof RETRIABLE;

/** A fault for the operator: what happened, to which reference, what to do. Its message never holds an SSIN. */
export class ServiceError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ServiceError';
    this.code = code;
  }

  /** Whether the same step may succeed later without anybody's help. */
  get isRetriable(): boolean {
    return RETRIABLE[this.code];
  }
}

/** Tells whether a thrown value may be retried; what is not a `ServiceError` is `unexpected`. */
export function isRetriable(error: unknown): boolean {
  return error instanceof ServiceError ? error.isRetriable : RETRIABLE.unexpected;
}

/** Says what a thrown value means in one line, for logs and operators. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((one) => describeError(one)).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
