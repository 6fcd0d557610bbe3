/** A batch from file to sealed, archived, published: rows a second with everything on this machine. */
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import { consultBatch } from '../../src/workflows/batch-consult.ts';
import { type AgencyAccess, submitBatch } from '../../src/workflows/batch-submit.ts';
import { until } from '../support/client.ts';
import { startTestService } from '../support/service.ts';
import { loadPeople } from './people.ts';

const AGENCY: AgencyAccess = {
  actor: { kind: 'client', id: 'payroll', organization: '1900045601' },
  organization: '1900045601',
};

export interface BatchResult {
  readonly rows: number;
  readonly key: 'p-256';
  readonly level: 'B-B';
  readonly encrypted: true;
  readonly checkedSeconds: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** Of this process, threads included: what counts on a machine that others use too. */
  readonly processorMsARow: number;
  readonly peakMiB: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Runs a batch of one row a person and waits until every row has its outcome. */
export async function benchBatch(rows: number): Promise<BatchResult> {
  const service = await startTestService({ LOG_LEVEL: 'error', SEAL_THREADS: '' });
  try {
    const { services } = service.service.composition;
    const people = await loadPeople(service, rows);
    const header = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
    const file = writeCsv(
      header,
      people.map((ssin, index) => [`ROW-${index}`, ssin, '2021-03-01', '1900012343', '145']),
    );
    const started = performance.now();
    const before = process.cpuUsage();
    const seconds = () => Math.round((performance.now() - started) / 100) / 10;
    const batchId = await submitBatch(
      services,
      AGENCY,
      { form: 'csv', fileName: 'bench.csv', runsAtOnce: true },
      (async function* () {
        yield Buffer.from(file);
      })(),
    );
    let checkedSeconds = 0;
    let peakBytes = 0;
    const batch = await until(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
        const now = await consultBatch(services, AGENCY, batchId);
        if (now?.startedAt && checkedSeconds === 0) checkedSeconds = seconds();
        return now;
      },
      (now) => now?.state === 'done',
      3600_000,
    );
    const { user, system } = process.cpuUsage(before);
    const result: BatchResult = {
      rows,
      key: 'p-256',
      level: 'B-B',
      encrypted: true,
      checkedSeconds,
      seconds: seconds(),
      rowsPerSecond: Math.round((rows / seconds()) * 10) / 10,
      processorMsARow: Math.round((user + system) / rows / 100) / 10,
      peakMiB: Math.round(peakBytes / 2 ** 20),
      outcomes: batch?.progress.outcomes ?? {},
    };
    process.stdout.write(`  ${JSON.stringify(result)}\n`);
    return result;
  } finally {
    await service.stop();
  }
}
