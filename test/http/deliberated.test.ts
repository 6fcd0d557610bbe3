/** Statuses and attestations on deliberations: what each lets an agency see, and that nothing is told unwritten. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { endDeliberation } from '../../src/database/deliberations.ts';
import type { Deliberation } from '../../src/domain/deliberation.ts';
import type { DeliberationGround } from '../../src/domain/ground.ts';
import { daysFromNow, newDeliberation } from '../support/grounds.ts';
import { demoSsin } from '../support/service.ts';
import { type Scene, ssinFrom, startScene } from './scene.ts';

const STATUSES = '/register/v1/statuses/query';
const ATTESTATIONS = '/attestations/v1/attestations';

let scene: Scene;
let city: string;
let reader: string;
let attestationId: string;
const lena = demoSsin('lena');
const stranger = ssinFrom('750322996');

before(async () => {
  scene = await startScene();
  city = await scene.service.clientToken('city', 'register:query');
  reader = await scene.service.clientToken('city', 'attestations:consult');
  await scene.declareDays('lena', ['2020-09-01', '2020-09-02']);
  const [row] = await scene.service.database.query<{ id: string }>(
    `select attestation_id as id from attestation where state = 'issued'`,
  );
  attestationId = row?.id ?? '';
});
after(() => scene.stop());

function record(changes: Partial<Deliberation> = {}): Promise<DeliberationGround> {
  return scene.service.database.database.transaction((connection) => newDeliberation(connection, changes));
}

function named({ deliberationId, legalContext }: DeliberationGround) {
  return { deliberationId, legalContext };
}

function askStatus(ground: DeliberationGround, changes: object = {}, token = city) {
  const body = { ...named(ground), status: 'quarantine', date: '2020-09-01', ssins: [lena], ...changes };
  return scene.api.call('post', STATUSES, { token, body });
}

function askAttestations(ground: DeliberationGround, changes: object = {}, token = reader) {
  const body = { ...named(ground), ssin: lena, type: 'quarantine', ...changes };
  return scene.api.call('post', `${ATTESTATIONS}/query`, { token, body });
}

function getAttestation(ground: DeliberationGround, id = attestationId, token = reader) {
  const query = new URLSearchParams(named(ground)).toString();
  return scene.api.get(`${ATTESTATIONS}/${id}?${query}`, token);
}

/** Where Lena lives, as the register has it. */
async function domicileOfLena(): Promise<string> {
  const [row] = await scene.service.database.query<{ nis: string }>(
    `select nis_code as nis from domicile join person using (person_id) where given_name = 'Lena'`,
  );
  return row?.nis ?? assert.fail('Lena lives nowhere');
}

/** What the evidence log gained by a call that rests on a deliberation. */
async function entriesOf(call: () => Promise<unknown>) {
  const [last] = await scene.service.database.query<{ id: string }>(
    'select coalesce(max(audit_entry_id), 0) as id from audit_entry',
  );
  await call();
  return scene.service.database.query<Record<string, string>>(
    `select action, ground, ground_id as "groundId", purpose, given_name as person, object, actor_organization as organization
     from audit_entry left join person using (person_id) where audit_entry_id > $1 order by audit_entry_id`,
    [last?.id],
  );
}

