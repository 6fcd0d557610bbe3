/** What the matrix is about: things of two citizens, two employers and two agencies, and the marks that give each away. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { registerFile } from '../../../src/cli/demo-input.ts';
import { writeOfflineCode } from '../../../src/code/offline-code.ts';
import { codeOf, typedCodeFor } from '../../../src/workflows/prepare.ts';
import type { Reader } from '../../../src/workflows/read.ts';
import { listShares, shareAttestation } from '../../../src/workflows/share.ts';
import { settled, until } from '../../support/client.ts';
import { quaIn, quaXml } from '../../support/declarations.ts';
import { claims } from '../../support/offline.ts';
import { demoSsin, type TestService } from '../../support/service.ts';
import { linesOf } from '../scene.ts';
import { type Caller, PARTIES, type Party } from './callers.ts';
import { makeFlowRuns } from './flow-runs.ts';
import { writeForm } from './form.ts';
import { makeGrounds, makeMandates } from './grounds.ts';
import { makeHeld } from './held.ts';
import { letterForm } from './letters.ts';
import { type Marks, readMarks } from './marks.ts';
import { makeSubscriptions } from './subscriptions.ts';
import type { PageCaller } from './visitors.ts';
import type { Answered, Asked, Wire } from './wire.ts';

/**
 * Whose a thing is: a party's, nobody's as there is no such thing or as its parts belong to two, or that of a name which
 * cannot be one.
 */
export type Owner = Party | 'nobody' | 'mixed' | 'malformed';

/** Something that a route is asked about. */
export interface Thing {
  readonly owner: Owner;
  readonly id: string;
  /** The second id of an address, or the second field of a body. */
  readonly second?: string;
  readonly bytes?: Buffer;
}

export const THINGS = [
  'declaration',
  'dimonaFile',
  'batch',
  'waitingBatch',
  'pageBatch',
  'upload',
  'droppedUpload',
  'registerFile',
  'heldReport',
  'heldDelivery',
  'message',
  'attachment',
  'letter',
  'printItem',
  'period',
  'leaf',
  'person',
  'document',
  'code',
  'typed',
  'share',
  'shareCode',
  'scan',
  'report',
  'dataRequest',
  'openRequest',
  'undecidedRequest',
  'deliberation',
  'changedDeliberation',
  'endedDeliberation',
  'dossier',
  'closedDossier',
  'dossierGround',
  'mandate',
  'revokedMandate',
  'consulted',
  'subscription',
  'endedSubscription',
  'delivery',
  'flowRun',
] as const;

export type ThingKind = (typeof THINGS)[number];

export interface World {
  readonly things: Readonly<Record<ThingKind, readonly Thing[]>>;
  readonly marks: Marks;
  /** Who acts for others, and who tries to. */
  readonly acting: readonly Caller[];
}

const FARM = '1900012343';
export const CSV_HEADER = 'reference;ssin;date;enterpriseNumber;jointCommittee';
export const csvOf = (reference: string, ssin: string, date: string): string =>
  `${CSV_HEADER}\r\n${reference};${ssin};${date};${FARM};145\r\n`;

