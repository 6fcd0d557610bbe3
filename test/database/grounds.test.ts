/** Every read of persons' data with every ground: the right one finds what is there, any other nothing, though the ids are right. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  consultHeld,
  findAskedPerson,
  findConsultable,
  findDocument,
  findHeld,
  listConsultable,
  listStandings,
} from '../../src/database/attestation-reads.ts';
import { markIssued } from '../../src/database/attestations.ts';
import { insertAuditEntry, listAuditEntries } from '../../src/database/audit.ts';
import { listReportRows } from '../../src/database/batch-rows.ts';
import type { Connection } from '../../src/database/database.ts';
import {
  answerForm,
  completeFile,
  findOwnFile,
  insertFile,
  listFileAnswers,
} from '../../src/database/declaration-files.ts';
import { findConsulted, insertAnswer } from '../../src/database/declarations.ts';
import { endDeliberation } from '../../src/database/deliberations.ts';
import { closeDossier, findDossier, keepDossier } from '../../src/database/dossiers.ts';
import {
  countBytes,
  countMessages,
  findInboxMessage,
  listAttachments,
  listContents,
  listMessages,
  setVisibility,
} from '../../src/database/inbox.ts';
import {
  findRepresentedEmployer,
  findRepresentedPerson,
  revokeMandate,
} from '../../src/database/mandates.ts';
import { insertAttachment, listSentMessages } from '../../src/database/messages.ts';
import { saveMunicipalityParts } from '../../src/database/municipality-parts.ts';
import { savePeriod } from '../../src/database/periods.ts';
import { replacePerson, saveDomicile } from '../../src/database/persons.ts';
import { insertContent } from '../../src/database/publications.ts';
import { askStatus, insertStatus } from '../../src/database/statuses.ts';
import type { DeliberationGround, Ground, MandateGround } from '../../src/domain/ground.ts';
import type { NisCode } from '../../src/domain/municipality.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { AGENCY, daysFromNow, enterprise, newDeliberation, newMandate } from '../support/grounds.ts';
import {
  type Citizen,
  fact,
  issuance,
  newAttestation,
  newDeclaration,
  newEmployer,
  newMessage,
  newPerson,
  period,
} from '../support/register.ts';

const DECLARANT = enterprise('1900045601');
const EMPLOYER = enterprise('0206731645');
const AGENT = enterprise('0474028805');
const SENDER = enterprise('1912345694');
const RECORDED = { by: 'issuer', organization: '1912345694' };
const NIS = '24062';

let test: TestDatabase;
const NOW = { date: undefined, knownAt: undefined };

const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

/** What there is to be read, all of one citizen. */
interface Written {
  readonly citizen: Citizen;
  /** A number that the citizen's replaced. */
  readonly former: Citizen;
  readonly parent: Citizen;
  readonly attestationId: string;
  readonly issued: ReturnType<typeof issuance>;
  readonly tokenHash: Buffer;
  readonly messageId: string;
  readonly declarationId: string;
  readonly fileId: string;
  readonly batchId: string;
}
let written: Written;
/** Grounds that let something be read, by name. */
let grounds: Readonly<Record<string, Ground>>;

before(async () => {
  test = await createTestDatabase();
  written = await run(write);
  grounds = await run((connection) => allow(connection, written));
});
after(() => test.drop());

