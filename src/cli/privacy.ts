/** `ebox privacy`: erases a person, places legal holds, and tells or does what retention demands. */
import { text as readAll } from 'node:stream/consumers';
import { describeKeep } from '../domain/keep.ts';
import { brusselsDate } from '../domain/period.ts';
import { RETENTION } from '../domain/retention.ts';
import { parseSsin, type Ssin } from '../domain/ssin.ts';
import { ServiceError } from '../errors.ts';
import { erasePerson, requestErasure } from '../workflows/erase.ts';
import { endHold, placeHold, showHolds } from '../workflows/hold.ts';
import { applyRetention, reportRetention } from '../workflows/retain.ts';
import { operatorOf, reasonOf, withRegister } from './privacy-source.ts';

export interface PrivacyOptions {
  readonly database?: string | undefined;
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  readonly case?: string | undefined;
  readonly hold?: string | undefined;
  readonly apply?: boolean;
  readonly all?: boolean;
  readonly json: boolean;
}

/** Runs a command; gives the exit status. Throws `configurationInvalid` and `keyUnfit`. */
export async function runPrivacy(command: string, options: PrivacyOptions): Promise<number> {
  switch (command) {
    case 'erase':
      return eraseOne(options);
    case 'retention':
      return showRetention(options);
    case 'hold add':
      return addHold(options);
    case 'hold release':
      return freeHold(options);
    default:
      return printHolds(options);
  }
}

/** The number is read from standard input: an argument stands in the list of processes and in the shell's history. */
async function readSsin(): Promise<Ssin> {
  const given = (await readAll(process.stdin)).replace(/[\s.-]/g, '');
  const ssin = parseSsin(given, brusselsDate(new Date()));
  if (ssin === undefined)
    throw new ServiceError('configurationInvalid', 'Give the SSIN on standard input; what came is none');
  return ssin;
}

function say(line: string, { json }: PrivacyOptions, result: unknown): void {
  process.stdout.write(`${line}\n`);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
}

async function eraseOne(options: PrivacyOptions): Promise<number> {
  const measure = { actor: operatorOf(options.actor), reason: reasonOf(options.reason) };
  const ssin = await readSsin();
  return withRegister(options.database, async (services) => {
    const asked = await requestErasure(services, ssin, measure);
    const outcome = asked.kind === 'requested' ? await erasePerson(services, asked.erasureId) : asked.kind;
    const said = {
      erased: 'Erased: nothing of this person decrypts any more.',
      held: 'Not erased: a legal hold lasts (ebox privacy hold list).',
      unknown: 'Not erased: the register does not know this number.',
    };
    say(said[outcome], options, {
      outcome,
      ...(asked.kind === 'requested' && { erasureId: asked.erasureId }),
    });
    return outcome === 'erased' ? 0 : 1;
  });
}

async function addHold(options: PrivacyOptions): Promise<number> {
  const measure = { actor: operatorOf(options.actor), reason: reasonOf(options.reason) };
  const subject =
    options.case === undefined
      ? ({ kind: 'person', ssin: await readSsin() } as const)
      : ({ kind: 'case', caseId: options.case } as const);
  return withRegister(options.database, async (services) => {
    const holdId = await placeHold(services, subject, measure);
    say(holdId === undefined ? 'The register knows no such person or case.' : `Held: ${holdId}`, options, {
      holdId,
    });
    return holdId === undefined ? 1 : 0;
  });
}

async function freeHold(options: PrivacyOptions): Promise<number> {
  const measure = { actor: operatorOf(options.actor), reason: reasonOf(options.reason) };
  const holdId = options.hold ?? '';
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(holdId))
    throw new ServiceError(
      'configurationInvalid',
      'Say which: --hold <id>, as ebox privacy hold list shows it',
    );
  return withRegister(options.database, async (services) => {
    const isReleased = await endHold(services, holdId, measure);
    say(isReleased ? 'Released.' : 'No such hold lasts.', options, { isReleased });
    return isReleased ? 0 : 1;
  });
}

async function printHolds(options: PrivacyOptions): Promise<number> {
  return withRegister(options.database, async (services) => {
    const holds = await showHolds(services, options.all ?? false);
    for (const { holdId, personId, caseId, placedAt, placedBy, reason, releasedAt } of holds) {
      const state = releasedAt === null ? 'lasts' : `released ${releasedAt.toISOString().slice(0, 10)}`;
      const on = personId === null ? `case ${caseId}` : `person ${personId}`;
      process.stdout.write(
        `${holdId}  ${placedAt.toISOString().slice(0, 10)}  ${state}  ${on}  ${placedBy}: ${reason}\n`,
      );
    }
    say(`${holds.length} hold${holds.length === 1 ? '' : 's'}`, options, { holds });
    return 0;
  });
}

async function showRetention(options: PrivacyOptions): Promise<number> {
  const actor = options.apply === true ? operatorOf(options.actor) : undefined;
  return withRegister(options.database, async (services) => {
    const classes = await reportRetention(services);
    for (const { name, rows, oldest, bytes } of classes) {
      const { table, what, keep, how } = RETENTION[name];
      const cells = [
        table.padEnd(20),
        String(rows).padStart(10),
        (oldest?.toISOString().slice(0, 10) ?? '').padEnd(10),
        `${Math.ceil(bytes / 1024)} KiB`.padStart(12),
        how.padEnd(10),
        describeKeep(keep).padEnd(25),
      ];
      process.stdout.write(`${cells.join('  ')}  ${what}\n`);
    }
    const removed = actor && (await applyRetention(services, actor));
    const total = Object.values(removed ?? {}).reduce((sum, count) => sum + count, 0);
    const line = removed === undefined ? 'Nothing was changed; --apply does it.' : `${total} rows are gone.`;
    say(line, options, { classes, ...(removed && { removed }) });
    return 0;
  });
}
