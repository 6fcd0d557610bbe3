/** An organisation asks whether persons have a social status at a date: yes or no, and nothing else of them. */
import { askStatus } from '../database/statuses.ts';
import { HISTORY } from '../domain/deliberation.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Ssin } from '../domain/ssin.ts';
import type { StatusCode } from '../domain/status.ts';
import { type DeliberatedAccess, findGround, recordTelling } from './deliberated.ts';
import type { Services } from './services.ts';

export interface StatusQuestion {
  readonly status: StatusCode;
  /** Today where it is missing. */
  readonly date: LocalDate | undefined;
  /** As it was known at this moment; missing: as it is known now. */
  readonly knownAt: Date | undefined;
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
  { status, date, knownAt, ssins }: StatusQuestion,
): Promise<readonly StatusAnswer[] | undefined> {
  // A person may be found under each version of the secret: one answer for each number.
  const asked = ssins.flatMap((ssin) => vault.lookUps(ssin).map(({ ssinHmac }) => ({ ssin, ssinHmac })));
  const hmacs = asked.map(({ ssinHmac }) => ssinHmac);
  return database.transaction(async (connection) => {
    const found = await findGround(connection, access);
    if (found === undefined || !found.allowed.statuses.includes(status)) return undefined;
    if (knownAt !== undefined && !found.allowed.attributes.includes(HISTORY)) return undefined;
    const rows = await askStatus(connection, found.ground, hmacs, status, { date, knownAt });
    const personIds = [...new Set(rows.map(({ personId }) => personId))];
    const at = knownAt === undefined ? '' : ` ${knownAt.toISOString()}`;
    const object = `${status} ${rows[0]?.date ?? ''}${at}`;
    await recordTelling(connection, access, found.ground, { action: 'status.query', object, personIds });
    const answers = rows.flatMap(({ position, hasStatus, date: day }) => {
      const ssin = asked[position]?.ssin;
      return ssin === undefined ? [] : [[ssin, { ssin, hasStatus, date: day }] as const];
    });
    return [...new Map(answers).values()];
  });
}