/** Fills a service and gives what there is in it. */
export async function makeWorld(
  service: TestService,
  wire: Wire,
  callers: readonly Caller[],
): Promise<World> {
  const ask = askerOf(wire, callers);
  const load = (party: Party, records: string) =>
    ask(party, 'register:report', '/register/v1/files', 'application/x-ndjson', records);
  const registerFiles = [
    thing('source', await load('source', registerFile())),
    thing('agencyB', await load('agencyB', employers())),
  ];
  const declare = (party: Party, person: string, day: string) =>
    ask(
      party,
      'dimona:declare',
      '/dimona/v2/declarations',
      'application/json',
      JSON.stringify(quaIn({ ssin: demoSsin(person), day, enterpriseNumber: PARTIES[party].number })),
    );
  const declarations = [
    thing('employerA', await declare('employerA', 'lukasz', '2020-09-01')),
    thing('employerB', await declare('employerB', 'amelie', '2020-09-03')),
  ];
  const sendFile = (party: Party, person: string, day: string) =>
    ask(
      party,
      'dimona:declare',
      '/dimona/v2/files',
      'application/xml',
      quaXml([{ ssin: demoSsin(person), day, enterpriseNumber: PARTIES[party].number, reference: day }]),
    );
  const files = [
    thing('employerA', await sendFile('employerA', 'lukasz', '2020-10-01')),
    thing('employerB', await sendFile('employerB', 'amelie', '2020-10-02')),
  ];
  // Of a person whom the matrix does not look for: whoever tries to cancel them has business with that person.
  await declare('employerA', 'lena', '2021-03-03');
  await declare('employerB', 'lena', '2021-03-04');
  const submit = (party: Party, person: string, day: string, dryRun: boolean) =>
    ask(
      party,
      'batches:submit',
      `/batches/v1/batches?dryRun=${dryRun}`,
      'text/csv',
      csvOf(`${party}-row`, demoSsin(person), day),
    );
  const batches = [
    thing('agencyA', await submit('agencyA', 'lukasz', '2020-11-02', false)),
    thing('agencyB', await submit('agencyB', 'amelie', '2020-11-03', false)),
    thing('institution', await submit('institution', 'serban', '2020-11-04', false)),
  ];
  const waiting = [
    thing('agencyA', await submit('agencyA', 'lukasz', '2020-12-01', true)),
    thing('agencyB', await submit('agencyB', 'amelie', '2020-12-02', true)),
  ];
  const pageBatches = [
    thing('agencyA', await submit('agencyA', 'lukasz', '2021-01-04', true)),
    thing('institution', await submit('institution', 'serban', '2021-01-05', true)),
  ];
  await settled(service);
  const rest = await findRest(service, wire, callers);
  const write = (party: 'lukasz' | 'amelie') => {
    const { type, body } = letterForm(3, demoSsin(party));
    return ask('institution', 'ebox:publish', '/ebox/citizen/v3/ebox/messages', type, body);
  };
  const letters = [thing('lukasz', await write('lukasz')), thing('amelie', await write('amelie'))];
  const { subscription, endedSubscription, delivery } = await makeSubscriptions(service);
  const withOthers = (things: readonly Thing[]) => [...things, nobodys(), malformed()];
  const things = {
    declaration: withOthers(declarations),
    dimonaFile: withOthers(files),
    batch: withOthers(batches),
    waitingBatch: withOthers(waiting),
    pageBatch: withOthers(pageBatches),
    upload: withOthers(await openUploads(ask)),
    droppedUpload: withOthers(await openUploads(ask)),
    registerFile: withOthers(registerFiles),
    letter: withOthers(letters),
    ...rest,
    subscription: withOthers(subscription),
    endedSubscription: withOthers(endedSubscription),
    delivery,
    ...(await makeFlowRuns(service)),
    ...(await makeHeld(ask)),
    ...(await makeGrounds(ask, service)),
  };
  const acting = await makeMandates(ask, callers);
  return { things, marks: await readMarks(service, things), acting };
}

/** Files that two agencies begin to send. */
async function openUploads(ask: Asker): Promise<readonly Thing[]> {
  const open = (party: Party) => ask(party, 'batches:submit', '/batches/v1/uploads', 'text/plain', '');
  return [thing('agencyA', await open('agencyA')), thing('agencyB', await open('agencyB'))];
}

/** Has two citizens verify their documents in their browsers, which keep the reports. */
export async function keepReports(
  world: World,
  wire: Wire,
  visitors: readonly PageCaller[],
  origin: string,
): Promise<World> {
  const report: Thing[] = [];
  for (const { owner, bytes } of world.things.document.filter((one) => one.owner !== 'nobody')) {
    const visitor = visitors.find(({ person }) => person === owner);
    assert.ok(visitor !== undefined && bytes !== undefined);
    const form = writeForm('file', { file: { name: 'own.pdf', bytes } }, visitor.csrfToken);
    const headers = {
      Origin: origin,
      Cookie: visitor.cookie ?? '',
      'Content-Type': form.type,
    };
    const answer = await wire.ask({ method: 'POST', path: '/verify', headers, body: form.body });
    const { location = '' } = answer.headers;
    report.push({ owner, id: new URL(location, origin).searchParams.get('check') ?? '' });
  }
  assert.ok(report.every(({ id }) => id !== ''));
  return { ...world, things: { ...world.things, report: [...report, nobodys(), malformed()] } };
}

/** The address that an answer leads to ends with the id of what was made. */
function thing(owner: Owner, made: Answered): Thing {
  return { owner, id: made.headers.location?.split('/').at(-1) ?? '' };
}

