/** Notices: people see how they are told that something lies in their eBox, and choose it; nobody else does for them. */
import { chooseNotices, findNoticeSettings, type NoticeChoice } from '../database/notice-choices.ts';
import type { PageLanguage } from '../domain/language.ts';
import { type Reader, recordReading } from './read.ts';
import type { Services } from './services.ts';

/** How somebody is told. */
export interface Notices {
  readonly wantsNotices: boolean;
  /** Of the mails; undefined: as the last message is. */
  readonly language: PageLanguage | undefined;
  /** Enough of the address to know it again; undefined: none is known. */
  readonly maskedEmail: string | undefined;
}

/** Reads how the reader is told; undefined for whoever is not in the register, or acts for another. */
export async function readNotices(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
): Promise<Notices | undefined> {
  if (reader.ground.kind !== 'ownData') return undefined;
  return database.transaction(async (connection) => {
    const found = await findNoticeSettings(connection, reader.ground);
    if (found === undefined) return undefined;
    await recordReading(connection, reader, 'notice.consult');
    const { wantsNotices, language, givenLanguage, email } = found;
    return {
      wantsNotices,
      language: language ?? givenLanguage ?? undefined,
      maskedEmail: email === null ? undefined : maskEmail(email),
    };
  });
}

/** Keeps what the reader chose; false where `readNotices` finds nothing. */
export async function changeNotices(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
  choice: NoticeChoice,
): Promise<boolean> {
  if (reader.ground.kind !== 'ownData') return false;
  return database.transaction(async (connection) => {
    if (!(await chooseNotices(connection, reader.ground, choice))) return false;
    await recordReading(connection, reader, 'notice.choose');
    return true;
  });
}

/** Leaves the first letter and the domain: who looks over a shoulder learns no address. */
function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const first = at > 1 ? address.slice(0, 1) : '';
  return `${first}•••${address.slice(at)}`;
}
