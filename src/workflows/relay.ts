/** A message that another registry is to hold is published there: once, however often it has to be tried. */
import { openObject } from '../archive/envelope.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { type LeasedJob, queueJob } from '../database/jobs.ts';
import { insertReceipt } from '../database/messages.ts';
import { insertEvent } from '../database/outbox.ts';
import { findPerson } from '../database/persons.ts';
import {
  findRelay,
  markPublished,
  markTried,
  parkRelay,
  type RelayRow,
  withdrawRelay,
} from '../database/relays.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Ssin } from '../domain/ssin.ts';
import type { Publication } from '../ebox/relay.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { CitizenKey } from '../keys/vault.ts';
import { recordPublished } from './deliver.ts';
import { commitLease, type Lease } from './lease.ts';
import { type Published, type StepAfterAnswer, stepAfterAnswer, stepBeforeCall } from './relay-step.ts';
import type { Services } from './services.ts';

type PublishServices = Pick<
  Services,
  'database' | 'vault' | 'archive' | 'registry' | 'newId' | 'clock' | 'log'
>;

type PublishLease = Lease & Pick<LeasedJob, 'lane'>;

/**
 * Publishes one message and ends the job. The message id is the key of the publication, so whoever dies between the call
 * and its answer finds the first message on the next try. Throws `remoteUnavailable` while the registry is away or does
 * not accept who we are: that is no matter of the message.
 */
export async function relayMessage(
  services: PublishServices,
  lease: PublishLease,
  messageId: string,
): Promise<void> {
  const { database, archive, registry } = services;
  const claimed = await database.transaction((connection) => claim(services, connection, lease, messageId));
  if (claimed === undefined) return;
  await failpoint('relay.claimed');
  if (registry === undefined)
    throw new ServiceError('remoteUnavailable', 'no other registry is configured any more');
  const { row, citizenKey } = claimed;
  const pdf = openObject(await archive.fetch(row.objectKey), row.attestationId, citizenKey);
  const outcome = await registry.publish(toPublication(claimed, pdf));
  await failpoint('relay.sent');
  const step = stepAfterAnswer(outcome);
  if (step.kind === 'await')
    throw new ServiceError('remoteUnavailable', `the registry did not accept who we are: ${step.reason}`);
  await database.transaction(async (connection) => {
    await commitLease(connection, lease);
    await takeStep(services, connection, { claimed, step, lane: lease.lane });
  });
  await failpoint('relay.committed');
}

interface Claimed {
  readonly row: RelayRow;
  readonly recipientId: string;
  readonly recipient: Ssin;
  readonly citizenKey: CitizenKey;
}

async function claim(
  { vault }: PublishServices,
  connection: Connection,
  lease: Lease,
  messageId: string,
): Promise<Claimed | undefined> {
  const row = await findRelay(connection, messageId);
  if (row === undefined)
    throw new ServiceError('recordMissing', `publication ${messageId} is not in the register`);
  const person = await findPerson(connection, row.personId);
  const isErased = row.wrappedKey === null || person === undefined || person.erasedAt !== null;
  const step = stepBeforeCall(row, isErased);
  if (step !== 'publish' || row.wrappedKey === null || person === undefined) {
    await commitLease(connection, lease);
    if (step === 'withdraw') await withdrawRelay(connection, messageId);
    return undefined;
  }
  await markTried(connection, messageId);
  return {
    row,
    recipientId: person.personId,
    // The vault returns what loading put in: an SSIN that was checked then.
    recipient: vault.open(person.ssinCiphertext, 'ssin').toString('utf8') as Ssin,
    citizenKey: vault.openCitizenKey(row.citizenKeyId, row.wrappedKey),
  };
}

function toPublication({ row, recipient }: Claimed, pdf: Buffer): Publication {
  return {
    idempotencyKey: row.messageId,
    // The issuing institution's own, checked when the templates were read.
    sender: row.senderOrganizationId as EnterpriseNumber,
    recipient,
    subject: row.subject,
    language: row.language,
    messageTypeId: row.messageTypeId,
    senderApplicationId: row.senderApplicationId,
    fileName: row.fileName,
    isSigned: row.isSigned,
    pdf,
    sha256: row.sha256,
  };
}

interface Settled {
  readonly claimed: Claimed;
  readonly step: Exclude<StepAfterAnswer, { kind: 'await' }>;
  readonly lane: LeasedJob['lane'];
}

async function takeStep(
  services: PublishServices,
  connection: Connection,
  { claimed, step, lane }: Settled,
): Promise<void> {
  const { messageId } = claimed.row;
  switch (step.kind) {
    case 'keep':
      await keepPublished(services, connection, claimed, step.published);
      break;
    case 'park':
      await parkRelay(connection, messageId, step.refusal);
      // Once, however often an operator has it tried again.
      await insertReceipt(connection, {
        eventId: services.newId(),
        messageId,
        kind: 'refused',
        eventTime: services.clock(),
      });
      services.log.error({ messageId, refusal: step.refusal }, 'a publication needs an operator');
      break;
    case 'again': {
      const { delaySeconds } = step;
      await queueJob(connection, {
        lane,
        kind: 'relay',
        payload: { messageId },
        dedupeKey: messageId,
        delaySeconds,
      });
    }
  }
}

async function keepPublished(
  services: PublishServices,
  connection: Connection,
  { row, recipientId }: Claimed,
  outcome: Published,
): Promise<void> {
  const { messageId, personId } = row;
  const { registryMessageId, isDigitalUser } = outcome;
  const there = { registryMessageId, recipientId, isDigitalUser };
  if (!(await markPublished(connection, messageId, there))) return;
  const at = services.clock();
  const known = isDigitalUser === undefined ? {} : { isDigitalUser };
  await recordPublished(services, connection, { messageId, personId, at, ...known });
  await insertAuditEntry(connection, {
    actor: { kind: 'service', id: 'relay' },
    action: 'message.relay',
    ground: 'duty',
    personId: recipientId,
    object: messageId,
    digest: row.sha256,
  });
  await insertEvent(connection, { kind: 'messagePublished', messageId });
}
