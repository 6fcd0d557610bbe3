/** Errors of the message registry: `StatusMessage` of contract 2.1, with the codes its implementation uses. */

/** The error of the contract, as it goes over the wire. */
export interface StatusMessage {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly environment: 'development' | 'production';
}

/** The contract names 200, 201, 400, 401 and 404; the other codes are ours, in the same form. */
const CODES: Readonly<Record<number, string>> = {
  400: 'INVALID_INPUT',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  416: 'RANGE_NOT_SATISFIABLE',
  429: 'TOO_MANY_REQUESTS',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
};

/** Writes an error by its own code or that of its status; `id` is the trace id under which the log has it. */
export function statusMessageOf(
  { status, code: own }: { readonly status: number; readonly code?: string },
  message: string,
  id: string,
  environment: StatusMessage['environment'],
): StatusMessage {
  const code = own ?? CODES[status] ?? (status < 500 ? 'INVALID_INPUT' : 'INTERNAL_ERROR');
  return { id, code, message, environment };
}
