/** `ebox register settle`: has every case of the register settled again, after a type or a rule was added. */
import { startSettling } from '../workflows/settle-register.ts';
import { operatorOf, withDatabase } from './privacy-source.ts';

export interface RegisterWords {
  readonly database?: string | undefined;
  readonly actor?: string | undefined;
  readonly json: boolean;
}

/** Starts it; the service does the work. Throws `configurationInvalid`. */
export async function runRegister({ database, actor, json }: RegisterWords): Promise<number> {
  const operator = operatorOf(actor);
  const isStarted = await withDatabase(database, (services) => startSettling(services, operator));
  const text = isStarted ? 'Every case is settled again, by the service.' : 'That is under way already.';
  process.stdout.write(`${text}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ isStarted })}\n`);
  return 0;
}
