/** Time passes: unread messages are reminded of, their expiry is announced, and that they were never read is recorded. */
import { type TypeSelection, takeStep } from '../database/reminders.ts';
import type { MessageType } from '../domain/message.ts';
import { type Reminders, stepsOf, USUAL_REMINDERS } from '../domain/reminder.ts';
import { failpoint } from '../failpoint.ts';
import type { Services } from './services.ts';

/** Messages of one transaction: few enough that nobody who reads waits for long. */
const MESSAGES_AT_ONCE = 500;

interface Clock extends TypeSelection {
  readonly name: string;
  readonly reminders: Reminders;
}

/**
 * Does what is due, some messages in a transaction, and gives how many were looked at. Cut off anywhere it goes on from
 * there; each message gets each receipt once.
 */
export async function remindReaders({
  database,
  catalogue,
}: Pick<Services, 'database' | 'catalogue'>): Promise<number> {
  let looked = 0;
  for (const clock of clocksOf([...catalogue.types.values()].map(({ messageType }) => messageType))) {
    for (const step of stepsOf(clock.reminders)) {
      const name = `${step.kind}/${clock.name}`;
      for (;;) {
        const some = await database.transaction((connection) =>
          takeStep(connection, name, step, clock, MESSAGES_AT_ONCE),
        );
        if (some > 0) await failpoint('remind.committed');
        looked += some;
        if (some < MESSAGES_AT_ONCE) break;
      }
    }
  }
  return looked;
}

/** One clock for each type with its own days, and one for all messages of types that the templates do not describe. */
function clocksOf(types: readonly MessageType[]): readonly Clock[] {
  const byName = new Map(types.map((type) => [nameOf(type), type.reminders]));
  const all = [...byName.keys()].sort();
  return [
    ...[...byName].map(([name, reminders]) => ({ name, reminders, types: [name], isOthers: false })),
    { name: 'others', reminders: USUAL_REMINDERS, types: all, isOthers: true },
  ];
}

function nameOf({ senderApplicationId, messageTypeId }: MessageType): string {
  return `${senderApplicationId}/${messageTypeId}`;
}
