/**
 * Sessions of people at the pages: a signed cookie names a row of the session table, and nothing more is in it.
 *
 * Why sealed: who is logged in is written encrypted, so that whoever reads the table learns neither numbers nor names.
 */
import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type { DeskRight } from '../domain/desk-right.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { MandateKind, MandateRight } from '../domain/mandate.ts';
import type { LocalDate } from '../domain/period.ts';
import type { ExaminedFile, SealVerdict } from '../domain/verification.ts';
import { cookiesOf, forgetCookie, setCookie } from './cookies.ts';

/** Who is logged in, in a session. */
export interface Login extends Person {
  /** SHA-256 of the session's id, hexadecimal: what evidence has of a session, as it has the hash of a token. */
  readonly tokenHash: string;
  /** For whom they chose to act; missing while they act for themselves. */
  readonly acting?: Acting;
}

/** For whom somebody acts in a session: what was told when they chose, which says nothing of whether they still may. */
export interface Acting {
  readonly mandateId: string;
  readonly kind: MandateKind;
  /** Of the person, or of the employer. */
  readonly name: string;
  readonly rights: readonly MandateRight[];
  /** The last day. */
  readonly validUntil?: LocalDate;
  /** Of an employer. */
  readonly employer?: EnterpriseNumber;
}

/** Who logs in. */
export interface Person {
  /** Who acts, in evidence: the person's id in the register at the login, else a name of ours for them. Never an SSIN. */
  readonly actorId: string;
  /**
   * The keyed hash of their SSIN, in hexadecimal. Whom the register knows by it is asked at each visit: somebody may come
   * into the register, or get another number, while they are logged in.
   */
  readonly ssinHmac: string;
  /** As the issuer names them, to show whose session it is. */
  readonly name: string;
  /** The organisation they may act for. */
  readonly organization?: EnterpriseNumber;
  /** What they may do for it at the desk, beside sending batches. */
  readonly rights?: readonly DeskRight[];
}

/** A file that was examined in this browser, without the file: its report can be shown again. */
export interface KeptVerification extends Omit<ExaminedFile, 'signature'> {
  readonly id: string;
  /** The same for files that were chosen together. */
  readonly form: string;
  readonly signature: Omit<SealVerdict, 'explanation' | 'timeStamp'>;
  readonly timeStamp?: { /** ISO 8601. */ readonly time: string; readonly authority: string };
}

/** A file that was chosen together with others and could not be examined. */
export interface KeptFault {
  readonly id: string;
  readonly form: string;
  readonly fault: 'noPdf' | 'empty';
}

declare module 'express-session' {
  interface SessionData {
    /** When the login was, in milliseconds since 1970. */
    since: number;
    /** A keyed hash of what evidence calls whoever is logged in, by which their sessions are found. */
    owner?: string;
    /** A sealed `Person`. */
    login: string;
    /** A sealed `Acting`. */
    acting?: string;
    /** Files examined in this browser, the newest last. */
    verifications: (KeptVerification | KeptFault)[];
  }
}

export interface SessionOptions {
  readonly store: session.Store;
  /** Signs the cookie. */
  readonly secret: string;
  /** Encrypts and decrypts what is personal; `open` throws for anything that `seal` did not give for that `context`. */
  readonly seal: (text: string, context: string) => string;
  readonly open: (sealed: string, context: string) => string;
  /** Hashes what evidence calls somebody, so that only the service finds their sessions. */
  readonly ownerOf: (actorId: string) => string;
  /** How long a login lasts however busy the session is. */
  readonly longestSeconds: number;
  readonly clock: () => Date;
}

export interface Sessions {
  /** Loads the session of a request; what is put into it is stored when the answer is sent. */
  readonly middleware: RequestHandler;
  /** Who is logged in; undefined for nobody, once the login has lasted too long, and where it is not of this session. */
  loginOf(request: Request): Login | undefined;
  /** Tells whether the browser brought a session that is no more. */
  hasEnded(request: Request): boolean;
  /**
   * Tells whether whoever logs in next must show anew who they are: somebody's login ended in this browser, and the issuer may
   * still take whoever sits there for them.
   */
  mustLogInAnew(request: Request): boolean;
  /** Throws what the store throws while it cannot be asked: a login that could not be kept afterwards is not begun. */
  checkStore(): Promise<void>;
  /** Begins a login's session under a new id and stores it; nothing of the session before it is kept. */
  logIn(request: Request, person: Person): Promise<void>;
  /** Has whoever is logged in act for another, or for themselves again, and stores it. */
  actFor(request: Request, acting: Acting | undefined): Promise<void>;
  /** Ends the session and has the browser forget it. */
  logOut(request: Request, response: Response): Promise<void>;
}

