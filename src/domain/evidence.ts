/** What the evidence log keeps of each access and each change: who, for whom, what, on whom, on which ground, what for. */
import type { Ground } from './ground.ts';

/**
 * What is done and what it serves. Each access has one purpose (Belgian law asks for the motive of every consultation);
 * an action of a register has the same one every time.
 */
const PURPOSE_OF = {
  'declaration.report': 'declaration',
  'declaration.judge': 'declaration',
  'declaration.consult': 'declaration',
  'batch.submit': 'declaration',
  'batch.start': 'declaration',
  'batch.pause': 'declaration',
  'batch.resume': 'declaration',
  'batch.cancel': 'declaration',
  'batch.recall': 'declaration',
  'batch.consult': 'declaration',
  'person.load': 'registerUpkeep',
  'register.rejects': 'registerUpkeep',
  'status.report': 'registerUpkeep',
  'status.decide': 'registerUpkeep',
  'register.settle': 'attestation',
  'attestation.issue': 'attestation',
  'attestation.supersede': 'attestation',
  'attestation.revoke': 'attestation',
  'attestation.withdraw': 'attestation',
  'attestation.verify': 'verification',
  'attestation.share': 'ownData',
  'attestation.unshare': 'ownData',
  'message.list': 'ownData',
  'message.consult': 'ownData',
  'message.read': 'ownData',
  'message.arrange': 'ownData',
  'message.askPaper': 'ownData',
  'message.status': 'delivery',
  'message.publish': 'delivery',
  'message.notify': 'delivery',
  'message.remind': 'delivery',
  'message.expire': 'delivery',
  'message.evidence': 'delivery',
  'receipt.report': 'delivery',
  'subscription.record': 'delivery',
  'subscription.end': 'delivery',
  'subscription.consult': 'delivery',
  'delivery.repeat': 'delivery',
  'event.list': 'delivery',
  'message.bounce': 'delivery',
  'message.relay': 'delivery',
  'message.track': 'delivery',
  'message.deliver': 'delivery',
  'message.print': 'delivery',
  'notice.consult': 'ownData',
  'notice.choose': 'ownData',
  'access.list': 'ownData',
  'decision.list': 'ownData',
  'status.query': 'deliberation',
  'statistics.table': 'deliberation',
  'statistics.extract': 'deliberation',
  'register.simulate': 'deliberation',
  'attestation.query': 'deliberation',
  'attestation.consult': 'deliberation',
  'flow.order': 'deliberation',
  'flow.run': 'deliberation',
  'flow.supply': 'deliberation',
  'flow.fetch': 'deliberation',
  'dossier.register': 'deliberation',
  'dossier.consult': 'deliberation',
  'dossier.close': 'deliberation',
  'request.submit': 'authorisation',
  'request.analyse': 'authorisation',
  'request.decide': 'authorisation',
  'deliberation.record': 'authorisation',
  'deliberation.change': 'authorisation',
  'deliberation.end': 'authorisation',
  'deliberation.announce': 'authorisation',
  'mandate.record': 'authorisation',
  'mandate.revoke': 'authorisation',
  'mandate.consult': 'authorisation',
  'mandate.act': 'authorisation',
  'session.end': 'privacy',
  'evidence.consult': 'supervision',
  'job.retry': 'supervision',
  'erasure.request': 'privacy',
  'person.erase': 'privacy',
  'hold.place': 'privacy',
  'hold.release': 'privacy',
  'retention.apply': 'privacy',
  'keys.rekey': 'privacy',
} as const satisfies Record<string, string>;

/** What was done, as a verb of the sentence. */
export type AuditAction = keyof typeof PURPOSE_OF;
export const AUDIT_ACTIONS = Object.keys(PURPOSE_OF) as readonly AuditAction[];

/** What an access serves. */
export type Purpose = (typeof PURPOSE_OF)[AuditAction];

/** Gives what an action serves. */
export function purposeOf(action: AuditAction): Purpose {
  return PURPOSE_OF[action];
}

export const ACTOR_KINDS = ['client', 'person', 'official', 'service', 'anonymous'] as const;

/** Who did it: a program of an organisation, a person, an official of an organisation, the service itself, or nobody known. */
export interface Actor {
  readonly kind: (typeof ACTOR_KINDS)[number];
  /** Client id or person id; never an SSIN. */
  readonly id: string;
  /** The organisation on whose behalf. */
  readonly organization?: string;
  /** SHA-256 of the access token, hexadecimal (eBox ATREQ, `SUBJECT_TOKEN_HASHED`); at the pages, of the session's id. */
  readonly tokenHash?: string;
}

/** Why it was allowed; `duty` is what the law has the service do by itself. */
export type GroundKind = Ground['kind'] | 'duty';

/** One entry: who, what, on whom, on which ground, in which call. The time is the database's, in microseconds. */
export interface AuditEntry {
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly ground: GroundKind;
  /** Which one, where there are many: the mandate, the deliberation; an organisation's stands with the actor. */
  readonly groundId?: string;
  /** For whom the actor acted: an employer by its enterprise number, a person by id. */
  readonly represented?: string;
  /** The legal context of a deliberation, in place of what the action serves. */
  readonly purpose?: string;
  /** Whom it concerns. */
  readonly personId?: string;
  /** The thing it was done to: an id of ours. */
  readonly object?: string;
  /** SHA-256 of the bytes that were issued or handed over. */
  readonly digest?: Buffer;
  /** The trace id of the request's `traceparent` (W3C Trace Context §3.2), else the `BelGov-Trace-Id` of its answer. */
  readonly traceId?: string;
}

/** How many years an entry is kept, counted from the 1 January after it (eBox ATREQ01). */
const KEPT_YEARS = 10;

/** Gives the moment from which what was recorded in a year may go. */
export function keptUntil(year: number): Date {
  return new Date(Date.UTC(year + 1 + KEPT_YEARS, 0, 1));
}