describe('POST /register/v1/statuses/query', () => {
  it('says yes or no at a date, and nothing else', async () => {
    const ground = await record();
    const on = async (date?: string) => (await askStatus(ground, { date })).body.items;
    assert.deepEqual(await on('2020-09-02'), [{ ssin: lena, hasStatus: true, date: '2020-09-02' }]);
    assert.deepEqual(await on('2020-09-03'), [{ ssin: lena, hasStatus: false, date: '2020-09-03' }]);
    assert.deepEqual(await on(), [{ ssin: lena, hasStatus: false, date: daysFromNow(0) }]);
  });

  it('leaves out who is not covered as it leaves out who is not there', async () => {
    const everybody = await record();
    const { body } = await askStatus(everybody, { ssins: [stranger, lena, demoSsin('amelie')] });
    assert.deepEqual(
      body.items.map(({ ssin }: { ssin: string }) => ssin),
      [lena, demoSsin('amelie')],
    );
    const inhabitants = await record({ municipalities: [await domicileOfLena()] });
    assert.equal((await askStatus(inhabitants)).body.items.length, 1);
    const elsewhere = await record({ municipalities: ['99999'] });
    const answers = await Promise.all([askStatus(elsewhere), askStatus(elsewhere, { ssins: [stranger] })]);
    assert.deepEqual(
      answers.map(({ status, bytes }) => `${status} ${bytes.toString('utf8')}`),
      ['200 {"items":[]}', '200 {"items":[]}'],
    );
  });

  it('is refused with the same words without a deliberation that allows it', async () => {
    const good = await record();
    const ended = await record();
    await scene.service.database.database.transaction((connection) =>
      endDeliberation(connection, ended.deliberationId, 'withdrawn', { by: 'a', organization: 'b' }),
    );
    const issuer = await record({ organization: '1912345694' });
    const refused = [
      await askStatus({ ...good, deliberationId: '01935b1e-7c00-7000-8000-000000000001' }),
      await askStatus({ ...good, legalContext: 'CITY:OTHER' }),
      await askStatus(issuer),
      await askStatus(ended),
      await askStatus(await record({ validFrom: daysFromNow(-9), validUntil: daysFromNow(-1) })),
      await askStatus(await record({ validFrom: daysFromNow(1) })),
      await askStatus(await record({ statuses: ['other'] })),
      await askStatus(good, { status: 'other' }),
    ];
    for (const { status, body } of refused) {
      assert.deepEqual([status, body.type], [403, 'urn:problem-type:belgif:missingPermission']);
      assert.equal(body.detail, 'No deliberation allows this');
    }
    assert.equal((await askStatus(good)).status, 200);
  });

  it('is in evidence for each person told of, with deliberation, version and purpose', async () => {
    const ground = await record();
    const ssins = [lena, demoSsin('amelie'), stranger];
    const entries = await entriesOf(() => askStatus(ground, { ssins }));
    const common = {
      action: 'status.query',
      ground: 'deliberation',
      groundId: `${ground.deliberationId}/1`,
      purpose: 'CITY:SUPPORT_GRANT',
      object: 'quarantine 2020-09-01',
      organization: '1900080144',
    };
    const byPerson = entries.sort((one, other) => ((one.person ?? '') < (other.person ?? '') ? 1 : -1));
    assert.deepEqual(byPerson, [
      { ...common, person: 'Lena' },
      { ...common, person: byPerson[1]?.person },
    ]);
  });

  it('is shown to the citizen with the number of the decision and its purpose', async () => {
    const ground = await record({ number: '21/045' });
    await askStatus(ground);
    const token = await scene.service.personToken('lena');
    const { body } = await scene.api.get('/myData/v1/accesses?pageSize=1', token);
    const [access] = body.items;
    assert.deepEqual(access.deliberation, {
      deliberationId: ground.deliberationId,
      version: 1,
      number: '21/045',
    });
    assert.equal(access.organization.enterpriseNumber, '1900080144');
    assert.match(access.why.nl, /^Gemeentelijke steun – beraadslaging van het .* 21\/045$/);
    const csv = await scene.api.get('/myData/v1/accesses/report?lang=fr', token);
    assert.match(csv.bytes.toString('utf8'), /Aide communale – délibération/);
  });

  it('refuses what is no SSIN without repeating it', async () => {
    const { status, body } = await askStatus(await record(), { ssins: [lena, '75032200100'] });
    assert.equal(status, 400);
    assert.equal(body.issues[0].name, 'ssins[1]');
    assert.ok(!JSON.stringify(body).includes('75032200100'));
  });
});

