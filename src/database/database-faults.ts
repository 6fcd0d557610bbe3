/** What errors of the client library and of the server mean to whoever asked. */
import pg from 'pg';
import { describeError, ServiceError } from '../errors.ts';

/** The client library's own time ran out, which is longer than the server's. */
export function isSilence(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Connection faults (SQLSTATE classes 08, 53 and 57P), and a lock that did not come free. */
const UNAVAILABLE_STATE = /^(08...|53...|57P..|55P03)$/;
const UNAVAILABLE_SYSTEM = /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
/** What the client library says of itself, without a code. */
const UNAVAILABLE_CLIENT =
  /Connection terminated|not queryable|timeout exceeded when trying to connect|timeout expired|Query read timeout/;

/** Connection faults become `databaseUnavailable`; what a statement itself raised stays as it is. */
export function asServiceError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ServiceError) return error;
  const code = 'code' in error ? String(error.code) : '';
  const isUnavailable =
    error instanceof pg.DatabaseError
      ? UNAVAILABLE_STATE.test(code)
      : UNAVAILABLE_SYSTEM.test(code) || UNAVAILABLE_CLIENT.test(error.message);
  if (!isUnavailable) return error;
  return new ServiceError('databaseUnavailable', `the database does not answer: ${describeError(error)}`, {
    cause: error,
  });
}