async function write(connection: Connection): Promise<Written> {
  const [citizen, former, parent] = [
    await newPerson(connection),
    await newPerson(connection),
    await newPerson(connection),
  ];
  await replacePerson(connection, former.personId, citizen.personId);
  await saveDomicile(connection, citizen.personId, NIS, '2019-06-01');
  // Everything stands under the former number, as it would after a merger.
  const issued = issuance();
  const attestation = await newAttestation(connection, former);
  await markIssued(connection, attestation.attestationId, issued);
  const { messageId } = await newMessage(connection, attestation, { senderOrganizationId: SENDER });
  const attachment = { position: 1, isMainContent: true, isSigned: true, bytes: 1, sha256: randomBytes(32) };
  await insertAttachment(connection, messageId, {
    ...attachment,
    attachmentId: randomUUID(),
    fileName: 'a.pdf',
    mediaType: 'application/pdf',
  });
  const content = { messageId, citizenKeyId: former.citizenKeyId, content: randomBytes(30) };
  await insertContent(connection, content);
  const employerId = await newEmployer(connection, EMPLOYER);
  const worked = period(former.personId, employerId);
  await savePeriod(connection, worked);
  const { declarationId } = await newDeclaration(connection, { senderOrganization: DECLARANT });
  const impact = { features: { workerType: 'QUA' } };
  const answer = { result: 'A', anomalies: [], period: { periodId: worked.periodId, impact } } as const;
  await insertAnswer(connection, declarationId, answer);
  const [fileId, batchId] = [randomUUID(), randomUUID()];
  await insertFile(connection, { fileId, senderOrganization: DECLARANT, senderClient: 'payroll' });
  await completeFile(connection, fileId, 1);
  await answerForm(connection, fileId, 1, declarationId);
  await connection.query(
    `insert into batch (batch_id, organization, submitted_by, form, file_name, state, runs_at_once, row_count)
     values ($1, $2, 'payroll', 'csv', '\\x00', 'checking', false, 1)`,
    [batchId, DECLARANT],
  );
  await connection.query(`insert into batch_row (batch_id, row_number, body) values ($1, 1, '\\x00')`, [
    batchId,
  ]);
  await insertStatus(connection, randomUUID(), fact(former.personId, { employerId }));
  await insertAuditEntry(connection, {
    actor: { kind: 'anonymous', id: 'holder' },
    action: 'attestation.verify',
    ground: 'holder',
    personId: former.personId,
  });
  const { attestationId, tokenHash } = attestation;
  return {
    citizen,
    former,
    parent,
    attestationId,
    issued,
    tokenHash,
    messageId,
    declarationId,
    fileId,
    batchId,
  };
}

async function allow(connection: Connection, { citizen, parent, issued, tokenHash }: Written) {
  const { personId } = parent;
  const forPerson = {
    kind: 'parent',
    agentPersonId: personId,
    representedPersonId: citizen.personId,
  } as const;
  const forEmployer = { kind: 'employer', agent: AGENT, employer: EMPLOYER } as const;
  const agent = { kind: 'organization', organization: AGENT } as const;
  const mandateOf = (mandateId: string, right: 'inbox' | 'accesses'): Ground => ({
    kind: 'mandate',
    mandateId,
    agent: { kind: 'person', personId },
    right,
  });
  const ofPerson = await newMandate(connection, forPerson);
  const ofEmployer = await newMandate(connection, forEmployer);
  return {
    own: { kind: 'ownData', personId: citizen.personId },
    parent: mandateOf(ofPerson, 'inbox'),
    agent: { kind: 'mandate', mandateId: ofEmployer, agent, right: 'consult' },
    deliberation: await newDeliberation(connection, { municipalities: [NIS] }),
    declarant: { kind: 'declarant', organization: DECLARANT },
    sender: { kind: 'sender', organization: SENDER },
    source: { kind: 'source', organization: DECLARANT },
    document: { kind: 'holder', held: { kind: 'pdf', sha256: issued.pdfSha256 } },
    code: { kind: 'holder', held: { kind: 'code', sha256: tokenHash } },
  } satisfies Record<string, Ground>;
}

type Read = (connection: Connection, ground: Ground) => Promise<unknown>;
const page = { size: 10, before: undefined };

