/** What the evidence log keeps of each access and each change. */
import type { Ground } from './ground.ts';

/** What was done, as a verb of the sentence. */
export const AUDIT_ACTIONS = [
  'declaration.report',
  'declaration.consult',
  'batch.submit',
  'batch.start',
  'batch.consult',
  'person.load',
  'attestation.issue',
  'attestation.supersede',
  'attestation.revoke',
  'attestation.verify',
  'message.list',
  'message.consult',
  'message.read',
  'message.status',
  'message.notify',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Who did it: a client of an organisation, a person, or the service itself. */
export interface Actor {
  readonly kind: 'client' | 'person' | 'service' | 'anonymous';
  /** Client id or person id; never an SSIN. */
  readonly id: string;
  readonly organization?: string;
}

/** One entry: who, what, on whom, on which ground, in which call. */
export interface AuditEntry {
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly ground: Ground['kind'] | 'duty';
  /** Whom it concerns. */
  readonly personId?: string;
  /** The thing it was done to: an id of ours. */
  readonly object?: string;
  readonly traceId?: string;
}
