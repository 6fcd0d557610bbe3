/** A route as data: what it is called, who may call it, what it takes and gives. Server and OpenAPI document read it. */
import type { z } from 'zod';
import type { Caller, Scope } from '../access/caller.ts';

export type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';

/** Who may call: everybody (pinned by a test), or a client or person whose token has the scope. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'scope'; readonly scope: Scope; readonly caller: 'client' | 'person' };

/** What a body may look like, for the OpenAPI document. */
export interface BodyGuide {
  readonly description?: string;
  readonly examples?: Readonly<Record<string, Example>>;
}

export interface Example {
  readonly summary: string;
  readonly value: unknown;
  /** The only media type it is an example of; missing: of all. */
  readonly mediaType?: string;
}

/** How the body is taken; limits are in bytes. */
export type Body =
  | { readonly kind: 'none' }
  | (BodyGuide & {
      readonly kind: 'json';
      readonly schema: z.ZodType;
      readonly limit: number;
      /** `application/json` unless given. */
      readonly mediaTypes?: readonly string[];
    })
  /** Whole in memory. */
  | (BodyGuide & { readonly kind: 'bytes'; readonly mediaTypes: readonly string[]; readonly limit: number })
  /** As it arrives; the limit holds while it streams. */
  | (BodyGuide & {
      readonly kind: 'stream';
      readonly mediaTypes: readonly string[];
      readonly limit: number;
      /** It may come with `Content-Encoding: gzip`; the limit holds for what it unpacks to as well. */
      readonly mayBeGzip?: true;
      /** The parts of a form, for the OpenAPI document. */
      readonly form?: z.ZodObject;
    });

/** An answer. `body` is written as JSON unless `bytes` or `stream` is given. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly bytes?: Buffer;
  readonly stream?: AsyncIterable<string | Buffer>;
}

/** What an answer looks like, for the OpenAPI document. */
export interface Answer {
  readonly description: string;
  /** Of the JSON body. */
  readonly schema?: z.ZodType;
  /** Of a body that is not JSON. */
  readonly mediaTypes?: readonly string[];
  /** What each header of its own means. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that passed every check of its route. */
export interface Request {
  /** Undefined only on public routes. */
  readonly caller: Caller | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The JSON value as the route's schema read it. */
  readonly body: unknown;
  /** The body as received, for `json` and `bytes`. */
  readonly bytes: Buffer;
  readonly stream: AsyncIterable<Buffer>;
  /** Of the request's `traceparent`, else the `BelGov-Trace-Id` of its answer. */
  readonly traceId: string;
  /** Where the request comes from, as `addressOf` tells it. */
  readonly address: string;
  /** SHA-256 of the access token, hexadecimal; undefined on public routes. */
  readonly tokenHash: string | undefined;
  readonly method: 'get' | 'head' | Method;
}

export interface Route {
  readonly method: Method;
  /** With parameters in braces, such as `/dimona/v2/declarations/{declarationId}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** What a caller has to know beyond the summary. */
  readonly description?: string;
  readonly tag: string;
  readonly access: Access;
  /** Message registry paths answer errors as `StatusMessage`, all others as Belgif problems. */
  readonly errors: 'belgif' | 'registry';
  /** Requests are not counted: whoever watches over the service asks whatever else is going on. */
  readonly isUncounted?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Request headers that the route reads. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly answers: Readonly<Record<number, Answer>>;
  handle(request: Request): Promise<Reply>;
}

/** Lists the methods that a path has, as the `Allow` header names them. */
export function methodsOf(routes: readonly Route[], path: string): string[] {
  const matches = (route: Route) => new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const methods = new Set(routes.filter(matches).map((route) => route.method.toUpperCase()));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods];
}