describe('POST /attestations/v1/attestations/query', () => {
  it('lists attestations with the facts that the deliberation names, and no others', async () => {
    const [newest] = (await askAttestations(await record())).body.items;
    const facts = { month: '2020-09', numberOfDays: 2 };
    assert.deepEqual(newest, { attestationId, type: 'quarantine', state: 'issued', facts });
    const all = ['number', 'issuedOn', 'holder', 'employer', 'date', 'jointCommittee'];
    const [first] = (await askAttestations(await record({ attributes: all }))).body.items;
    assert.match(first.number, /^QUA-/);
    assert.ok(first.issuedAt);
    assert.deepEqual(first.facts.holder, { familyName: 'Vermeulen', givenName: 'Lena' });
    assert.deepEqual(Object.keys(first.facts.days[0]).sort(), ['date', 'jointCommittee']);
    const [none] = (await askAttestations(await record({ attributes: [] }))).body.items;
    assert.deepEqual(Object.keys(none).sort(), ['attestationId', 'facts', 'state', 'type']);
    assert.deepEqual(none.facts, {});
  });

  it('is empty for who is not covered as for who is not there', async () => {
    const elsewhere = await record({ municipalities: ['99999'] });
    for (const ssin of [lena, stranger])
      assert.equal((await askAttestations(elsewhere, { ssin })).bytes.toString('utf8'), '{"items":[]}');
  });

  it('goes from page to page', async () => {
    await scene.declareDays('lena', ['2020-10-01', '2020-11-02']);
    const ground = await record();
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const { body } = await askAttestations(ground, { pageSize: 1, cursor });
      seen.push(...body.items.map((item: { attestationId: string }) => item.attestationId));
      cursor = body.nextCursor;
      if (cursor === undefined) break;
    }
    const { body } = await askAttestations(ground);
    assert.deepEqual(
      seen,
      body.items.map((item: { attestationId: string }) => item.attestationId),
    );
    assert.ok(seen.length >= 3);
  });

  it('is refused for a type that the deliberation does not name', async () => {
    assert.equal((await askAttestations(await record(), { type: 'other' })).status, 403);
    assert.equal((await askAttestations(await record({ attestationTypes: [] }))).status, 403);
  });
});

describe('GET /attestations/v1/attestations/{attestationId}', () => {
  it('gives the facts that the deliberation names, and stands in evidence', async () => {
    const ground = await record({ attributes: ['month'] });
    const entries = await entriesOf(async () => {
      const { status, body } = await getAttestation(ground);
      assert.deepEqual([status, body.attestationId, body.facts], [200, attestationId, { month: '2020-09' }]);
    });
    assert.deepEqual(
      entries.map(({ action, groundId, person, object }) => [action, groundId, person, object]),
      [['attestation.consult', `${ground.deliberationId}/1`, 'Lena', attestationId]],
    );
  });

  it('is not there without a ground that covers it', async () => {
    const good = await record();
    const missing = await getAttestation(good, '01935b1e-7c00-7000-8000-000000000001');
    const refused = [
      await getAttestation({ ...good, deliberationId: '01935b1e-7c00-7000-8000-000000000001' }),
      await getAttestation({ ...good, legalContext: 'CITY:OTHER' }),
      await getAttestation(await record({ organization: '1912345694' })),
      await getAttestation(await record({ attestationTypes: ['other'] })),
      await getAttestation(await record({ municipalities: ['99999'] })),
      await getAttestation(await record({ validUntil: daysFromNow(-1) })),
    ];
    const wordsOf = ({ status, body }: typeof missing) => [status, { ...body, instance: '' }];
    for (const one of refused) assert.deepEqual(wordsOf(one), wordsOf(missing));
    assert.equal(missing.status, 404);
    const issuer = await scene.service.clientToken('issuer', 'attestations:consult');
    assert.equal((await getAttestation(good, attestationId, issuer)).status, 404);
  });

  it('shows no attestation that was never issued', async () => {
    const ground = await record();
    await scene.service.database.query(
      `insert into attestation (attestation_id, case_id, version, type, type_version, person_id, state, fingerprint, facts,
         citizen_key_id, language, language_basis, number, token_hash, object_key, message_id, prepared_at)
       select gen_random_uuid(), 'prepared', 1, type, type_version, person_id, 'prepared', 'x', facts, citizen_key_id, language,
         language_basis, 'X', decode(repeat('00', 32), 'hex'), 'x', gen_random_uuid(), prepared_at
       from attestation where attestation_id = $1`,
      [attestationId],
    );
    const [row] = await scene.service.database.query<{ id: string }>(
      `select attestation_id as id from attestation where case_id = 'prepared'`,
    );
    assert.equal((await getAttestation(ground, row?.id)).status, 404);
    const { body } = await askAttestations(ground);
    assert.ok(!JSON.stringify(body).includes(row?.id ?? ''));
  });
});

