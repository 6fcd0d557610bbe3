/** The sentence end to end: declared, entitled, rendered, sealed, archived, published, read, verified. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { readMails } from '../../src/embedded/smtp/mails.ts';
import { type Client, createClient } from '../support/client.ts';
import { quaCancel, quaIn, quaUpdate, quaXml } from '../support/declarations.ts';
import { needsTool } from '../support/needs.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { opensslCades, pdfsig, qpdfCheck } from '../support/tools.ts';

describe('the main job', () => {
  let service: TestService;
  let client: Client;

  before(async () => {
    service = await startTestService();
    client = createClient(service);
    await client.load(registerFile());
  });
  after(() => service.stop());

  it('turns a file of declarations into one sealed attestation in the eBox, read and verified', async (t) => {
    const days = ['2020-09-07', '2020-09-08', '2020-09-10'];
    const answers = await client.declareFile(
      quaXml(days.map((day) => ({ ssin: demoSsin('lena'), day, reference: day }))),
    );
    assert.deepEqual(
      answers.map(({ result }) => result),
      ['A', 'A', 'A'],
    );
    await client.settled();
    const [message, ...others] = await client.inbox('lena');
    assert.ok(message);
    assert.deepEqual(others, []);
    assert.equal(message.readStatus, false);
    const pdf = await client.open('lena', message);
    assert.equal((await client.inbox('lena'))[0]?.readStatus, true);
    const report = await client.verify(pdf);
    assert.deepEqual([report.signature.indication, report.signature.level], ['TOTAL_PASSED', 'B-T']);
    assert.equal(report.status, 'valid');
    await checkWithTools(t, pdf);
  });

  it('tells the citizen once, by mail, and nothing of what it is', async () => {
    const mails = await readMails(join(service.dataDir, 'mails'));
    const toLena = mails.filter((mail) => mail.to.some(({ address }) => address === 'lena@example.org'));
    assert.equal(toLena.length, 1);
    const text = `${toLena[0]?.subject} ${toLena[0]?.text} ${toLena[0]?.html}`;
    assert.doesNotMatch(text, /quarantaine|quarantine|Vermeulen BV|88\.?03/i);
  });

  it('writes each document in the language chosen, else in that of the municipality', async () => {
    await client.declareFile(
      quaXml(
        ['amelie', 'lukasz', 'serban'].map((person) => ({
          ssin: demoSsin(person),
          day: '2021-01-11',
          reference: `L-${person}`,
        })),
      ),
    );
    await client.settled();
    const languages = await Promise.all(
      ['lena', 'amelie', 'lukasz', 'serban'].map(async (person) =>
        Object.keys((await client.inbox(person))[0]?.subject ?? {}),
      ),
    );
    assert.deepEqual(languages, [['nl'], ['fr'], ['de'], ['fr']]);
    const rows = await service.database.query<{ language: string; basis: string }>(
      `select distinct language, language_basis as basis from attestation order by language`,
    );
    assert.deepEqual(rows, [
      { language: 'de', basis: 'presumed' },
      { language: 'fr', basis: 'presumed' },
      { language: 'nl', basis: 'chosen' },
    ]);
  });

  it('supersedes the attestation when a day is moved, and says so at verification', async () => {
    const [before] = await client.inbox('amelie');
    assert.ok(before);
    const pdf = await client.open('amelie', before);
    const [period] = await periodsOf('2021-01-11', 'amelie');
    const answer = await client.declare(quaUpdate({ periodId: period ?? '', day: '2021-01-12' }));
    assert.equal(answer.result, 'W');
    await client.settled();
    const [newer] = await client.inbox('amelie');
    assert.equal(newer?.originalMessageId, before.messageId);
    assert.deepEqual(await verdict(pdf), ['TOTAL_PASSED', 'superseded']);
    assert.deepEqual(await verdict(await client.open('amelie', newer ?? before)), ['TOTAL_PASSED', 'valid']);
  });

  it('makes a new attestation for each month that an update leaves or joins', async () => {
    const [period] = await periodsOf('2021-01-11', 'lukasz');
    await client.declare(quaUpdate({ periodId: period ?? '', day: '2021-02-01' }));
    await client.settled();
    const states = await statesOf('lukasz');
    assert.deepEqual(states, ['2021-01 v1 revoked', '2021-02 v1 issued']);
  });

  it('shortens the attestation when one of its days is cancelled, and revokes it when the last one is', async () => {
    const periods = await periodsOf('2020-09', 'lena');
    const [message] = await client.inbox('lena');
    assert.ok(message);
    const pdf = await client.open('lena', message);
    await client.declare(quaCancel({ periodId: periods[0] ?? '' }));
    await client.settled();
    assert.deepEqual(await verdict(pdf), ['TOTAL_PASSED', 'superseded']);
    for (const periodId of periods.slice(1)) await client.declare(quaCancel({ periodId }));
    await client.settled();
    // Versions that the next cancellation overtook were never issued.
    const states = (await statesOf('lena')).filter((state) => !state.endsWith('withdrawn'));
    assert.match(states.at(-1) ?? '', /revoked$/);
    assert.ok(states.every((state) => !state.endsWith('issued')));
    const [last] = await client.inbox('lena');
    assert.deepEqual(await verdict(await client.open('lena', last ?? message)), ['TOTAL_PASSED', 'revoked']);
  });

  it('keeps other worker types and entitles nobody by them', async () => {
    const body = quaIn({ ssin: demoSsin('serban'), day: '2021-05-03', jointCommittee: '144' });
    const other = {
      ...body,
      dimonaIn: { ...body.dimonaIn, features: { jointCommissionNumber: '144', workerType: 'OTH' } },
    };
    const inboxBefore = await client.inbox('serban');
    const answer = await client.declare(other);
    assert.match(answer.result, /^[AW]$/);
    assert.ok(answer.periodId);
    await client.settled();
    assert.equal((await client.inbox('serban')).length, inboxBefore.length);
  });

  async function checkWithTools(t: Parameters<typeof needsTool>[0], pdf: Buffer): Promise<void> {
    if (!needsTool(t, 'pdfsig', 'certutil', 'openssl', 'qpdf')) return;
    const root = service.service.composition.parts.seal.readTrust();
    const { isValid, isTrusted, isWhole, output } = await pdfsig(pdf, root);
    assert.deepEqual(
      { isValid, isTrusted, isWhole },
      { isValid: true, isTrusted: true, isWhole: true },
      output,
    );
    const cades = await opensslCades(pdf, root);
    assert.equal(cades.exitCode, 0, cades.output);
    const structure = await qpdfCheck(pdf);
    assert.equal(structure.exitCode, 0, structure.output);
  }

  async function verdict(pdf: Buffer): Promise<[string, string]> {
    const report = await client.verify(pdf);
    return [report.signature.indication, report.status];
  }

  async function periodsOf(start: string, personId: string): Promise<string[]> {
    const rows = await service.database.query<{ id: string }>(
      `select period_id as id from dimona_period p join person using (person_id)
       where start_date::text like $1 and given_name = $2 order by start_date`,
      [`${start}%`, { lena: 'Lena', amelie: 'Amélie', lukasz: 'Łukasz', serban: 'Șerban' }[personId]],
    );
    return rows.map(({ id }) => id);
  }

  async function statesOf(personId: string): Promise<string[]> {
    const rows = await service.database.query<{ line: string }>(
      `select substring(case_id from 'month=(.*)$') || ' v' || version || ' ' || state as line
       from attestation join person using (person_id) where given_name = $1 order by case_id, version`,
      [{ lena: 'Lena', lukasz: 'Łukasz' }[personId]],
    );
    return rows.map(({ line }) => line);
  }
});
