/** What the development PKI remembers of its certificates: which it issued and which it revoked, in one JSON file. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { ServiceError } from '../../errors.ts';

export type CertificateStatus =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly since: Date }
  | { readonly status: 'unknown' };

/** A revoked certificate: the bytes of its serial number and since when. */
export interface Revocation {
  readonly serial: Buffer;
  readonly since: Date;
}

export interface Ledger {
  /** Records certificates by their serial numbers in hexadecimal; those already known do no harm. */
  recordIssued(serialNumbers: readonly string[]): void;
  /**
   * Revokes a certificate; the first time given stays. Serial numbers never issued may be revoked too.
   * Throws `embeddedPartFailed` when the serial number is not hexadecimal.
   */
  revoke(serialNumber: string, since: Date): void;
  /** The state of one certificate, by the bytes of its serial number. */
  statusOf(serial: Buffer): CertificateStatus;
  revocations(): Revocation[];
  /** The next CRL number: each list has a higher one than all before (RFC 5280 §5.2.3). */
  nextCrlNumber(): number;
}

interface State {
  issued: string[];
  revoked: Record<string, string>;
  crlNumber: number;
}

/** Opens the ledger kept at `path`, or starts one there. */
export function openLedger(path: string): Ledger {
  const state: State = existsSync(path)
    ? // Nobody else writes this file; a broken one stops the start with the parser's own message.
      (JSON.parse(readFileSync(path, 'utf8')) as State)
    : { issued: [], revoked: {}, crlNumber: 0 };
  const save = () => {
    writeFileSync(`${path}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
    renameSync(`${path}.new`, path);
  };
  return {
    recordIssued(serialNumbers) {
      state.issued = [...new Set([...state.issued, ...serialNumbers.map(normalise)])];
      save();
    },
    revoke(serialNumber, since) {
      state.revoked[normalise(serialNumber)] ??= since.toISOString();
      save();
    },
    statusOf(serial) {
      const serialNumber = serial.toString('hex');
      const since = state.revoked[serialNumber];
      if (since !== undefined) return { status: 'revoked', since: new Date(since) };
      return { status: state.issued.includes(serialNumber) ? 'good' : 'unknown' };
    },
    revocations: () =>
      Object.entries(state.revoked).map(([serialNumber, since]) => ({
        serial: Buffer.from(serialNumber, 'hex'),
        since: new Date(since),
      })),
    nextCrlNumber() {
      state.crlNumber += 1;
      save();
      return state.crlNumber;
    },
  };
}

function normalise(serialNumber: string): string {
  if (!/^([0-9a-f]{2})+$/i.test(serialNumber)) {
    throw new ServiceError('embeddedPartFailed', 'a serial number is written in pairs of hexadecimal digits');
  }
  return serialNumber.toLowerCase();
}