describe('when evidence cannot be written', () => {
  before(() =>
    scene.service.database.query(
      `create function refuse_entry() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
     create trigger refused before insert on audit_entry for each row execute function refuse_entry()`,
    ),
  );
  after(() => scene.service.database.query('drop trigger refused on audit_entry'));

  it('nothing is told', async () => {
    const ground = await record();
    for (const answer of [
      await askStatus(ground),
      await askAttestations(ground),
      await getAttestation(ground),
    ]) {
      assert.equal(answer.status, 500);
      assert.doesNotMatch(answer.bytes.toString('utf8'), /hasStatus|2020-09|attestationId/);
    }
  });
});

describe('/access/v1/dossiers', () => {
  let manager: string;
  before(async () => {
    manager = await scene.service.clientToken('city', 'access:manage');
  });
  const register = (ground: DeliberationGround, changes: object = {}, token = manager) => {
    const body = { ...named(ground), ssin: lena, validFrom: daysFromNow(0), ...changes };
    return scene.api.call('post', '/access/v1/dossiers', { token, body });
  };
  const covered = async (ground: DeliberationGround) => (await askStatus(ground)).body.items.length;
  const pathOf = ({ headers }: { readonly headers: Readonly<Record<string, string | undefined>> }) =>
    new URL(headers.location ?? assert.fail('no Location')).pathname;

  it('lets a deliberation for own dossiers cover who is in one, until it is closed', async () => {
    const ground = await record({ ownDossiers: true });
    assert.equal(await covered(ground), 0);
    const entries = await entriesOf(() => register(ground));
    assert.deepEqual(
      entries.map(({ action, groundId, purpose, person }) => ({ action, groundId, purpose, person })),
      [
        {
          action: 'dossier.register',
          groundId: `${ground.deliberationId}/1`,
          purpose: 'CITY:SUPPORT_GRANT',
          person: 'Lena',
        },
      ],
    );
    const again = await register(ground);
    assert.equal(again.status, 201);
    assert.equal(await covered(ground), 1);
    const path = pathOf(again);
    const { body } = await scene.api.get(path, manager);
    assert.deepEqual([body.state, body.validFrom], ['inForce', daysFromNow(0)]);
    assert.ok(!JSON.stringify(body).includes(lena));
    const close = () => scene.api.call('post', `${path}/closure`, { token: manager });
    assert.equal((await close()).status, 204);
    assert.equal((await close()).status, 409);
    assert.equal((await scene.api.get(path, manager)).body.state, 'closed');
    assert.equal(await covered(ground), 0);
  });

  it('takes none without such a deliberation, nor of nobody, nor with its end before its start', async () => {
    const ground = await record({ ownDossiers: true });
    for (const other of [await record(), { ...ground, legalContext: 'CITY:OTHER' }])
      assert.equal((await register(other)).status, 403);
    const issuer = await scene.service.clientToken('issuer', 'access:manage');
    assert.equal((await register(ground, {}, issuer)).status, 403);
    const issues = async (changes: object) => {
      const { status, body } = await register(ground, changes);
      return [status, body.issues?.[0]?.name];
    };
    assert.deepEqual(await issues({ ssin: stranger }), [400, 'ssin']);
    assert.deepEqual(await issues({ validUntil: daysFromNow(-1) }), [400, 'validUntil']);
    const { status } = await scene.api.get(pathOf(await register(ground)), issuer);
    assert.equal(status, 404);
  });

  it('knows which municipalities merged', async () => {
    const [row] = await scene.service.database.query(
      `select count(*)::int as parts from municipality_part where nis_code = '23106'`,
    );
    assert.deepEqual(row, { parts: 3 });
  });
});
