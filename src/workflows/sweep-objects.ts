/** Removes from the archive what was named for a message that never came: its process was killed, or the archive was away. */
import { abandonObjects, forgetObjects } from '../database/publications.ts';
import type { Services } from './services.ts';

/** Longer than all files of a message may take, each tried three times for half a minute. */
const TIME_TO_ADOPT_SECONDS = 15 * 60;
const AT_ONCE = 100;

/** Removes what nobody adopted in time; being killed anywhere, or done twice at once, is harmless. Gives how many there were. */
export async function sweepObjects(
  { database, archive }: Pick<Services, 'database' | 'archive'>,
  olderThanSeconds = TIME_TO_ADOPT_SECONDS,
): Promise<number> {
  const keys = await database.transaction((connection) =>
    abandonObjects(connection, olderThanSeconds, AT_ONCE),
  );
  for (const key of keys) await archive.remove(key);
  if (keys.length > 0) await database.transaction((connection) => forgetObjects(connection, keys));
  return keys.length;
}
