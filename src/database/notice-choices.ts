/** How persons chose to be told that something lies in their eBox, under whichever of their numbers they chose it. */
import type { Ground } from '../domain/ground.ts';
import type { PageLanguage } from '../domain/language.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

export interface NoticeChoice {
  readonly wantsNotices: boolean;
  /** Null: none was chosen. */
  readonly language: PageLanguage | null;
}

const CHOICE = `coalesce(bool_and(p.wants_notices), true) as "wantsNotices", max(p.chosen_notice_language) as language`;

/** Reads what a person chose, by all ids of theirs. */
export async function findNoticeChoice(
  connection: Connection,
  personIds: readonly string[],
): Promise<NoticeChoice> {
  const [row] = await connection.query<NoticeChoice>(
    `select ${CHOICE} from person p where p.person_id = any($1)`,
    [personIds],
  );
  return row ?? { wantsNotices: true, language: null };
}

export interface NoticeSettings extends NoticeChoice {
  /** Null: none is known. */
  readonly email: string | null;
  /** What the population register says of the language. */
  readonly givenLanguage: PageLanguage | null;
}

/** Reads how a person whom a ground covers is told; undefined when it covers nobody. */
export async function findNoticeSettings(
  connection: Connection,
  ground: Ground,
): Promise<NoticeSettings | undefined> {
  const values: unknown[] = [];
  const [row] = await connection.query<NoticeSettings & { readonly persons: number }>(
    `select ${CHOICE}, max(p.email) filter (where p.replaced_by is null) as email,
       max(coalesce(p.mail_language, p.language)) filter (where p.replaced_by is null) as "givenLanguage",
       count(*)::int as persons from person p
     where p.erased_at is null and ${coveredBy(ground, { person: 'p.person_id' }, bindTo(values))}`,
    values,
  );
  if (row === undefined || row.persons === 0) return undefined;
  const { persons: _persons, ...settings } = row;
  return settings;
}

/** Keeps what a person chose whom a ground covers; gives whether it covers one. */
export async function chooseNotices(
  connection: Connection,
  ground: Ground,
  { wantsNotices, language }: NoticeChoice,
): Promise<boolean> {
  const values: unknown[] = [wantsNotices, language];
  const rows = await connection.query(
    `update person p set wants_notices = $1, chosen_notice_language = $2, updated_at = clock_timestamp()
     where p.erased_at is null and ${coveredBy(ground, { person: 'p.person_id' }, bindTo(values))} returning 1`,
    values,
  );
  return rows.length > 0;
}