const nobodys = (): Thing => ({ owner: 'nobody', id: randomUUID() });
const malformed = (): Thing => ({ owner: 'malformed', id: 'not-a-uuid' });

function employers(): string {
  const { employerA, employerB } = PARTIES;
  return linesOf([
    { enterpriseNumber: employerA.number, name: 'Alfa Fruit NV' },
    { enterpriseNumber: employerB.number, name: 'Bravo Serres SA' },
  ]);
}

/** Sends what a party has to send, and takes nothing but success for an answer. */
export type Asker = (
  party: Party,
  scope: string,
  path: string,
  type: string,
  body: string,
) => Promise<Answered>;

function askerOf(wire: Wire, callers: readonly Caller[]): Asker {
  return async (party, scope, path, type, body) => {
    const caller = callers.find(({ state, party: who }) => state === 'right' && who === party);
    const headers = { Authorization: caller?.authorization(scope) ?? '', 'Content-Type': type };
    const asked: Asked = { method: 'POST', path, headers, body };
    const answer = await wire.ask(asked);
    assert.ok(answer.status < 300, `${path} was answered with ${answer.status}: ${answer.text}`);
    return answer;
  };
}

/** What came of it: messages, documents and their codes, periods, and leaves of the evidence log. */
async function findRest(service: TestService, wire: Wire, callers: readonly Caller[]) {
  const citizens = ['lukasz', 'amelie'] as const;
  const boxes = await Promise.all(citizens.map((person) => openBox(service, wire, callers, person)));
  const [lukaszBox, amelieBox] = boxes;
  assert.ok(lukaszBox !== undefined && amelieBox !== undefined);
  const message = citizens.map((owner, at): Thing => {
    const { messageId = '', receivedAt } = boxes[at] ?? {};
    return { owner, id: messageId, ...(receivedAt && { second: receivedAt.toISOString() }) };
  });
  // One of the institution's messages is to be printed.
  await service.database.query(
    `insert into print_item (message_id, person_id, reason)
     select message_id, person_id, 'unused' from message where message_id = $1`,
    [lukaszBox.messageId],
  );
  const attachment = citizens.map(
    (owner, at): Thing => ({ owner, id: boxes[at]?.messageId ?? '', second: boxes[at]?.attachmentId ?? '' }),
  );
  return {
    message: [...message, nobodys(), malformed()],
    printItem: [{ owner: 'institution', id: lukaszBox.messageId } as const, nobodys(), malformed()],
    attachment: [
      ...attachment,
      // A message of one's own leads to no attachment of somebody else's.
      { owner: 'mixed', id: lukaszBox.messageId, second: amelieBox.attachmentId },
      { owner: 'mixed', id: amelieBox.messageId, second: lukaszBox.attachmentId },
      { ...nobodys(), second: randomUUID() },
      { owner: 'malformed', id: lukaszBox.messageId, second: 'not-a-uuid' },
    ] as const,
    document: [
      ...citizens.map((owner, at): Thing => ({ owner, id: owner, bytes: boxes[at]?.pdf ?? Buffer.alloc(0) })),
      { owner: 'nobody', id: 'none', bytes: Buffer.from('%PDF-1.7 of nobody') },
    ] as const,
    code: [
      ...citizens.map((owner, at): Thing => ({ owner, id: boxes[at]?.code ?? '' })),
      { owner: 'nobody', id: 'AAAAAAAAAAAAAAAAAAAAAA' },
    ] as const,
    typed: [
      ...citizens.map((owner, at): Thing => {
        const { number = '', typedCode = '' } = boxes[at] ?? {};
        return { owner, id: number, second: typedCode };
      }),
      { owner: 'nobody', id: lukaszBox.number, second: amelieBox.typedCode },
      { owner: 'nobody', id: NUMBER_OF_NOBODY, second: amelieBox.typedCode },
    ] as const,
    share: [
      ...citizens.map((owner, at): Thing => {
        const { messageId = '', ended } = boxes[at] ?? {};
        return { owner, id: messageId, second: ended?.shareId ?? '' };
      }),
      { ...nobodys(), second: randomUUID() },
      { owner: 'malformed', id: lukaszBox.messageId, second: 'not-a-uuid' },
    ] as const,
    shareCode: [
      ...citizens.map((owner, at): Thing => ({ owner, id: boxes[at]?.kept?.code ?? '' })),
      { owner: 'nobody', id: 'AAAAAAAAAAAAAAAAAAAAAA' },
    ] as const,
    scan: citizens.map((owner, at): Thing => ({ owner, id: boxes[at]?.offline ?? '' })),
    report: [],
    person: [
      ...citizens.map((owner): Thing => ({ owner, id: demoSsin(owner) })),
      { owner: 'nobody', id: PARTIES.stranger.number },
      { owner: 'malformed', id: '88031499800' },
    ] as const,
    period: await findPeriods(service),
    leaf: await findLeaves(service),
  };
}

