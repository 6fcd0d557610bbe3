/** How long what is kept: one list, from which the report and the deletion are made. */

import type { Keep } from './keep.ts';

export interface RetentionRule {
  readonly table: string;
  /** What of it; shown to operators. */
  readonly what: string;
  readonly keep: Keep;
  /** delete: rows go; destroyKey: the key goes, and nothing under it decrypts; drop: an operator drops the month. */
  readonly how: 'delete' | 'destroyKey' | 'drop';
  /** Why so long. */
  readonly because: string;
}

/** What is not in this list is kept as long as the service is, or goes when a person is erased. */
export const RETENTION = {
  fileKeys: {
    table: 'file_key',
    what: 'keys of files that came in',
    keep: 'until',
    how: 'destroyKey',
    because: 'FILE_KEY_DAYS after the file came in',
  },
  uploads: {
    table: 'upload',
    what: 'files that came in parts, and that a batch was made of them',
    keep: { days: 1 },
    how: 'delete',
    because: 'whoever sends one goes on within a day',
  },
  declarationContents: {
    table: 'declaration_content',
    what: 'declarations as received',
    keep: { years: 5 },
    how: 'delete',
    because: 'corrections of the employment they declare',
  },
  declarations: {
    table: 'declaration',
    what: 'that something was declared, and its answers',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence that names them',
  },
  correctedFacts: {
    table: 'status_period',
    what: 'facts that were corrected',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence that rests on them',
  },
  decisions: {
    table: 'decision',
    what: 'decisions on rights',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence of what rests on them',
  },
  withdrawnFacts: {
    table: 'status_withdrawal',
    what: 'that facts were withdrawn',
    keep: { years: 10 },
    how: 'delete',
    because: 'older reports that come in late',
  },
  batches: {
    table: 'batch',
    what: 'batches that are done or were never started, with their rows',
    keep: { days: 730 },
    how: 'delete',
    because: 'questions of the agency that sent them',
  },
  declarationFiles: {
    table: 'declaration_file',
    what: 'files of declarations that were processed',
    keep: { days: 730 },
    how: 'delete',
    because: 'questions of whoever sent them',
  },
  registerFiles: {
    table: 'register_file',
    what: 'files that loaded the register',
    keep: { days: 730 },
    how: 'delete',
    because: 'questions of the source',
  },
  toldEvents: {
    table: 'outbox',
    what: 'events that were told',
    keep: { days: 90 },
    how: 'delete',
    because: 'faults that show late',
  },
  endedDeliveries: {
    table: 'delivery',
    what: 'deliveries to senders that ended, with their tries',
    keep: { days: 90 },
    how: 'delete',
    because: 'senders who look at them or ask for them again',
  },
  senderEvents: {
    table: 'sender_event',
    what: 'the place of receipts in the feed of their senders',
    keep: { days: 730 },
    how: 'delete',
    because: 'senders who read their feed again; the receipts stay',
  },
  endedSubscriptions: {
    table: 'subscription',
    what: 'subscriptions that ended',
    keep: { days: 365 },
    how: 'delete',
    because: 'questions of their organisation',
  },
  mails: {
    table: 'mail',
    what: 'digests by mail, and what came back of them',
    keep: { days: 730 },
    how: 'delete',
    because: 'questions of whoever was told, or was not',
  },
  printItems: {
    table: 'print_item',
    what: 'what was printed, or is over',
    keep: { days: 730 },
    how: 'delete',
    because: 'questions of whoever got it on paper',
  },
  relays: {
    table: 'relay',
    what: 'publications in another registry that are over',
    keep: { years: 5 },
    how: 'delete',
    because: 'questions about messages that lie there',
  },
  flowRuns: {
    table: 'flow_run',
    what: 'runs of flows with their files and control totals',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence that names them',
  },
  flowOrders: {
    table: 'flow_order',
    what: 'orders of flows that ended, once their runs are gone',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence of their runs',
  },
  simulations: {
    table: 'simulation',
    what: 'numbers of the last simulation of each kind',
    keep: { days: 730 },
    how: 'delete',
    because: 'the next one, which tells what changed',
  },
  deadJobs: {
    table: 'job',
    what: 'jobs set aside',
    keep: { days: 365 },
    how: 'delete',
    because: 'operators who look at them',
  },
  sessions: {
    table: 'session',
    what: 'sessions that ran out',
    keep: 'until',
    how: 'delete',
    because: 'nobody is logged in by them',
  },
  shareCodes: {
    table: 'share_code',
    what: 'share codes that ran out',
    keep: 'until',
    how: 'delete',
    because: 'they open nothing any more',
  },
  limitUses: {
    table: 'limit_use',
    what: 'requests and wrong codes that count no more',
    keep: 'until',
    how: 'delete',
    because: 'they count no more',
  },
  mandates: {
    table: 'mandate',
    what: 'mandates that ended or were revoked',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence that rests on them',
  },
  requests: {
    table: 'request',
    what: 'requests of agencies, once decided on and past what they asked for',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence of their decision',
  },
  dossiers: {
    table: 'dossier',
    what: 'dossiers of organisations that ended or were closed',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence that rests on them',
  },
  deliberations: {
    table: 'deliberation',
    what: 'deliberations, once all their versions have ended',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence that rests on them',
  },
  releasedHolds: {
    table: 'legal_hold',
    what: 'holds that were released',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence of them',
  },
  erasures: {
    table: 'erasure',
    what: 'erasures that were done',
    keep: { years: 10 },
    how: 'delete',
    because: 'as long as the evidence of them',
  },
  auditEntries: {
    table: 'audit_entry',
    what: 'audit entries, month by month',
    keep: { years: 10 },
    how: 'drop',
    because: 'eBox ATREQ01',
  },
} as const satisfies Record<string, RetentionRule>;

export type RetentionClass = keyof typeof RETENTION;