/** Each read with ids that are right, and the grounds that cover what it reads. */
const READS: Readonly<Record<string, readonly [Read, readonly string[]]>> = {
  listMessages: [(c, g) => listMessages(c, g, {}, { size: 10, offset: 0 }), ['own', 'parent']],
  countMessages: [async (c, g) => (await countMessages(c, g, {})).total || undefined, ['own', 'parent']],
  findInboxMessage: [(c, g) => findInboxMessage(c, g, written.messageId), ['own', 'parent']],
  countBytes: [async (c, g) => (await countBytes(c, g)) || undefined, ['own', 'parent']],
  listContents: [(c, g) => listContents(c, g, [written.messageId]), ['own', 'parent']],
  setVisibility: [
    (c, g) => setVisibility(c, g, [{ messageId: written.messageId, isVisible: true }]),
    // By a mandate no workflow does it.
    ['own', 'parent'],
  ],
  listAttachments: [(c, g) => listAttachments(c, g, [written.messageId]), ['own', 'parent']],
  listStandings: [(c, g) => listStandings(c, g, [written.attestationId]), ['own', 'parent']],
  findDocument: [(c, g) => findDocument(c, g, written.attestationId), ['own', 'parent']],
  listAuditEntries: [(c, g) => listAuditEntries(c, { ground: g }, page), ['own', 'parent']],
  listSentMessages: [(c, g) => listSentMessages(c, g, [written.messageId]), ['sender']],
  findHeld: [findHeld, ['document', 'code']],
  consultHeld: [
    (c, g) =>
      consultHeld(c, g, {
        actor: { kind: 'anonymous', id: 'holder' },
        action: 'attestation.verify',
        ground: 'holder',
      }),
    ['document', 'code'],
  ],
  findConsulted: [(c, g) => findConsulted(c, g, written.declarationId), ['agent', 'declarant']],
  findOwnFile: [(c, g) => findOwnFile(c, g, written.fileId), ['declarant']],
  listFileAnswers: [(c, g) => listFileAnswers(c, g, written.fileId, 0, 10), ['agent', 'declarant']],
  listReportRows: [(c, g) => listReportRows(c, g, written.batchId, { after: 0, limit: 10 }), ['declarant']],
  askStatus: [(c, g) => askStatus(c, g, [written.citizen.ssinHmac], 'quarantine', NOW), ['deliberation']],
  findAskedPerson: [(c, g) => findAskedPerson(c, g, [written.former], 'quarantine'), ['deliberation']],
  listConsultable: [
    (c, g) => listConsultable(c, g, written.citizen.personId, 'quarantine', page),
    // Not read on these grounds by any workflow, but theirs all the same.
    ['own', 'parent', 'deliberation'],
  ],
  findConsultable: [
    (c, g) => findConsultable(c, g, written.attestationId),
    ['own', 'parent', 'deliberation'],
  ],
  findRepresentedEmployer: [(c, g) => findRepresentedEmployer(c, g as MandateGround), ['agent']],
};
/** `findAskedPerson` names a person to whoever may ask for one's own. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  findAskedPerson: ['own', 'parent'],
  askStatus: ['own', 'parent'],
};

const isFound = (found: unknown) => (Array.isArray(found) ? found.length > 0 : found !== undefined);

describe('a read of persons’ data', () => {
  for (const [name, [read, covering]] of Object.entries(READS)) {
    it(`${name} finds on its own grounds, and nothing on any other`, async () => {
      const found: string[] = [];
      for (const [kind, ground] of Object.entries(grounds))
        if (isFound(await run((connection) => read(connection, ground)))) found.push(kind);
      assert.deepEqual(found.sort(), [...covering, ...(ALSO[name] ?? [])].sort());
    });

    it(`${name} finds nothing when its ground is altered in any part`, async () => {
      const altered = [...covering, ...(ALSO[name] ?? [])].flatMap((kind) => alterations(grounds[kind]));
      assert.ok(altered.length > 0);
      for (const [what, ground] of altered) {
        const found = await run((connection) => read(connection, ground));
        assert.equal(isFound(found), false, `${name} found with ${what}`);
      }
    });
  }
});

/** Each part of a ground changed to something else that exists, or that nobody has. */
function alterations(ground: Ground | undefined): (readonly [string, Ground])[] {
  switch (ground?.kind) {
    case 'ownData':
      return [
        ['somebody else', { ...ground, personId: written.parent.personId }],
        ['nobody', { ...ground, personId: randomUUID() }],
      ];
    case 'mandate': {
      const other: MandateGround = {
        ...ground,
        agent: { kind: 'person', personId: written.former.personId },
      };
      return [
        ['another mandate', { ...ground, mandateId: randomUUID() }],
        ['a right not given', { ...ground, right: 'declareNothing' as never }],
        ['another agent', other],
        [
          'an agent of the other kind',
          { ...ground, agent: { kind: 'organization', organization: DECLARANT } },
        ],
      ];
    }
    case 'deliberation':
      return [
        ['another deliberation', { ...ground, deliberationId: randomUUID() }],
        ['another version', { ...ground, version: 2 }],
        ['another organisation', { ...ground, organization: DECLARANT }],
        ['another purpose', { ...ground, legalContext: 'CITY:OTHER' }],
      ];
    case 'declarant':
      return [['another organisation', { ...ground, organization: AGENT }]];
    case 'sender':
    case 'source':
      return [['another organisation', { ...ground, organization: AGENT }]];
    case 'holder':
      return [['other bytes', { ...ground, held: { kind: 'pdf', sha256: randomBytes(32) } }]];
    case undefined:
      return [];
  }
}

