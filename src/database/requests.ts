/** What agencies ask for, and the steps that followed. Rows are only added; the last step is the state of a request. */
import type { RequestState } from '../domain/access-request.ts';
import type { DataUse } from '../domain/deliberation.ts';
import { toUse, USE, USE_COLUMNS, type UseRow, useValues } from './data-use.ts';
import type { Connection } from './database.ts';
import type { RecordedBy } from './deliberations.ts';

export interface NewRequest extends DataUse {
  readonly requestId: string;
  readonly organization: string;
  /** Client id. */
  readonly askedBy: string;
  readonly messageKey: string;
  readonly bodyHmac: Buffer;
}

/** Keeps a request; one that was sent before is left as it is. Gives the request that counts. */
export async function keepRequest(
  connection: Connection,
  request: NewRequest,
): Promise<{ readonly requestId: string; readonly bodyHmac: Buffer; readonly isNew: boolean }> {
  const inserted = await connection.query(
    `insert into request (request_id, organization, asked_by, message_key, body_hmac, ${USE_COLUMNS})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (organization, message_key) do nothing returning request_id`,
    [
      request.requestId,
      request.organization,
      request.askedBy,
      request.messageKey,
      request.bodyHmac,
      ...useValues(request),
    ],
  );
  const [row] = await connection.query<{ requestId: string; bodyHmac: Buffer }>(
    `select request_id as "requestId", body_hmac as "bodyHmac" from request where organization = $1 and message_key = $2`,
    [request.organization, request.messageKey],
  );
  return { ...(row ?? request), isNew: inserted.length > 0 };
}

export interface RequestRow extends DataUse {
  readonly requestId: string;
  readonly organization: string;
  readonly askedAt: Date;
  readonly steps: readonly StepRow[];
}

export interface StepRow {
  readonly state: Exclude<RequestState, 'asked'>;
  readonly reasons: string | null;
  readonly deliberationId: string | null;
  readonly deliberationVersion: number | null;
  /** ISO 8601. */
  readonly takenAt: string;
}

const REQUEST = `select request_id as "requestId", organization, asked_at as "askedAt", ${USE},
    coalesce((select json_agg(json_build_object('state', s.state, 'reasons', s.reasons, 'deliberationId', s.deliberation_id,
        'deliberationVersion', s.deliberation_version, 'takenAt', s.taken_at) order by s.step)
      from request_step s where s.request_id = r.request_id), '[]') as steps
  from request r`;

type StoredRow = UseRow & Omit<RequestRow, keyof UseRow>;

/** Finds a request. `organization`: only one of that organisation. */
export async function findRequest(
  connection: Connection,
  organization: string | undefined,
  requestId: string,
): Promise<RequestRow | undefined> {
  const [row] = await connection.query<StoredRow>(
    `${REQUEST} where request_id = $1 and ($2::text is null or organization = $2)`,
    [requestId, organization ?? null],
  );
  return row && fromRow(row);
}

/** Lists requests, the newest first, of one organisation or of all. */
export async function listRequests(
  connection: Connection,
  organization: string | undefined,
  page: { readonly size: number; readonly before: string | undefined },
): Promise<RequestRow[]> {
  const rows = await connection.query<StoredRow>(
    `${REQUEST} where ($1::text is null or organization = $1) and ($2::uuid is null or request_id < $2)
     order by request_id desc limit $3`,
    [organization ?? null, page.before ?? null, page.size],
  );
  return rows.map(fromRow);
}

function fromRow(row: StoredRow): RequestRow {
  const { requestId, organization, askedAt, steps } = row;
  return { requestId, organization, askedAt, steps, ...toUse(row) };
}

/** Adds a step after those that a request has. */
export async function insertStep(
  connection: Connection,
  requestId: string,
  step: {
    readonly state: StepRow['state'];
    readonly reasons: string | undefined;
    readonly deliberation?: { readonly deliberationId: string; readonly version: number };
  },
  { by, organization }: RecordedBy,
): Promise<void> {
  await connection.query(
    `insert into request_step (request_id, step, state, reasons, deliberation_id, deliberation_version, taken_by,
       taken_by_organization)
     select $1, count(*) + 1, $2, $3, $4, $5, $6, $7 from request_step where request_id = $1`,
    [
      requestId,
      step.state,
      step.reasons ?? null,
      step.deliberation?.deliberationId ?? null,
      step.deliberation?.version ?? null,
      by,
      organization,
    ],
  );
}
