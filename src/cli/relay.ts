/** `ebox relay`: what another registry refused, and having it tried again once the reason is gone. */

import { isUuid } from '../domain/identifier.ts';
import { ServiceError } from '../errors.ts';
import { retryRelay, showParked } from '../workflows/parked.ts';
import { operatorOf, withDatabase } from './privacy-source.ts';

export interface RelayOptions {
  readonly database?: string | undefined;
  readonly actor?: string | undefined;
  readonly message?: string | undefined;
  readonly json: boolean;
}

/** Lists what was set aside; gives the exit status. */
export async function listRefused({ database, json }: RelayOptions): Promise<number> {
  const parked = await withDatabase(database, showParked);
  const lines = parked.map(
    ({ messageId, parkedAt, refusal }) => `${messageId}  ${parkedAt.toISOString()}  ${refusal}`,
  );
  process.stdout.write(lines.length === 0 ? 'Nothing was set aside.\n' : `${lines.join('\n')}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ parked })}\n`);
  return 0;
}

/** Has one message tried again; gives the exit status. Throws `configurationInvalid`. */
export async function retryRefused({ database, actor, message = '', json }: RelayOptions): Promise<number> {
  const operator = operatorOf(actor);
  if (!isUuid(message))
    throw new ServiceError(
      'configurationInvalid',
      'Say which: --message <id>, as `ebox relay list` shows it',
    );
  const isQueued = await withDatabase(database, (services) => retryRelay(services, operator, message));
  process.stdout.write(isQueued ? 'It will be tried again.\n' : 'No such message was set aside.\n');
  if (json) process.stdout.write(`${JSON.stringify({ isQueued })}\n`);
  return isQueued ? 0 : 1;
}