describe('a deliberation covers nothing', () => {
  const asks = async (ground: DeliberationGround) => ({
    status: await run((c) => askStatus(c, ground, [written.citizen.ssinHmac], 'quarantine', NOW)),
    attestations: await run((c) => listConsultable(c, ground, written.citizen.personId, 'quarantine', page)),
  });
  const nothing = { status: [], attestations: [] };
  const cases: Readonly<Record<string, Parameters<typeof newDeliberation>[1]>> = {
    'before its first day': { validFrom: daysFromNow(1), validUntil: daysFromNow(9) },
    'after its last day': { validFrom: daysFromNow(-9), validUntil: daysFromNow(-1) },
    'of other statuses and types': { statuses: ['other'], attestationTypes: ['other'] },
    'of persons who live elsewhere': { municipalities: ['11002'] },
  };
  for (const [when, changes] of Object.entries(cases))
    it(when, async () =>
      assert.deepEqual(await asks(await run((c) => newDeliberation(c, changes))), nothing),
    );

  it('once it was ended', async () => {
    const ground = await run((c) => newDeliberation(c));
    assert.equal((await asks(ground)).status.length, 1);
    await run((c) => endDeliberation(c, ground.deliberationId, 'withdrawn', RECORDED));
    assert.deepEqual(await asks(ground), nothing);
  });

  it('by a version once the next one has begun, and by the next one before', async () => {
    const ground = await run((c) => newDeliberation(c));
    const { deliberationId } = ground;
    const later = { validFrom: daysFromNow(1) };
    const second = await run((c) => newDeliberation(c, later, { deliberationId, version: 2 }));
    assert.equal((await asks(ground)).status.length, 1);
    assert.deepEqual(await asks(second), nothing);
    const third = await run((c) => newDeliberation(c, {}, { deliberationId, version: 3 }));
    assert.deepEqual(await asks(ground), nothing);
    assert.equal((await asks(third)).attestations.length, 1);
  });

  it('of whom no domicile is known, where it is for municipalities', async () => {
    const ground = grounds.deliberation as DeliberationGround;
    const hmacs = [written.parent.ssinHmac, written.citizen.ssinHmac, randomBytes(32)];
    const rows = await run((c) => askStatus(c, ground, hmacs, 'quarantine', NOW));
    assert.deepEqual(
      rows.map(({ position }) => position),
      [1],
    );
  });

  it('of a person who moved away', async () => {
    const mover = await run((c) => newPerson(c));
    const ask = () =>
      run((c) => askStatus(c, grounds.deliberation as Ground, [mover.ssinHmac], 'quarantine', NOW));
    await run((c) => saveDomicile(c, mover.personId, NIS, '2020-01-01'));
    await run((c) => saveDomicile(c, mover.personId, '11002', daysFromNow(1)));
    assert.equal((await ask()).length, 1);
    await run((c) => saveDomicile(c, mover.personId, '11002', daysFromNow(0)));
    assert.deepEqual(await ask(), []);
  });
});

describe('a deliberation for municipalities', () => {
  const [OLD, LOST, NEW, TAKEN, TAKER] = ['23023', '23024', '23106', '11007', '11002'];
  const since = daysFromNow(-100);
  before(() =>
    run((c) =>
      saveMunicipalityParts(c, [
        ...[OLD, LOST].map((part) => ({ nisCode: NEW as NisCode, part: part as NisCode, since })),
        ...[TAKEN, TAKER].map((part) => ({ nisCode: TAKER as NisCode, part: part as NisCode, since })),
      ]),
    ),
  );
  /** Whether somebody is covered who lived at each of these from a day on. */
  const covers = (municipalities: string[], ...lived: (readonly [string, LocalDate])[]) =>
    run(async (c) => {
      const one = await newPerson(c);
      for (const [nisCode, from] of lived) await saveDomicile(c, one.personId, nisCode, from);
      const ground = await newDeliberation(c, { municipalities });
      const rows = await askStatus(c, ground, [one.ssinHmac], 'quarantine', {
        date: undefined,
        knownAt: undefined,
      });
      return rows.length > 0;
    });
  const early = daysFromNow(-1000);

  it('covers who lives in what became part of one that it names', async () => {
    assert.equal(await covers([NEW], [OLD, early]), true);
    assert.equal(await covers([TAKER], [TAKEN, early]), true);
  });

  it('goes on covering whom a merger gave another municipality, and nobody who moved there', async () => {
    assert.equal(await covers([OLD], [OLD, early], [NEW, since]), true);
    assert.equal(await covers([TAKEN], [TAKEN, early], [TAKER, since]), true);
    assert.equal(await covers([OLD], [LOST, early], [NEW, since]), false);
    assert.equal(await covers([OLD], [OLD, early], [NEW, daysFromNow(-50)]), false);
    assert.equal(await covers([TAKEN], [TAKER, early]), false);
  });

  it('covers all of a municipality when it names each of its parts', async () => {
    assert.equal(await covers([OLD, LOST], [NEW, daysFromNow(-50)]), true);
    assert.equal(await covers([TAKEN], [TAKER, daysFromNow(-50)]), false);
  });
});

