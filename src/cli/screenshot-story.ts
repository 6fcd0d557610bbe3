/** What happens before pages are photographed: attestations of each state, a forged file, a message that was shared. */
import { type DemoClient, type InboxMessage, until } from './demo-client.ts';
import { cancel, DECLARATIONS, quarantineOf, registerFile, update } from './demo-input.ts';

/** Files and messages that pages show. */
export interface Story {
  readonly genuine: Buffer;
  readonly superseded: Buffer;
  readonly revoked: Buffer;
  readonly forged: Buffer;
  /** Of Lena: the newest message, and the one that it replaced. */
  readonly newest: string;
  readonly former: string;
  /** Of Łukasz: its attestation was withdrawn. */
  readonly withdrawn: string;
  /** The declaration that was refused, for two reasons. */
  readonly refused: string;
}

/** Whose officials look at the desk, as the register of enterprises names them. */
const AGENCIES = [
  { enterpriseNumber: '1900080144', name: 'Stad Voorbeeld' },
  { enterpriseNumber: '1900045601', name: 'Sociaal Secretariaat Voorbeeld VZW' },
];

/** Declares and reads what the pages need. */
export async function tellStory(client: DemoClient): Promise<Story> {
  await client.load(registerFile());
  await client.load(AGENCIES.map((agency) => `${JSON.stringify(agency)}\n`).join(''));
  const lena = await client.declare(quarantineOf('lena', '2021-03-01'));
  const former = await newestOf(client, 'lena', 1);
  const superseded = await client.open('lena', former);
  await client.declare(update(lena.periodId ?? 0, '2021-03-03'));
  const newest = await newestOf(client, 'lena', 2);
  const genuine = await client.open('lena', newest);
  const lukasz = await client.declare(quarantineOf('lukasz', '2021-03-02'));
  const withdrawn = await newestOf(client, 'lukasz', 1);
  const revoked = await client.open('lukasz', withdrawn);
  await client.declare(cancel(lukasz.periodId ?? 0));
  await until(
    'the withdrawal',
    () => client.verify(revoked),
    ({ status }) => status === 'revoked',
  );
  const refused = await client.declare(DECLARATIONS.wrongDays);
  return {
    genuine,
    superseded,
    revoked,
    forged: forge(genuine),
    newest: newest.messageId,
    former: former.messageId,
    withdrawn: withdrawn.messageId,
    refused: refused.declarationId,
  };
}

async function newestOf(client: DemoClient, personId: string, count: number): Promise<InboxMessage> {
  const [newest] = await until(
    `message ${count} of ${personId}`,
    () => client.inbox(personId),
    (messages) => messages.length >= count,
  );
  if (newest === undefined) throw new RangeError(`${personId} has no message`);
  return newest;
}

/** The same file with one bit of its content turned over. */
function forge(pdf: Buffer): Buffer {
  const forged = Buffer.from(pdf);
  const at = Math.floor(pdf.length / 4);
  forged.writeUInt8(forged.readUInt8(at) ^ 1, at);
  return forged;
}
