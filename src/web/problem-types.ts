/** The types of problems that the API answers with, of our own and of Belgif: each has a page that explains it. */

/** By the last part of the type; the status it comes with. */
export const PROBLEM_STATUSES = {
  alreadyPublished: 409,
  badGateway: 502,
  badRequest: 400,
  expiredAccessToken: 401,
  headersTooLarge: 431,
  idempotencyKeyReused: 422,
  internalServerError: 500,
  invalidAccessToken: 401,
  methodNotAllowed: 405,
  missingPermission: 403,
  missingScope: 403,
  noAccessToken: 401,
  notInThisState: 409,
  payloadTooLarge: 413,
  rangeNotSatisfiable: 416,
  requestTimeout: 408,
  resourceNotFound: 404,
  serviceUnavailable: 503,
  tooManyFailedRequests: 429,
  tooManyRequests: 429,
  unsupportedMediaType: 415,
} as const satisfies Record<string, number>;

export type ProblemName = keyof typeof PROBLEM_STATUSES;

/** Tells whether there is such a type. */
export function isProblemName(name: string): name is ProblemName {
  return Object.hasOwn(PROBLEM_STATUSES, name);
}