describe('a deliberation for own dossiers', () => {
  const dossierId = randomUUID();
  const open = {
    organization: enterprise(AGENCY),
    personId: '',
    registeredBy: 'payroll',
    validUntil: undefined,
  };
  const asks = (ground: DeliberationGround) =>
    run((c) =>
      askStatus(c, ground, [written.citizen.ssinHmac], 'quarantine', { date: undefined, knownAt: undefined }),
    );

  it('covers whoever has one under any of their numbers, from its first day until it is closed', async () => {
    const ground = await run((c) => newDeliberation(c, { ownDossiers: true }));
    const { deliberationId } = ground;
    assert.deepEqual(await asks(ground), []);
    const mine = { ...open, dossierId, deliberationId, personId: written.former.personId };
    const kept = await run((c) => keepDossier(c, { ...mine, validFrom: daysFromNow(0) }));
    assert.deepEqual(kept, { dossierId, isNew: true });
    assert.equal((await asks(ground)).length, 1);
    const again = await run((c) =>
      keepDossier(c, { ...mine, dossierId: randomUUID(), validFrom: daysFromNow(3) }),
    );
    assert.deepEqual(again, { dossierId, isNew: false });
    assert.equal(await run((c) => closeDossier(c, dossierId, 'payroll')), true);
    assert.equal(await run((c) => closeDossier(c, dossierId, 'payroll')), false);
    assert.deepEqual(await asks(ground), []);
    assert.equal(await run((c) => findDossier(c, enterprise(DECLARANT), dossierId)), undefined);
  });

  it('covers nobody by a dossier of another organisation, for another deliberation, to come, or past', async () => {
    const ground = await run((c) => newDeliberation(c, { ownDossiers: true }));
    const { deliberationId } = ground;
    const { personId } = written.citizen;
    const start = { validFrom: daysFromNow(0), personId, deliberationId };
    const others = [
      { ...open, ...start, organization: DECLARANT },
      { ...open, ...start, deliberationId: randomUUID() },
      { ...open, ...start, personId: written.parent.personId },
      { ...open, ...start, validFrom: daysFromNow(-9), validUntil: daysFromNow(-1) },
    ];
    for (const one of others) await run((c) => keepDossier(c, { ...one, dossierId: randomUUID() }));
    assert.deepEqual(await asks(ground), []);
  });
});

describe('a mandate covers nothing', () => {
  const represented = async (changes: Parameters<typeof newMandate>[2], revoke = false) =>
    run(async (c) => {
      const parties = {
        kind: 'administrator',
        agentPersonId: written.parent.personId,
        representedPersonId: written.citizen.personId,
      } as const;
      const mandateId = await newMandate(c, parties, changes);
      if (revoke) await revokeMandate(c, mandateId, 'no longer', RECORDED);
      const agent = { kind: 'person', personId: written.parent.personId } as const;
      const ground = { kind: 'mandate', mandateId, agent, right: 'inbox' } as const;
      return [
        await findRepresentedPerson(c, ground),
        (await findInboxMessage(c, ground, written.messageId))?.messageId,
      ];
    });

  it('unless it is in force and gives the right', async () => {
    assert.deepEqual(await represented({}), [written.citizen.personId, written.messageId]);
    const none = [undefined, undefined];
    assert.deepEqual(await represented({ validFrom: daysFromNow(1) }), none);
    assert.deepEqual(await represented({ validUntil: daysFromNow(-1) }), none);
    assert.deepEqual(await represented({ rights: ['accesses'] }), none);
    assert.deepEqual(await represented({}, true), none);
  });
});
