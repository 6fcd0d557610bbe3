/** An organisation asks whether persons have a social status at a date: yes or no, and nothing else of them. */
import { askStatus } from '../database/statuses.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Ssin } from '../domain/ssin.ts';
import type { StatusCode } from '../domain/status.ts';
import { type DeliberatedAccess, findGround, recordTelling } from './deliberated.ts';
import type { Services } from './services.ts';

export interface StatusQuestion {
  readonly status: StatusCode;
  /** Today where it is missing. */
  readonly date: LocalDate | undefined;
  readonly ssins: readonly Ssin[];
}

export interface StatusAnswer {
  readonly ssin: Ssin;
  readonly hasStatus: boolean;
  readonly date: LocalDate;
}

/**
 * Answers for each person whom the deliberation covers. Who is left out is not in the register or not covered: the one
 * looks like the other. Undefined when no deliberation in force lets the organisation ask for this status.
 */
export async function askForStatus(
  { database, vault }: Pick<Services, 'database' | 'vault'>,
  access: DeliberatedAccess,
  { status, date, ssins }: StatusQuestion,
): Promise<readonly StatusAnswer[] | undefined> {
  const hmacs = ssins.map((ssin) => vault.lookUp(ssin));
  return database.transaction(async (connection) => {
    const found = await findGround(connection, access);
    if (found === undefined || !found.allowed.statuses.includes(status)) return undefined;
    const rows = await askStatus(connection, found.ground, hmacs, status, date);
    const personIds = [...new Set(rows.map(({ personId }) => personId))];
    const object = `${status} ${rows[0]?.date ?? ''}`;
    await recordTelling(connection, access, found.ground, { action: 'status.query', object, personIds });
    return rows.flatMap(({ position, ...row }) => {
      const ssin = ssins[position];
      return ssin === undefined ? [] : [{ ssin, hasStatus: row.hasStatus, date: row.date }];
    });
  });
}
