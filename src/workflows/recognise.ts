/** Whether a declaration was sent before: by its own reference or key, else by its words as long as they still stand. */
import type { Connection } from '../database/database.ts';
import {
  type AnsweredDeclaration,
  findByBody,
  findByMessageKey,
  wasChangedSince,
} from '../database/declarations.ts';
import type { Declaration } from '../domain/declaration.ts';
import type { Services } from './services.ts';

/** How a resend is recognised: by the form's own reference, by the `Idempotency-Key`, or by the body alone. */
export type MessageKey =
  | { readonly kind: 'reference' | 'key'; readonly value: string }
  | { readonly kind: 'body' };

/** What of a declaration tells whether it was sent before. */
interface Sent {
  readonly sender: { readonly organization: string };
  readonly body: Buffer;
  readonly messageKey: MessageKey;
}

/** By what a resend is known again. */
export interface Mark {
  readonly key: string;
  readonly bodyHmac: Buffer;
}

/** Marks a declaration. Within an organisation the same mark means the same wish. */
export function markOf({ vault }: Pick<Services, 'vault'>, { sender, body, messageKey }: Sent): Mark {
  const bodyHmac = vault.message(`${sender.organization}\n${body.toString('utf8')}`);
  return { key: keyOf(vault, messageKey, bodyHmac), bodyHmac };
}

/** What is known of a declaration before it is judged; `first` was sent in the same words and no longer stands. */
export type Known =
  | { readonly kind: 'resend'; readonly first: AnsweredDeclaration }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'referenceReused' }
  | { readonly kind: 'new'; readonly first?: AnsweredDeclaration };

/** Tells what is known of a declaration by its mark. */
export async function recognise(
  connection: Connection,
  report: Omit<Sent, 'body'>,
  { key, bodyHmac }: Mark,
): Promise<Known> {
  const first = await findFirst(connection, report, key, bodyHmac);
  if (first === undefined) return { kind: 'new' };
  if (report.messageKey.kind === 'body')
    return { kind: (await isStillAnswered(connection, first)) ? 'resend' : 'new', first };
  if (first.bodyHmac.equals(bodyHmac)) return { kind: 'resend', first };
  return { kind: report.messageKey.kind === 'key' ? 'keyReused' : 'referenceReused' };
}

/** What a sender writes there is the sender's choice and may speak of a person, so only its keyed hash is kept. */
function keyOf(vault: Services['vault'], messageKey: MessageKey, bodyHmac: Buffer): string {
  const hmac = messageKey.kind === 'body' ? bodyHmac : vault.message(messageKey.value);
  return `${messageKey.kind}:${hmac.toString('hex')}`;
}

function findFirst(
  connection: Connection,
  report: Omit<Sent, 'body'>,
  key: string,
  bodyHmac: Buffer,
): Promise<AnsweredDeclaration | undefined> {
  const { organization } = report.sender;
  return report.messageKey.kind === 'body'
    ? findByBody(connection, organization, bodyHmac)
    : findByMessageKey(connection, organization, key);
}

/**
 * A body without key or reference may be a resend or a new wish in the same words. It is a resend as long as what the
 * first one did still stands; once its period was changed or cancelled, the same words ask for something new.
 */
async function isStillAnswered(connection: Connection, first: AnsweredDeclaration): Promise<boolean> {
  return first.result === 'S' || (first.periodId !== null && !(await wasChangedSince(connection, first)));
}

/** A form that carries the reference of another one, with other content, is refused as such (block 90082). */
export function asReuse(declaration: Declaration): Declaration {
  return { ...declaration, formAnomalies: [...declaration.formAnomalies, { code: '90082-006' }] };
}
