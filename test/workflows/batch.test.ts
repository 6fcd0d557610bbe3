/** A batch from its file to the outcome of each row: checked, run, counted as rows end, and never twice. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { lockName } from '../../src/database/locks.ts';
import type { BatchForm } from '../../src/domain/batch.ts';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import {
  approveBatch,
  type BatchRow,
  consultBatch,
  listBatches,
  listRows,
  writeRejects,
  writeReport,
} from '../../src/workflows/batch-consult.ts';
import { consultFaults } from '../../src/workflows/batch-faults.ts';
import { type AgencyAccess, submitBatch } from '../../src/workflows/batch-submit.ts';
import type { Services } from '../../src/workflows/services.ts';
import { type Client, createClient, until } from '../support/client.ts';
import { quaIn, quaXml } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

const HEADER = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
const FARM = '1900012343';
const AGENCY: AgencyAccess = {
  actor: { kind: 'client', id: 'payroll', organization: '1900045601' },
  organization: '1900045601',
};

describe('a batch', () => {
  let service: TestService;
  let services: Services;
  let client: Client;

  before(async () => {
    service = await startTestService();
    services = service.service.composition.services;
    client = createClient(service);
    await client.load(registerFile());
  });
  after(() => service.stop());

  const csv = (rows: readonly (readonly string[])[]) => writeCsv(HEADER, rows);
  const day = (date: string, person = 'lena', reference = date) => [
    reference,
    demoSsin(person),
    date,
    FARM,
    '145',
  ];

  async function submit(
    file: string,
    runsAtOnce: boolean,
    form: BatchForm = 'csv',
    fileName = `days.${form}`,
  ): Promise<string> {
    const options = { form, fileName, runsAtOnce };
    return submitBatch(
      services,
      AGENCY,
      options,
      (async function* () {
        yield Buffer.from(file);
      })(),
    );
  }

  async function reach(batchId: string, state: BatchRow['state']): Promise<BatchRow> {
    const batch = await until(
      () => consultBatch(services, AGENCY, batchId),
      (found) => found?.state === state,
    );
    assert.ok(batch);
    return batch;
  }

  async function outcomes(batch: BatchRow): Promise<string[]> {
    const rows = await listRows(services, AGENCY, batch, { after: 0, limit: 500 });
    return rows.map((row) => `${row.reference} ${row.outcome} ${(row.anomalies ?? []).join(' ')}`.trim());
  }

  async function text(stream: AsyncGenerator<string>): Promise<string> {
    let written = '';
    for await (const piece of stream) written += piece;
    return written;
  }

  it('is checked with every error of every row, changes nothing by that, and runs once it is approved', async () => {
    const rows = [
      day('2021-03-01'),
      day('2021-03-02'),
      day('2021-03-02', 'lena', 'double'),
      ['bad', '81022903534', '2020-08-20', '0212345678', '302'],
      ['unknown', '85122499755', '2021-03-03', FARM, '145'],
    ];
    const checked = await reach(await submit(csv(rows), false), 'checked');
    assert.deepEqual(
      [checked.progress.rows, checked.checked, checked.progress.faulty, checked.progress.ended],
      [5, 5, 2, 0],
    );
    assert.deepEqual(await outcomes(checked), [
      '2021-03-01 null 90373-460',
      '2021-03-02 null 90373-460',
      'double null 90373-333 90373-460',
      'bad null 00014-003 00024-003 00655-005 90374-349',
      'unknown null 90373-460',
    ]);
    assert.deepEqual(await service.database.query('select count(*)::int as n from declaration'), [{ n: 0 }]);
    const rejects = await text(writeRejects(services, AGENCY, checked));
    assert.equal(rejects.split('\r\n').length - 2, 2, 'both faulty rows, in the form of the file');
    assert.match(rejects, /^\ufeffreference;ssin;date;/);
    assert.equal(await approveBatch(services, AGENCY, checked.batchId), true);
    assert.equal(await approveBatch(services, AGENCY, checked.batchId), false, 'it is started once');
    const done = await reach(checked.batchId, 'done');
    assert.deepEqual(done.progress.outcomes, {
      issued: 2,
      unchanged: 0,
      refused: 2,
      waiting: 1,
      notEntitled: 0,
      cancelled: 0,
    });
    const report = await text(writeReport(services, AGENCY, done));
    assert.equal(report.match(/;issued;/g)?.length, 2);
    assert.match(report, /QUA-\d{4}-\d{8}-\d{2}/);
  });

  describe('when rows are at odds with one another', () => {
    /** Checks a file, runs it, and gives what was foretold and what came of it, row by row. */
    async function foretoldAndDone(file: string, form: BatchForm = 'csv') {
      const checked = await reach(await submit(file, false, form), 'checked');
      const foretold = (await outcomes(checked)).map((row) => row.replace(' null', ''));
      await approveBatch(services, AGENCY, checked.batchId);
      const done = await reach(checked.batchId, 'done');
      assert.equal(done.progress.outcomes.refused, checked.progress.faulty);
      const shown = await listRows(services, AGENCY, done, { after: 0, limit: 500 });
      return {
        foretold,
        run: shown.map((row) => `${row.reference} ${(row.anomalies ?? []).join(' ')}`.trim()),
        outcomes: shown.map(({ outcome }) => outcome),
      };
    }

    it('takes the same row twice for one, as its run does', async () => {
      const rows = [day('2021-11-01'), day('2021-11-01'), day('2021-11-02'), day('2021-11-01')];
      const { foretold, run, outcomes: ends } = await foretoldAndDone(csv(rows));
      assert.deepEqual(run, foretold);
      assert.deepEqual(new Set(ends), new Set(['issued']));
    });

    it('takes a day twice for an error, in each row after the first and in their copies', async () => {
      const other = day('2021-11-03', 'lena', 'other');
      const rows = [day('2021-11-03'), other, day('2021-11-03'), other];
      const { foretold, run, outcomes: ends } = await foretoldAndDone(csv(rows));
      assert.deepEqual(run, foretold);
      assert.deepEqual(ends, ['issued', 'refused', 'issued', 'refused']);
    });

    it('takes no day for a row that is refused itself, or that waits for its worker', async () => {
      const bad = ['bad', demoSsin('lena'), '2021-11-04', FARM, '302'];
      const stranger = (reference: string) => [reference, '85122499755', '2021-11-04', FARM, '145'];
      const rows = [bad, day('2021-11-04'), stranger('a'), stranger('b')];
      const { foretold, run, outcomes: ends } = await foretoldAndDone(csv(rows));
      assert.deepEqual(run, foretold);
      assert.deepEqual(ends, ['refused', 'issued', 'waiting', 'waiting']);
    });

    it('takes a reference twice with other words for an error', async () => {
      const form = { ssin: demoSsin('lena'), day: '2021-11-05', reference: 'Y-1' };
      const forms = quaXml([form, form, { ...form, day: '2021-11-06' }]);
      const { foretold, run, outcomes: ends } = await foretoldAndDone(forms, 'dimonaXml');
      assert.deepEqual(run, foretold);
      assert.deepEqual(ends, ['issued', 'issued', 'refused']);
    });
  });

  it('issues one attestation for all days of a month, and the same file again issues nothing', async () => {
    const rows = Array.from({ length: 20 }, (_, index) =>
      day(`2021-04-${String(index + 1).padStart(2, '0')}`, 'lukasz'),
    );
    const first = await reach(await submit(csv(rows), true), 'done');
    assert.equal(first.progress.outcomes.issued, 20);
    const count = () =>
      service.database.query(
        `select (select count(*)::int from attestation where issued_at is not null) as issued,
           (select count(*)::int from declaration) as declarations, (select count(*)::int from message) as messages`,
      );
    const earlier = await count();
    const live = await service.database.query(
      `select version from attestation where state = 'issued' and case_id like '%2021-04%'`,
    );
    assert.equal(live.length, 1);
    const again = await reach(await submit(csv(rows), true), 'done');
    assert.deepEqual(again.progress.outcomes, {
      issued: 0,
      unchanged: 20,
      refused: 0,
      waiting: 0,
      notEntitled: 0,
      cancelled: 0,
    });
    assert.deepEqual(await count(), earlier);
  });

  it('submitted twice at once leads to one attestation and ends every row of both', async () => {
    const rows = Array.from({ length: 30 }, (_, index) =>
      day(`2021-05-${String(index + 1).padStart(2, '0')}`, 'amelie'),
    );
    const ids = await Promise.all([submit(csv(rows), true), submit(csv(rows), true)]);
    for (const id of ids) {
      const done = await reach(id, 'done');
      assert.equal(done.progress.outcomes.issued + done.progress.outcomes.unchanged, 30);
    }
    const live = await service.database.query(
      `select from attestation where state = 'issued' and case_id like '%2021-05%'`,
    );
    assert.equal(live.length, 1);
  });

  it('takes a Dimona file, and gives back its refused forms as one', async () => {
    const forms = quaXml([
      { ssin: demoSsin('serban'), day: '2021-06-01', reference: 'X-1' },
      { ssin: demoSsin('serban'), day: '2021-06-02', reference: 'X-2', jointCommittee: '302' },
    ]);
    const done = await reach(await submit(forms, true, 'dimonaXml'), 'done');
    assert.deepEqual(await outcomes(done), ['X-1 issued', 'X-2 refused 90374-349']);
    const rejects = await text(writeRejects(services, AGENCY, done));
    assert.match(rejects, /<Dimona[^>]*>\s*<Form>.*X-2.*<\/Form>\s*<\/Dimona>/s);
    assert.doesNotMatch(rejects, /X-1/);
  });

  describe('while another row of its chunk cannot go on', () => {
    it('never makes a single declaration wait', async () => {
      const people = Array.from({ length: 30 }, (_, index) => ssinOf(index));
      const records = people.map((ssin, index) =>
        JSON.stringify({ ssin, familyName: 'Maes', givenName: `Nr ${index}`, language: 'nl' }),
      );
      await client.load(`${records.join('\n')}\n`);
      const [held] = await service.database.query<{ name: string }>(
        `select 'worker/' || person_id as name from person where given_name = 'Nr 7'`,
      );
      const rows = people.map((ssin, index) => [`P-${index}`, ssin, '2021-07-01', FARM, '145']);
      // The lock of one worker holds up the whole chunk, as long as the single declaration takes.
      const batchId = await service.database.database.transaction(async (connection) => {
        await lockName(connection, held?.name ?? '');
        const submitted = await submit(csv(rows), true);
        await reach(submitted, 'running');
        await client.declare(quaIn({ ssin: demoSsin('serban'), day: '2021-07-02', enterpriseNumber: FARM }));
        await until(
          () =>
            service.database.query(
              `select from attestation a join person p using (person_id) where state = 'issued' and case_id like '%2021-07%' and given_name = 'Șerban'`,
            ),
          (found) => found.length === 1,
        );
        assert.equal((await consultBatch(services, AGENCY, submitted))?.progress.ended, 0);
        return submitted;
      });
      assert.equal((await reach(batchId, 'done')).progress.outcomes.issued, 30);
    });
  });

  describe('beside a single declaration of the same', () => {
    /** What one person's rows say, without ids, times, bytes and numbers, which are new each time. */
    async function rowsOf(person: string): Promise<Record<string, string[]>> {
      const of = `(select person_id from person_look_up where ssin_hmac = any($1))`;
      const messages = `(select message_id from message where person_id = ${of})`;
      const declarations = `(select a.declaration_id from declaration_answer a join dimona_period p using (period_id) where p.person_id = ${of})`;
      const tables = {
        attestation: `person_id = ${of}`,
        message: `person_id = ${of}`,
        attachment: `message_id in ${messages}`,
        receipt: `message_id in ${messages}`,
        outbox: `message_id in ${messages}`,
        status_period: `person_id = ${of}`,
        dimona_period: `person_id = ${of}`,
        declaration_answer: `declaration_id in ${declarations}`,
        declaration_content: `declaration_id in ${declarations}`,
        declaration: `declaration_id in ${declarations}`,
        citizen_key: `person_id = ${of}`,
        decision: `person_id = ${of}`,
        print_item: `person_id = ${of}`,
        audit_entry: `person_id = ${of} and action not in ('person.load', 'declaration.consult')`,
      };
      const hmacs = services.vault.lookUps(person).map(({ ssinHmac }) => ssinHmac);
      const found = Object.entries(tables).map(async ([table, condition]) => {
        const rows = await service.database.query<{ row: Record<string, unknown> }>(
          `select to_jsonb(t) as row from ${table} t where ${condition}`,
          [hmacs],
        );
        return [table, rows.map(({ row }) => plain(row)).sort()] as const;
      });
      return Object.fromEntries(await Promise.all(found));
    }

    /** What tells how it came, not what came of it. */
    const OWN =
      /^(channel|message_key|actor_id|bytes|pdf_bytes|sender_client|level|xid|trace_id|token_hash)$/;

    function plain(row: Record<string, unknown>): string {
      return JSON.stringify(row, (name, value: unknown) => {
        if (OWN.test(name)) return 'own';
        if (/_id$|^number$|^reference$|^status_index$/.test(name)) return value === null ? null : 'id';
        if (typeof value !== 'string') return value;
        return value
          .replace(/^\\x[0-9a-f]*$/, 'bytes')
          .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
          .replace(/^\d{4}-\d\d-\d\dT.*/, 'time')
          .replace(/^[0-9a-f]{64}$/, 'hash')
          .replace(/^QUA-.*\.pdf$/, 'file')
          .replace(/qua-\d{4}-\d{8}-\d\d/, 'number')
          .replace(/\b9\d{11}\b/g, 'period');
      });
    }

    it('leaves the same in every table', async () => {
      const [alone = '', inBatch = ''] = [200, 201].map(ssinOf);
      const record = (ssin: string) =>
        JSON.stringify({ ssin, familyName: 'Claes', givenName: 'An', language: 'nl' });
      await client.load(`${record(alone)}\n${record(inBatch)}\n`);
      await client.declare(quaIn({ ssin: alone, day: '2021-12-01', enterpriseNumber: FARM }));
      const batch = await reach(
        await submit(csv([['one', inBatch, '2021-12-01', FARM, '144']]), true),
        'done',
      );
      assert.equal(batch.progress.outcomes.issued, 1);
      await until(
        () => service.database.query('select from outbox where told_at is null'),
        (untold) => untold.length === 0,
      );
      const [one, other] = [await rowsOf(alone), await rowsOf(inBatch)];
      assert.ok(Object.entries(one).every(([, rows]) => rows.length > 0));
      assert.deepEqual(other, one);
    });
  });

  describe('when the file and its rows are called by a person’s name and number', () => {
    const NAME = 'Quisthoudt';
    const NO_PERSON = '85122499755';
    const REFUSED = '81022903534';
    const fileName = `${NAME} ${NO_PERSON}.csv`;
    const references = [demoSsin('lena'), NO_PERSON, REFUSED].map((ssin) => `${NAME}\t\\N ${ssin}`);
    const rows = [
      day('2021-10-01', 'lena', references[0]),
      [references[1] ?? '', NO_PERSON, '2021-10-02', FARM, '145'],
      [references[2] ?? '', REFUSED, '2021-10-03', FARM, '145'],
    ].map((cells) => [...cells, NAME]);
    let checked: BatchRow;

    before(async () => {
      const file = writeCsv([...HEADER, 'familyName'], rows);
      checked = await reach(await submit(file, false, 'csv', fileName), 'checked');
    });

    /** Gives the tables that hold one of them, as text or as bytes. */
    async function tablesInClear(): Promise<string[]> {
      const words = [NAME, demoSsin('lena'), NO_PERSON, REFUSED];
      const needles = words.flatMap((word) => [word, Buffer.from(word).toString('hex')]);
      const tables = await service.database.query<{ name: string }>(
        `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
      );
      assert.ok(tables.some(({ name }) => name === 'batch_row'));
      const found = await Promise.all(
        tables.map(({ name }) =>
          service.database.query<{ name: string }>(
            `select '${name}' as name from "${name}" t, unnest($1::text[]) needle
             where strpos(to_jsonb(t)::text, needle) > 0 limit 1`,
            [needles],
          ),
        ),
      );
      return found.flat().map(({ name }) => name);
    }

    it('keeps neither in clear in any table, before it runs and after', async () => {
      assert.deepEqual(await tablesInClear(), []);
      const forms = quaXml([{ ssin: demoSsin('lena'), day: '2021-10-04', reference: `${NAME} ${REFUSED}` }]);
      const form = await submit(forms, true, 'dimonaXml', fileName);
      assert.equal(await approveBatch(services, AGENCY, checked.batchId), true);
      await reach(form, 'done');
      const { progress } = await reach(checked.batchId, 'done');
      assert.deepEqual(
        [progress.outcomes.issued, progress.outcomes.waiting, progress.outcomes.refused],
        [1, 1, 1],
      );
      assert.deepEqual(await tablesInClear(), []);
    });

    it('shows them as they were sent, in lists, rows, faults, report and rejects', async () => {
      const listed = (await listBatches(services, AGENCY, 10)).find(
        ({ batchId }) => batchId === checked.batchId,
      );
      assert.deepEqual([checked.fileName, listed?.fileName], [fileName, fileName]);
      const shown = await listRows(services, AGENCY, checked, { after: 0, limit: 500 });
      assert.deepEqual(
        shown.map(({ reference }) => reference),
        references,
      );
      const slice = { kind: 'refused', size: 50, offset: 0 } as const;
      const faults = await consultFaults(services, AGENCY, checked, slice);
      assert.deepEqual(
        faults.rows.map(({ reference }) => reference),
        references.slice(2),
      );
      const report = await text(writeReport(services, AGENCY, checked));
      for (const reference of references) assert.ok(report.includes(reference), reference);
      const rejects = await text(writeRejects(services, AGENCY, checked));
      assert.ok(rejects.includes(references[2] ?? 'none'));
    });

    it('shows no reference of another row', async () => {
      await service.database.query(
        `update batch_row r set reference = (select reference from batch_row
           where batch_id = r.batch_id and row_number = 2) where batch_id = $1 and row_number = 1`,
        [checked.batchId],
      );
      await assert.rejects(listRows(services, AGENCY, checked, { after: 0, limit: 500 }), {
        code: 'archivedObjectCorrupt',
      });
    });
  });

  it('is nothing to anybody else', async () => {
    const batchId = await submit(csv([day('2021-08-02')]), false);
    await reach(batchId, 'checked');
    const other: AgencyAccess = {
      actor: { kind: 'client', id: 'x', organization: '1900078956' },
      organization: '1900078956',
    };
    assert.equal(await consultBatch(services, other, batchId), undefined);
    assert.equal(await approveBatch(services, other, batchId), false);
  });

  it('keeps nothing of a file that breaks off', async () => {
    const counts = () =>
      service.database.query(
        'select (select count(*)::int from batch) as batches, (select count(*)::int from batch_row) as rows',
      );
    const earlier = await counts();
    const broken = async function* () {
      yield Buffer.from(
        csv(Array.from({ length: 3000 }, (_, index) => day('2021-09-01', 'lena', `B-${index}`))),
      );
      throw new Error('connection lost');
    };
    await assert.rejects(
      submitBatch(services, AGENCY, { form: 'csv', fileName: 'x.csv', runsAtOnce: true }, broken()),
    );
    assert.deepEqual(await counts(), earlier);
  });
});

/** A made-up person: a serial number that is never reached. */
function ssinOf(index: number): string {
  const base = `70${String(1 + (index % 12)).padStart(2, '0')}${String(1 + Math.floor(index / 12)).padStart(2, '0')}996`;
  return base + String(97 - (Number(base) % 97)).padStart(2, '0');
}
