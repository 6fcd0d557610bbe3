/** What a flow tells of persons, some at a time in the order of their ids; nothing but what its deliberation covers. */
import type { PlannedFile, RunPlan } from '../domain/flow.ts';
import {
  type AttributeField,
  attributeNames,
  isAttribute,
  type ReadField,
  readFor,
} from '../domain/flow-field.ts';
import type { Ground } from '../domain/ground.ts';
import type { Connection } from './database.ts';
import { type Asked, FACTS, HOUSEHOLD_SIZE, selectionOf } from './flow-selection.ts';
import { type Bind, bindTo, coveredBy } from './grounds.ts';

/** Persons from after one up to and including another. */
export interface PersonRange {
  readonly after: string;
  readonly last: string;
}

/** Files of so few municipalities are read from where people live, all others person by person. */
const FEW_PLACES = 8;

/** Finds the last of the next persons to look at; undefined when there is none left. */
export async function findRange(
  connection: Connection,
  { places }: PlannedFile,
  after: string,
  persons: number,
): Promise<PersonRange | undefined> {
  const values: unknown[] = [after, persons];
  const next =
    places !== undefined && places.length <= FEW_PLACES
      ? `select distinct d.person_id from domicile d where d.nis_code = any(${bindTo(values)(places)}) and d.person_id > $1`
      : 'select p.person_id from person p where p.person_id > $1';
  const [row] = await connection.query<{ last: string | null }>(
    `select (array_agg(person_id order by person_id desc))[1] as last
     from (${next} order by 1 limit $2) next`,
    values,
  );
  return row === undefined || row.last === null ? undefined : { after, last: row.last };
}

/** Lists where anybody lives or lived, by NIS code. */
export async function listInhabited(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.query<{ nisCode: string }>(
    'select distinct nis_code as "nisCode" from domicile',
  );
  return rows.map(({ nisCode }) => nisCode);
}

/** One row as it is read: its person, what names it among the rows of that person, and what its fields hold. */
export interface FlowRow {
  readonly personId: string;
  readonly rowKey: string;
  readonly fields: Readonly<Record<string, string | number | Buffer | null>>;
}

/** Reads the rows of a range: of persons who are meant and whom the deliberation covers. */
export async function listFlowRows(
  connection: Connection,
  ground: Ground,
  plan: RunPlan,
  { places }: PlannedFile,
  range: PersonRange,
): Promise<FlowRow[]> {
  const values: unknown[] = [range.after, range.last, places ?? null];
  const bind = bindTo(values);
  const { columns, sets, joins, isMeant } = selectionOf(plan, bind, 'some');
  const fields = readFor(plan.format.columns.map(({ field }) => field));
  const ofPeriods = plan.row === 'person' ? '' : periodJoin(plan, 'some', bind);
  const isCovered = coveredBy(ground, groundColumns(plan, bind), bind);
  const rows = await connection.query<Record<string, string | number | Buffer | null>>(
    `with asked as materialized (
       select p.person_id, p.birth_date, p.household, p.ssin_ciphertext, p.family_name, p.given_name, p.language, lives.nis_code
         ${columns}
       from person p left join lateral (select d.nis_code from domicile d where d.person_id = p.person_id
         and d.valid_from <= brussels_today() order by d.valid_from desc limit 1) lives on true
       where p.person_id > $1 and p.person_id <= $2 and p.replaced_by is null and p.erased_at is null
         and ($3::text[] is null or lives.nis_code = any($3)))${sets}
     select a.person_id, ${plan.row === 'person' ? `''` : `f.source || '/' || f.reference`} as row_key
       ${fields.map((field, at) => `, ${sqlOf(field, plan, bind)} as field_${at}`).join('')}
     from asked a ${joins} ${ofPeriods}
     where ${isMeant} and ${isCovered}
     order by a.person_id${plan.row === 'person' ? '' : ', f.valid_from, f.source, f.reference'}`,
    values,
  );
  return rows.map(({ person_id: personId, row_key: rowKey, ...row }) => ({
    personId: String(personId),
    rowKey: String(rowKey),
    fields: Object.fromEntries(fields.map((field, at) => [field, row[`field_${at}`] ?? null])),
  }));
}

/** Each period of the statuses that choose persons, within the days that are looked at. */
export function periodJoin(
  { statuses, window, attributes, enterprise }: RunPlan,
  asked: Asked,
  bind: Bind,
): string {
  const named = Object.entries(attributes).map(
    ([name, values]) => ` and f.attributes ->> ${bind(name)} = any(${bind(values)}::text[])`,
  );
  return `join lateral (select f.* from ${FACTS[asked]} and f.status = any(${bind(statuses)}::text[])
    and f.valid_from <= ${bind(window.until)}::date and coalesce(f.valid_until, 'infinity') >= ${bind(window.from)}::date
    ${named.join('')}${enterprise ? ' and f.employer_id is not null' : ''}) f on true
    left join employer e on e.employer_id = f.employer_id`;
}

/** The columns that a ground of a flow is held against. */
export function groundColumns({ flow, codes, format, type }: RunPlan, bind: Bind) {
  const names = attributeNames(format.columns.map(({ field }) => field));
  return {
    person: 'a.person_id',
    ...(type && { attestationType: `${bind(type.id)}::text` }),
    flow: {
      name: `${bind(flow)}::text`,
      statuses: `${bind(codes)}::text[]`,
      attributes: `${bind(names)}::text[]`,
    },
  };
}

/** Only what is told is read. */
function sqlOf(field: ReadField | AttributeField, { window }: RunPlan, bind: Bind): string {
  if (isAttribute(field)) return `f.attributes ->> ${bind(field.slice('attributes.'.length))}`;
  if (field === 'days')
    return `least(coalesce(f.valid_until, 'infinity'), ${bind(window.until)}::date)
      - greatest(f.valid_from, ${bind(window.from)}::date) + 1`;
  return COLUMNS[field];
}

const COLUMNS: Readonly<Record<Exclude<ReadField, 'days'>, string>> = {
  ssin: 'a.ssin_ciphertext',
  familyName: 'a.family_name',
  givenName: 'a.given_name',
  birthDate: 'a.birth_date::text',
  language: 'a.language',
  municipality: 'a.nis_code',
  householdSize: `${HOUSEHOLD_SIZE}::int`,
  status: 'f.status',
  source: 'f.source',
  reference: 'f.reference',
  from: 'f.valid_from::text',
  until: 'f.valid_until::text',
  enterpriseNumber: 'e.enterprise_number',
  enterpriseName: 'e.name',
};

/** Tells whether none of these persons is erased, and keeps it so to the end of the transaction. */
export async function areKept(connection: Connection, personIds: readonly string[]): Promise<boolean> {
  const rows = await connection.query(
    'select 1 from person where person_id = any($1) and erased_at is null order by person_id for share',
    [personIds],
  );
  return rows.length === personIds.length;
}