/** Only sent over https, or to this machine; only to this very host and every path of it (RFC 6265bis §4.1.3). */
export const SESSION_COOKIE = '__Host-session';

/** Stays in a browser after a logout until somebody logs in or it is closed; says that there was one, and no more. */
const ENDED_COOKIE = '__Host-ended';

/** Makes the sessions of the pages. */
export function createSessions(options: SessionOptions): Sessions {
  const load = session({
    name: SESSION_COOKIE,
    secret: options.secret,
    store: options.store,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, secure: true, sameSite: 'lax', path: '/' },
  });
  return {
    middleware: (request, response, next) => {
      // The cookie is Secure whatever the last hop is: people come over https, or from this machine, where browsers
      // take http for secure. What a proxy says of it is not believed, and not needed.
      Object.defineProperty(request, 'secure', { value: true });
      load(request, response, next);
    },
    loginOf: (request) => openLogin(request, options),
    hasEnded: (request) => hasEnded(request, options),
    mustLogInAnew: (request) => hasEnded(request, options) || cookiesOf(request).has(ENDED_COOKIE),
    checkStore: () => done((callback) => options.store.get('none', callback)),
    logIn: async (request, person) => {
      try {
        await done((callback) => request.session.regenerate(callback));
        request.session.since = options.clock().getTime();
        request.session.owner = options.ownerOf(person.actorId);
        request.session.login = options.seal(JSON.stringify(person), sealContext(request.session.id));
        await done((callback) => request.session.save(callback));
        if (request.res !== undefined && cookiesOf(request).has(ENDED_COOKIE))
          forgetCookie(request.res, ENDED_COOKIE);
      } catch (error) {
        // Otherwise the answer that says so would be that of somebody logged in, with a cookie for nothing.
        Reflect.deleteProperty(request, 'session');
        throw error;
      }
    },
    actFor: async ({ session: kept }, acting) => {
      if (acting === undefined) Reflect.deleteProperty(kept, 'acting');
      else kept.acting = options.seal(JSON.stringify(acting), actingContext(kept.id));
      // Not left to the end of the answer: a browser follows a redirect before it has read that.
      await done((callback) => kept.save(callback));
    },
    logOut: async (request, response) => {
      await done((callback) => request.session.destroy(callback));
      forgetCookie(response, SESSION_COOKIE);
      setCookie(response, ENDED_COOKIE, '1');
    },
  };
}

/** A request has none where it could not be loaded, and once it was ended. */
type MaybeSession = { readonly session?: Request['session'] };

function openLogin(
  { session: kept }: MaybeSession,
  { open, longestSeconds, clock }: SessionOptions,
): Login | undefined {
  if (kept?.since === undefined || kept.login === undefined) return undefined;
  if (clock().getTime() - kept.since > longestSeconds * 1000) return undefined;
  try {
    // Sealed by `logIn`, so its shape is ours.
    const person = JSON.parse(open(kept.login, sealContext(kept.id))) as Person;
    const tokenHash = createHash('sha256').update(kept.id).digest('hex');
    if (kept.acting === undefined) return { ...person, tokenHash };
    // Sealed by `actFor`.
    const acting = JSON.parse(open(kept.acting, actingContext(kept.id))) as Acting;
    return { ...person, tokenHash, acting };
  } catch {
    // Written by somebody else, taken from another session, or sealed with a key that is no more.
    return undefined;
  }
}

/** Bound to its session, a login that is copied into another one is worth nothing there. */
function sealContext(sessionId: string): string {
  return `session/${sessionId}`;
}

function actingContext(sessionId: string): string {
  return `session/${sessionId}/acting`;
}

function hasEnded(request: Request, options: SessionOptions): boolean {
  return cookiesOf(request).has(SESSION_COOKIE) && isGone(request, options);
}

/** A session that is gone was replaced by an empty one, in which nothing but its cookie stands. */
function isGone({ session: kept }: MaybeSession, { longestSeconds, clock }: SessionOptions): boolean {
  if (kept === undefined) return false;
  if (kept.since !== undefined) return clock().getTime() - kept.since > longestSeconds * 1000;
  return isEmpty(kept);
}

/** Tells whether nothing is in a session, so that it is not stored. */
export function isEmpty(kept: Request['session']): boolean {
  return Object.keys(kept).every((name) => name === 'cookie');
}

function done(call: (callback: (error: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}
