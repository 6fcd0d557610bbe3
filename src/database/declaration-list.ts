/** The declarations that an organisation sent one by one or in XML, newest first. */
import type { Result } from '../domain/declaration.ts';
import type { Ground } from '../domain/ground.ts';
import type { Connection } from './database.ts';
import { DECLARED, LAST_ANSWER } from './declarations.ts';
import { bindTo, coveredBy } from './grounds.ts';

export interface SentDeclaration {
  readonly declarationId: string;
  readonly receivedAt: Date;
  readonly result: Result;
}

export interface SentPage {
  /** Only with this answer. */
  readonly result: Result | undefined;
  /** Older than this one. */
  readonly before: string | undefined;
  readonly limit: number;
}

/** So many are gone through for one page, however few of them have the answer that is asked for. */
const LOOKED_AT = 5000;
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Lists those of an organisation that a ground covers and that were not erased. */
export async function listSentOneByOne(
  connection: Connection,
  ground: Ground,
  organization: string,
  { result, before = LAST_ID, limit }: SentPage,
): Promise<SentDeclaration[]> {
  const values: unknown[] = [organization, before, LOOKED_AT, result ?? null, limit];
  return connection.query<SentDeclaration>(
    `select d.declaration_id as "declarationId", d.received_at as "receivedAt", a.result
     from (select declaration_id, sender_organization, received_at from declaration
           where sender_organization = $1 and channel in ('xml', 'json') and declaration_id < $2
           order by declaration_id desc limit $3) d
       cross join lateral (${LAST_ANSWER}) a left join dimona_period p on p.period_id = a.period_id
     where ($4::text is null or a.result = $4) and ${coveredBy(ground, DECLARED, bindTo(values))}
       and exists (select from declaration_content b where b.declaration_id = d.declaration_id and b.body is not null)
     order by d.declaration_id desc limit $5`,
    values,
  );
}
