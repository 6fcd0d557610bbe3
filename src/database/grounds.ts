/**
 * Grounds as SQL: the condition that every read of persons' data has in its `where`. It is true of the rows that the ground
 * covers and of no others, so that whoever forgets a check, or makes the wrong one, gets nothing rather than everything.
 */
import type { DeliberationGround, Ground, MandateGround } from '../domain/ground.ts';

/**
 * The columns of a read that grounds are held against, as the statement names them. A ground that would need another
 * one than those given covers no row.
 */
export interface GroundColumns {
  /** Id of the person whom the row concerns. */
  readonly person?: string;
  /** Id of the employer whom it concerns. */
  readonly employer?: string;
  /** The organisation that declared it. */
  readonly declarant?: string;
  /** The organisation that published it. */
  readonly sender?: string;
  /** The organisation that loaded it. */
  readonly source?: string;
  /** SHA-256 of the document, and of the code printed on it. */
  readonly pdfSha256?: string;
  readonly tokenHash?: string;
  /** SHA-256 of a share code in force, as `share_code_in_force` has it. */
  readonly shareHash?: string;
  /** The code of the status it speaks of. */
  readonly status?: string;
  /** The attestation type it speaks of. */
  readonly attestationType?: string;
  /** The flow that it is told in, with every status that persons are chosen by and every attribute that is told. */
  readonly flow?: { readonly name: string; readonly statuses: string; readonly attributes: string };
}

/** Binds a value of a statement and gives its placeholder. */
export type Bind = (value: unknown) => string;

/** Makes the binder of a statement whose values these are. */
export function bindTo(values: unknown[]): Bind {
  return (value) => `$${values.push(value)}`;
}

const NOTHING = 'false';

/** Writes the condition under which a ground covers a row. */
export function coveredBy(ground: Ground, columns: GroundColumns, bind: Bind): string {
  switch (ground.kind) {
    case 'ownData':
      if (columns.person === undefined) return NOTHING;
      return isOf(columns.person, `(select ${bind(ground.personId)}::uuid as person_id)`);
    case 'mandate':
      return mandated(ground, columns, bind);
    case 'deliberation':
      return deliberated(ground, columns, bind);
    case 'declarant':
      return equals(columns.declarant, ground.organization, bind);
    case 'sender':
      return equals(columns.sender, ground.organization, bind);
    case 'source':
      return equals(columns.source, ground.organization, bind);
    case 'holder': {
      const { kind, sha256 } = ground.held;
      if (kind === 'pdfs') return isAmong(columns.pdfSha256, sha256, bind);
      const column = { pdf: columns.pdfSha256, code: columns.tokenHash, share: columns.shareHash }[kind];
      return equals(column, sha256, bind);
    }
  }
}

function equals(column: string | undefined, value: unknown, bind: Bind): string {
  return column === undefined ? NOTHING : `${column} = ${bind(value)}`;
}

function isAmong(column: string | undefined, values: readonly unknown[], bind: Bind): string {
  return column === undefined ? NOTHING : `${column} = any(${bind(values)}::bytea[])`;
}

/** Rows may stand under any number that a person had: one's own, and those it replaced. */
function isOf(person: string, holders: string): string {
  return `${person} = any(array(select covered.person_id from ${holders} holder
    join person covered on covered.person_id = holder.person_id or covered.replaced_by = holder.person_id))`;
}

/** An organisation acts for an employer and a person for a person: neither for the other. */
function mandated({ mandateId, agent, right }: MandateGround, columns: GroundColumns, bind: Bind): string {
  const column = agent.kind === 'organization' ? columns.employer : columns.person;
  // Nothing may be bound that the statement does not hold.
  if (column === undefined) return NOTHING;
  const inForce = `from mandate_in_force m
    where m.mandate_id = ${bind(mandateId)}::uuid and ${bind(right)} = any(m.rights)`;
  if (agent.kind === 'organization') {
    return `${column} = any(array(select e.employer_id from employer e where e.enterprise_number in
      (select m.employer ${inForce} and m.agent_organization = ${bind(agent.organization)})))`;
  }
  return isOf(
    column,
    `(select coalesce(p.replaced_by, p.person_id) as person_id from person p where p.person_id in
      (select m.represented_person_id ${inForce} and exists (select from person a where a.person_id = m.agent_person_id
        and coalesce(a.replaced_by, a.person_id) = ${bind(agent.personId)}::uuid)))`,
  );
}

/** What a deliberation allows always names a status, an attestation type or a flow: a read of neither rests on none. */
function deliberated(ground: DeliberationGround, columns: GroundColumns, bind: Bind): string {
  const { person, status, attestationType, flow } = columns;
  if (person === undefined || (status ?? attestationType ?? flow) === undefined) return NOTHING;
  return `exists (select from deliberation_in_force d
    where d.deliberation_id = ${bind(ground.deliberationId)}::uuid and d.version = ${bind(ground.version)}
      and d.organization = ${bind(ground.organization)} and d.legal_context = ${bind(ground.legalContext)}
      ${allowing(columns)}
      and (d.municipalities is null or lives_within(${person}, d.municipalities))
      and (not d.own_dossiers or ${hasDossier('d', person)}))`;
}

/** What a deliberation must allow for what a read speaks of. */
function allowing({ status, attestationType, flow }: GroundColumns): string {
  return `${status === undefined ? '' : `and ${status} = any(d.statuses)`}
      ${attestationType === undefined ? '' : `and ${attestationType} = any(d.attestation_types)`}
      ${flow === undefined ? '' : `and ${flow.name} = any(d.flows) and ${flow.statuses} <@ d.statuses`}
      ${flow === undefined ? '' : `and ${flow.attributes} <@ d.attributes`}`;
}

/** A deliberation that a statement joins, and the condition under which it covers a row. */
export interface CoveringJoin {
  readonly join: string;
  readonly condition: string;
}

/** As `coveredBy`, for statements that read millions of rows: the deliberation is looked up once and joined as `d`. */
export function joinDeliberation(
  ground: DeliberationGround,
  columns: GroundColumns & Required<Pick<GroundColumns, 'person'>>,
  bind: Bind,
): CoveringJoin {
  const { person, status, attestationType, flow } = columns;
  if ((status ?? attestationType ?? flow) === undefined) return { join: '', condition: NOTHING };
  return {
    join: `join deliberation_in_force d on d.deliberation_id = ${bind(ground.deliberationId)}::uuid
      and d.version = ${bind(ground.version)} and d.organization = ${bind(ground.organization)}
      and d.legal_context = ${bind(ground.legalContext)} ${allowing(columns)}`,
    condition: `(d.municipalities is null or lives_within(${person}, d.municipalities))
      and (not d.own_dossiers or ${hasDossier('d', person)})`,
  };
}

/** The organisation of the deliberation registered, for it, a dossier of the person under any of their numbers. */
function hasDossier(deliberation: string, person: string): string {
  return `exists (select from dossier_in_force f join person filed on filed.person_id = f.person_id
    join person asked on asked.person_id = ${person}
    where f.organization = ${deliberation}.organization and f.deliberation_id = ${deliberation}.deliberation_id
      and coalesce(filed.replaced_by, filed.person_id) = coalesce(asked.replaced_by, asked.person_id))`;
}
