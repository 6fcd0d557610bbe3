/** Problems as Belgif words them (RFC 9457, rule err-problem); the only file that knows status numbers of faults. */
import { showName } from '../domain/text.ts';
import { type ErrorCode, ServiceError } from '../errors.ts';
import { maskSsins } from '../log.ts';

/** The part of a request in which something is wrong. */
export type InputPlace = 'body' | 'header' | 'path' | 'query';

/** One fault of the input (rule req-valid); the value itself is never repeated: it may be an SSIN. */
export interface InputIssue {
  readonly type: string;
  readonly href: string;
  readonly title: string;
  readonly detail: string;
  readonly in?: InputPlace;
  /** Where, such as `items[0].ssin`. */
  readonly name?: string;
  /** For a fault of several inputs together: which. */
  readonly inputs?: readonly { readonly in: InputPlace; readonly name: string }[];
}

/** What went wrong, before it is written for the wire. */
export interface Problem {
  readonly type: string;
  readonly href?: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly issues?: readonly InputIssue[];
  readonly requiredScopes?: readonly string[];
  readonly limit?: number;
  readonly retryAfterSec?: number;
  /** The code of the message registry, where its `StatusMessage` needs another one than the status has. */
  readonly registryCode?: string;
  /** Headers that go with it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal thrown while a request is read or handled; becomes the answer. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'Refusal';
    this.problem = problem;
  }
}

const GUIDE = 'https://www.belgif.be/specification/rest/api-guide';

/** A type that Belgif has. */
export function standard(name: string, status: number, title: string, detail: string): Problem {
  return {
    type: `urn:problem-type:belgif:${name}`,
    href: `${GUIDE}/problems/${name}.html`,
    title,
    status,
    detail,
  };
}

/** A type of our own, where Belgif has none; its page is one of ours. */
export function own(name: string, status: number, title: string, detail: string): Problem {
  return { type: `urn:problem-type:citizen-ebox:${name}`, href: `/problems/${name}`, title, status, detail };
}

/** More faults than this help nobody, and a body may have as many as it has bytes. */
const LISTED_ISSUES = 50;

/** 400 with what is wrong with the input. */
export function badRequest(issues: readonly InputIssue[]): Problem {
  const problem = standard('badRequest', 400, 'Bad Request', 'The input message is incorrect');
  return { ...problem, issues: issues.slice(0, LISTED_ISSUES) };
}

const ISSUE_TITLES = {
  schemaViolation: "Input isn't valid with respect to schema",
  unknownInput: 'Unknown input',
  invalidInput: 'Invalid input',
} as const;

/** An issue of one input: outside the schema, or a property that is not known. */
export function inputIssue(
  kind: keyof typeof ISSUE_TITLES,
  place: InputPlace,
  name: string | undefined,
  detail: string,
): InputIssue {
  return {
    type: `urn:problem-type:belgif:input-validation:${kind}`,
    href: `${GUIDE}/issues/${kind}.html`,
    title: ISSUE_TITLES[kind],
    detail: maskSsins(detail),
    in: place,
    ...(name !== undefined && { name: shownName(name) }),
  };
}

/** An issue of several inputs, of which one and only one is wanted. */
export function exactlyOneExpected(place: InputPlace, names: readonly string[]): InputIssue {
  const title = 'Exactly one of these inputs must be present';
  return {
    type: 'urn:problem-type:belgif-ext:input-validation:exactlyOneOfExpected',
    href: `${GUIDE}/issues/ext/exactlyOneOfExpected.html`,
    title,
    detail: `${title}: ${names.join(', ')}`,
    inputs: names.map((name) => ({ in: place, name })),
  };
}

/** A name that we do not know was made up by the caller: any text of any length, an SSIN among others. */
function shownName(name: string): string {
  return maskSsins(showName(name, 100));
}

const CHALLENGE = 'Bearer realm="citizen-ebox"';

/** 401: no token, or one that was not accepted (RFC 6750 §3). */
export function unauthorised(kind: 'noAccessToken' | 'invalidAccessToken' | 'expiredAccessToken'): Problem {
  const texts = {
    noAccessToken: ['No Access Token', 'No Bearer access token found in Authorization HTTP header'],
    invalidAccessToken: ['Invalid Access Token', 'The Bearer access token is not accepted'],
    expiredAccessToken: ['Expired Access Token', 'The Bearer access token has expired'],
  } as const;
  const [title, detail] = texts[kind];
  const error = kind === 'noAccessToken' ? '' : `, error="invalid_token", error_description="${detail}"`;
  return { ...standard(kind, 401, title, detail), headers: { 'WWW-Authenticate': `${CHALLENGE}${error}` } };
}

/** 403: the token lacks the scope. */
export function missingScope(scope: string): Problem {
  return {
    ...standard('missingScope', 403, 'Missing Scope', 'Forbidden to consult the resource'),
    requiredScopes: [scope],
    headers: { 'WWW-Authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${scope}"` },
  };
}

/** 403: the scope is there, but this kind of caller has no business here. */
export function missingPermission(detail: string): Problem {
  return standard('missingPermission', 403, 'Missing Permission', detail);
}

/** 404, also where the resource exists and is none of the caller's business. */
export function resourceNotFound(name?: string): Problem {
  const problem = standard('resourceNotFound', 404, 'Resource Not Found', 'No resource was found');
  if (name === undefined) return problem;
  return { ...problem, issues: [inputIssue('invalidInput', 'path', name, `the ${name} is not known`)] };
}

/** 405 with the methods that the path has. */
export function methodNotAllowed(methods: readonly string[]): Problem {
  const detail = `This path knows ${methods.join(', ')}`;
  return {
    ...own('methodNotAllowed', 405, 'Method Not Allowed', detail),
    headers: { Allow: methods.join(', ') },
  };
}

/** 409: what is asked cannot be done to the resource as it stands. */
export function notInThisState(detail: string): Problem {
  return own('notInThisState', 409, 'Not In This State', detail);
}

/** 415 with what is taken instead. */
export function unsupportedMediaType(detail: string): Problem {
  return own('unsupportedMediaType', 415, 'Unsupported Media Type', detail);
}

/** 416 with the length there is (RFC 9110 §15.5.17). */
export function rangeNotSatisfiable(length: number): Problem {
  return {
    ...own('rangeNotSatisfiable', 416, 'Range Not Satisfiable', `The content has ${length} bytes`),
    headers: { 'Content-Range': `bytes */${length}` },
  };
}

/** 431, 408 or 400 for what Node.js could not read as a request, by the code of its error. */
export function unreadableRequest(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const detail = 'The address and headers are longer than this service takes';
    return own('headersTooLarge', 431, 'Request Header Fields Too Large', detail);
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return own('requestTimeout', 408, 'Request Timeout', 'The request did not arrive in time');
  return standard('badRequest', 400, 'Bad Request', 'The input message is incorrect');
}

/** 422: an `Idempotency-Key` that stands for another request already. */
export function idempotencyKeyReused(): Problem {
  const detail = 'This Idempotency-Key was used for a request with another body';
  return own('idempotencyKeyReused', 422, 'Idempotency Key Reused', detail);
}

/** Every fault code with its status; the compiler keeps the list whole. */
const FAULTS: Readonly<Record<ErrorCode, 500 | 502 | 503>> = {
  configurationInvalid: 500,
  templateInvalid: 500,
  keyUnfit: 500,
  keyUnavailable: 503,
  embeddedPartFailed: 500,
  migrationFailed: 500,
  databaseUnavailable: 503,
  archiveUnavailable: 503,
  archivedObjectCorrupt: 500,
  renderingFailed: 500,
  sealingFailed: 500,
  sealBroken: 500,
  sealLevelUnreachable: 503,
  mailUnavailable: 503,
  mailRefused: 502,
  remoteUnavailable: 502,
  remoteRefused: 502,
  tokenIssuerUnavailable: 503,
  tokenRefused: 502,
  leaseLost: 500,
  recordMissing: 500,
  verifierBusy: 503,
  unexpected: 500,
};

const UNAVAILABLE = 'The service is temporarily unavailable';

/** The problem for a fault: nothing of its inside is told (rule err-sanit); the log has it under the same instance. */
export function problemOf(error: unknown): Problem {
  const code: ErrorCode = error instanceof ServiceError ? error.code : 'unexpected';
  switch (FAULTS[code]) {
    case 503:
      return standard('serviceUnavailable', 503, 'Service Unavailable', UNAVAILABLE);
    case 502:
      return standard(
        'badGateway',
        502,
        'Bad Gateway',
        'A service that this one relies on gave no usable answer',
      );
    case 500:
      return standard(
        'internalServerError',
        500,
        'Internal Server Error',
        'The service failed to handle the request',
      );
  }
}
