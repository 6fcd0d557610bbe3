/** What receivers want of flows. */
import type { FlowChoices } from '../domain/flow.ts';
import type { PageLanguage } from '../domain/language.ts';
import type { Connection } from './database.ts';

export interface FlowOrder {
  readonly orderId: string;
  readonly flow: string;
  readonly organization: string;
  readonly deliberationId: string;
  readonly choices: FlowChoices;
  /** DER. */
  readonly certificate: Buffer | null;
  readonly mail: string | null;
  readonly mailLanguage: PageLanguage | null;
  readonly putsDown: boolean;
  /** Client id. */
  readonly orderedBy: string;
  readonly orderedAt: Date;
  readonly endedAt: Date | null;
}

const ORDER = `order_id as "orderId", flow, organization, deliberation_id as "deliberationId", choices, certificate, mail,
  mail_language as "mailLanguage", puts_down as "putsDown", ordered_by as "orderedBy", ordered_at as "orderedAt",
  ended_at as "endedAt"`;

/** Keeps an order in place of the one before. */
export async function replaceOrder(
  connection: Connection,
  order: Omit<FlowOrder, 'orderedAt' | 'endedAt'>,
): Promise<void> {
  await endOrder(connection, order.flow, order.organization);
  await connection.query(
    `insert into flow_order (order_id, flow, organization, deliberation_id, choices, certificate, mail, mail_language,
       puts_down, ordered_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      order.orderId,
      order.flow,
      order.organization,
      order.deliberationId,
      JSON.stringify(order.choices),
      order.certificate,
      order.mail,
      order.mailLanguage,
      order.putsDown,
      order.orderedBy,
    ],
  );
}

/** Ends an order; false when there was none. */
export async function endOrder(connection: Connection, flow: string, organization: string): Promise<boolean> {
  const rows = await connection.query(
    `update flow_order set ended_at = clock_timestamp() where flow = $1 and organization = $2 and ended_at is null
     returning 1`,
    [flow, organization],
  );
  return rows.length > 0;
}

/** Finds what a receiver wants of a flow now. */
export async function findOrder(
  connection: Connection,
  flow: string,
  organization: string,
): Promise<FlowOrder | undefined> {
  const [row] = await connection.query<FlowOrder>(
    `select ${ORDER} from flow_order where flow = $1 and organization = $2 and ended_at is null`,
    [flow, organization],
  );
  return row;
}

/** Finds the order that a run was made for, which may have ended since. */
export async function findOrderById(connection: Connection, orderId: string): Promise<FlowOrder | undefined> {
  const [row] = await connection.query<FlowOrder>(`select ${ORDER} from flow_order where order_id = $1`, [
    orderId,
  ]);
  return row;
}

/** Lists what is ordered of some flows. */
export async function listOrders(connection: Connection, flows: readonly string[]): Promise<FlowOrder[]> {
  return connection.query<FlowOrder>(
    `select ${ORDER} from flow_order where flow = any($1) and ended_at is null order by order_id`,
    [flows],
  );
}