async function openBox(
  service: TestService,
  wire: Wire,
  callers: readonly Caller[],
  person: 'lukasz' | 'amelie',
) {
  const caller = callers.find(({ state, party }) => state === 'right' && party === person);
  const headers = { Authorization: caller?.authorization('ebox:consult') ?? '' };
  const get = (path: string) => wire.ask({ method: 'GET', path, headers });
  const [newest] = JSON.parse((await get('/ebox/citizen/v2/ebox/messages')).text).items;
  const [attachment] = newest.attachments.items;
  const { pathname } = new URL(attachment.contentHref);
  const response = await fetch(`${service.url}${pathname}`, { headers });
  const [row] = await service.database.query<Issued>(
    `select attestation_id as "attestationId", attestation.person_id as "personId", number, status_list as list,
       status_index as index, message.received_at as "receivedAt"
     from message join attestation using (attestation_id) where message.message_id = $1`,
    [newest.messageId],
  );
  assert.ok(row !== undefined);
  const { services } = service.service.composition;
  const { vault, codeSigner, catalogue } = services;
  const reader = ownReader(row.personId);
  // One that its maker ends, and one that stays.
  for (const days of [7, 30] as const) await shareAttestation(services, reader, newest.messageId, days);
  const [kept, ended] = await listShares(services, reader, newest.messageId);
  const { number, list, index, receivedAt } = row;
  const printed = claims({ issuer: catalogue.issuer.enterpriseNumber, number, status: { list, index } });
  return {
    messageId: newest.messageId as string,
    receivedAt,
    attachmentId: attachment.attachmentId as string,
    pdf: Buffer.from(await response.arrayBuffer()),
    code: codeOf(vault, row.attestationId),
    number,
    typedCode: typedCodeFor(vault, number),
    kept,
    ended,
    offline: await writeOfflineCode(printed, codeSigner),
  };
}

function ownReader(personId: string): Reader {
  const ground = { kind: 'ownData', personId } as const;
  return { actor: { kind: 'person', id: personId }, ground, subjectId: personId };
}

interface Issued {
  readonly personId: string;
  readonly attestationId: string;
  readonly number: string;
  readonly list: number;
  readonly index: number;
  readonly receivedAt: Date;
}

/** The right number with a code that is another's, and a number that nobody has: both are wrong in the same way. */
const NUMBER_OF_NOBODY = 'QUA-2026-00999999-08';

/** The periods that are there to be cancelled, by whoever tries. */
async function findPeriods({ database }: TestService): Promise<readonly Thing[]> {
  const rows = await database.query<{ id: string; sender: string }>(
    `select period_id as id, declared_by as sender from dimona_period
     where start_date between '2021-03-01' and '2021-03-31' order by start_date`,
  );
  assert.equal(rows.length, 2);
  return rows.map(({ id, sender }) => ({ owner: partyOf(sender), id }));
}

/** One entry of the evidence log for each employer, once a sealed head covers it. */
async function findLeaves({ database }: TestService): Promise<readonly Thing[]> {
  const list = () =>
    database.query<{ id: string; sender: string }>(
      `select min(audit_entry_id)::text as id, actor_organization as sender from audit_entry
       join evidence_leaf on kind = 'audit' and record_id = audit_entry_id::text
       where actor_organization = any ($1) and person_id is not null
         and leaf_index < (select max(size) from log_head)
       group by actor_organization`,
      [[PARTIES.employerA.number, PARTIES.employerB.number]],
    );
  const rows = await until(list, ({ length }) => length === 2);
  return [
    ...rows.map(({ id, sender }): Thing => ({ owner: partyOf(sender), id: `audit.${id}` })),
    { owner: 'nobody', id: 'audit.999999999' },
    { owner: 'malformed', id: 'diary.1' },
  ];
}

function partyOf(organization: string): Party {
  const found = (Object.keys(PARTIES) as Party[]).find((party) => PARTIES[party].number === organization);
  assert.ok(found !== undefined);
  return found;
}
