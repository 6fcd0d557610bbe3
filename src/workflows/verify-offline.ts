/** Verify an offline code for somebody who has internet after all: its signature, then its entry of the status list. */
import type { OfflineClaims } from '../code/offline-code.ts';
import type { ListedStatus } from '../code/status-list.ts';
import { insertAuditEntry } from '../database/audit.ts';
import { findIssuedNumber, type IssuedNumber } from '../database/issued-numbers.ts';
import { verifyOfflineCode } from '../verify/offline-code.ts';
import type { Services } from './services.ts';
import type { Holder } from './verify.ts';

/** What was found of an offline code, and when; only a genuine one that is in time has a status. */
export type OfflineReport = { readonly checkedAt: Date } & (
  | { readonly kind: 'malformed' | 'unknownKey' | 'forged' }
  | { readonly kind: 'outOfTime'; readonly claims: OfflineClaims }
  | {
      readonly kind: 'genuine';
      readonly claims: OfflineClaims;
      /** `unknown`: the register has no such attestation at that place of the list. */
      readonly status: ListedStatus | 'erased' | 'unknown';
    }
);

type OfflineServices = Pick<Services, 'database' | 'codeKeys' | 'clock'>;

/**
 * Reports on an offline code. Nothing is told but what the code says itself and what the status list says of it. Each
 * report on a genuine code stands in evidence.
 */
export async function reportOnOffline(
  services: OfflineServices,
  text: string,
  holder: Holder,
): Promise<OfflineReport> {
  const checkedAt = services.clock();
  const verdict = await verifyOfflineCode(text, { keys: services.codeKeys, at: checkedAt });
  if (verdict.kind !== 'genuine') return { ...verdict, checkedAt };
  const { claims } = verdict;
  const status = await services.database.transaction(async (connection) => {
    const found = await findIssuedNumber(connection, claims.number);
    if (found === undefined || !isPlace(found, claims)) return 'unknown';
    await insertAuditEntry(connection, {
      actor: holder.actor,
      action: 'attestation.verify',
      ground: 'holder',
      ...(found.state !== 'erased' && { personId: found.personId }),
      object: found.attestationId,
      ...(holder.traceId !== undefined && { traceId: holder.traceId }),
    });
    return found.state === 'issued' ? 'valid' : found.state;
  });
  return { kind: 'genuine', claims, status, checkedAt };
}

/** The list is made of these columns: what stands there now is what the next list says. */
function isPlace({ statusList, statusIndex }: IssuedNumber, { status }: OfflineClaims): boolean {
  return statusList === status.list && statusIndex === status.index;
}
