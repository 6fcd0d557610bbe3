/** What a message says beside its subject and files: sealed under the citizen key, opened for whoever may read it. */
import type { Connection } from '../database/database.ts';
import { type ContentRow, listContents } from '../database/inbox.ts';
import type { Ground } from '../domain/ground.ts';
import type { MessageContent } from '../ebox/publication.ts';
import type { CitizenKey } from '../keys/vault.ts';
import type { Services } from './services.ts';

/** Seals what a message says. */
export function sealContent(
  key: Pick<CitizenKey, 'seal'>,
  messageId: string,
  content: MessageContent,
): Buffer {
  return key.seal(Buffer.from(JSON.stringify(content)), contextOf(messageId));
}

/** Gives what messages say that a ground covers, by message; most say nothing, and what was erased says nothing any more. */
export async function openContents(
  { vault }: Pick<Services, 'vault'>,
  connection: Connection,
  ground: Ground,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, MessageContent>> {
  const keys = new Map<string, CitizenKey>();
  const open = ({ messageId, content, citizenKeyId, wrappedKey }: ContentRow) => {
    if (wrappedKey === null) return [];
    const key = keys.get(citizenKeyId) ?? vault.openCitizenKey(citizenKeyId, wrappedKey);
    keys.set(citizenKeyId, key);
    return [[messageId, openContent(key, messageId, content)] as const];
  };
  return new Map((await listContents(connection, ground, messageIds)).flatMap(open));
}

/** Opens what one message says: written by `sealContent`, authenticated by the citizen key. */
export function openContent(
  key: Pick<CitizenKey, 'open'>,
  messageId: string,
  content: Buffer,
): MessageContent {
  return JSON.parse(key.open(content, contextOf(messageId)).toString('utf8')) as MessageContent;
}

function contextOf(messageId: string): string {
  return `message/${messageId}`;
}
