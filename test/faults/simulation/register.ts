/** What commits together in a simulation: cases, documents, relays and one batch, beside the table of jobs. */
import type { Version } from '../../../src/domain/attestation.ts';
import type { BatchState } from '../../../src/domain/batch.ts';
import { QueueTable } from './queue-table.ts';

/** A version of a case, with what is fixed when it is prepared and what issuing adds. */
export interface Document extends Version {
  readonly caseId: string;
  /** Names what was stored; undefined until it is issued. */
  readonly storedAs: string | undefined;
}

export interface Relay {
  readonly messageId: string;
  readonly attestationId: string;
  readonly state: 'waiting' | 'published' | 'parked' | 'withdrawn';
  readonly triedAt: Date | null;
  readonly registryMessageId: string | undefined;
}

export interface Row {
  readonly rowNumber: number;
  readonly state: 'checked' | 'accepted' | 'ended';
  readonly attestationId: string | undefined;
  readonly outcome: 'issued' | 'cancelled' | undefined;
}

/** The tables; rows are never changed, only put anew, so that a copy costs nothing but its maps. */
export class Register {
  readonly queue: QueueTable;
  readonly declared: Set<string>;
  /** What a case is entitled to: the content of its document; undefined: nothing. */
  readonly facts: Map<string, string | undefined>;
  readonly documents: Map<string, Document>;
  readonly relays: Map<string, Relay>;
  readonly rows: Map<number, Row>;
  batch: BatchState;
  /** Jobs whose effect was committed. */
  readonly committed: string[];
  /** Messages in the order in which they were made, by attestation. */
  readonly messages: string[];
  /** Outcomes of rows, counted as they are recorded. */
  endedCount: number;

  constructor(from?: Register) {
    this.queue = new QueueTable(from?.queue);
    this.declared = new Set(from?.declared);
    this.facts = new Map(from?.facts);
    this.documents = new Map(from?.documents);
    this.relays = new Map(from?.relays);
    this.rows = new Map(from?.rows);
    this.batch = from?.batch ?? 'running';
    this.committed = [...(from?.committed ?? [])];
    this.messages = [...(from?.messages ?? [])];
    this.endedCount = from?.endedCount ?? 0;
  }

  versionsOf(caseId: string): Document[] {
    return [...this.documents.values()].filter((document) => document.caseId === caseId);
  }

  /** Prepares the next version of a case. */
  prepare(caseId: string, version: number, fingerprint: string): string {
    const attestationId = `${caseId}/${version}`;
    const prepared = { attestationId, caseId, version, fingerprint };
    this.documents.set(attestationId, { ...prepared, state: 'prepared', storedAs: undefined });
    return attestationId;
  }

  /** Withdraws, revokes or supersedes a version. */
  end(attestationId: string, state: 'withdrawn' | 'revoked' | 'superseded'): void {
    const document = this.documents.get(attestationId);
    if (document) this.documents.set(attestationId, { ...document, state });
  }

  /** Issues a version with its message, the relay of that and the outcome of its row. */
  issue(now: number, attestationId: string, storedAs: string): void {
    const document = this.documents.get(attestationId);
    if (document === undefined) return;
    const before = this.versionsOf(document.caseId).find(({ state }) => state === 'issued');
    if (before) this.end(before.attestationId, 'superseded');
    this.documents.set(attestationId, { ...document, state: 'issued', storedAs });
    const messageId = `message-of-${attestationId}`;
    this.messages.push(attestationId);
    const waiting = { state: 'waiting', triedAt: null, registryMessageId: undefined } as const;
    this.relays.set(messageId, { messageId, attestationId, ...waiting });
    this.queue.queue(now, { lane: 'single', kind: 'relay', payload: { messageId }, dedupeKey: messageId });
    for (const row of this.rows.values())
      if (row.attestationId === attestationId && row.state === 'accepted') this.endRow(row, 'issued');
  }

  endRow(row: Row, outcome: 'issued' | 'cancelled'): void {
    this.rows.set(row.rowNumber, { ...row, state: 'ended', outcome });
    this.endedCount += 1;
    if (this.endedCount === this.rows.size) this.batch = this.batch === 'cancelling' ? 'cancelled' : 'done';
  }
}
