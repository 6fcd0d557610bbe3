/** `ebox sessions`: ends the sessions of people at the pages, of one or of all. */
import { isUuid } from '../domain/identifier.ts';
import { ServiceError } from '../errors.ts';
import { endSessions } from '../workflows/sessions.ts';
import { operatorOf, withRegister } from './privacy-source.ts';

export interface SessionOptions {
  readonly database?: string | undefined;
  readonly actor?: string | undefined;
  readonly person?: string | undefined;
  readonly all: boolean;
  readonly json: boolean;
}

/** Ends sessions; gives the exit status. Throws `configurationInvalid`. */
export async function endSessionsOf({ database, actor, person, all, json }: SessionOptions): Promise<number> {
  const operator = operatorOf(actor);
  if (all === (person !== undefined) || (person !== undefined && !isUuid(person)))
    throw new ServiceError(
      'configurationInvalid',
      'Say whose: --person <id, as evidence and the security log have it>, or --all',
    );
  const ended = await withRegister(database, (services) => endSessions(services, operator, person));
  process.stdout.write(`${ended} ${ended === 1 ? 'session' : 'sessions'} ended.\n`);
  if (json) process.stdout.write(`${JSON.stringify({ ended })}\n`);
  return 0;
}
