/** Errors between threads: their code would be lost on the way, and with it whether a job may be tried again. */
import { describeError, type ErrorCode, ServiceError } from '../errors.ts';

/** An error as plain data. */
export interface Fault {
  /** Undefined for an error that is no `ServiceError`. */
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly cause: string | undefined;
}

export function packFault(error: unknown): Fault {
  const cause = error instanceof Error ? error.cause : undefined;
  return {
    code: error instanceof ServiceError ? error.code : undefined,
    message: describeError(error),
    cause: cause === undefined ? undefined : describeError(cause),
  };
}

export function unpackFault({ code, message, cause }: Fault): Error {
  const options = cause === undefined ? {} : { cause: new Error(cause) };
  return code === undefined ? new Error(message, options) : new ServiceError(code, message, options);
}
