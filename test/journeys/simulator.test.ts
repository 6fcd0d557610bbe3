/** Recipients with a known outcome, driven by nothing but the lines of the README, and held against its table. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { until } from '../support/client.ts';
import { needsTool, projectRoot } from '../support/needs.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** What the README says becomes of each. */
interface Row {
  readonly ssin: string;
  readonly mail: string;
  readonly isRead: boolean;
  readonly paper: string;
}

const [, section = ''] = readFileSync(join(projectRoot, 'README.md'), 'utf8').split(
  '### Recipients with a known outcome',
);
const rows = [...section.matchAll(/^\| [^|]+ \| (\d{11}) \| (\w+) \| (yes|no) \| (\w+) \|$/gm)].map(
  ([, ssin = '', mail = '', read, paper = '']): Row => ({ ssin, mail, isRead: read === 'yes', paper }),
);
const [, drive = '', look = ''] = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(
  ([, lines = '']) => lines,
);

describe('recipients with a known outcome', () => {
  let service: TestService;
  let variables: Readonly<Record<string, string>>;

  before(async () => {
    service = await startTestService();
    variables = {
      PATH: process.env.PATH ?? '',
      base: service.url,
      declare: await service.clientToken('payroll', 'dimona:declare dimona:consult'),
      load: await service.clientToken('population', 'register:report'),
      follow: await service.clientToken('issuer', 'deliveries:consult deliveries:print'),
    };
  });
  after(() => service.stop());

  const run = async (lines: string) => {
    const { stdout } = await promisify(execFile)('bash', ['-euc', lines], { env: variables });
    return stdout;
  };

  it('come to what the README says of each', async (t) => {
    if (!needsTool(t, 'curl')) return;
    assert.equal(rows.length, 5);
    await run(drive);
    const found = await until(
      async () => {
        // Each look starts seven programs.
        await sleep(500);
        return outcomesOf(await run(look));
      },
      (outcomes) => JSON.stringify(outcomes) === JSON.stringify(rows),
      60_000,
    );
    assert.deepEqual(found, rows);
    // The last line of the README lists what is to be printed: one of the five.
    const printed = (await run(look)).trim().split('\n').at(-1) ?? '';
    assert.equal(JSON.parse(printed).items.length, 1);
  });
});

interface Delivery {
  readonly readAt?: string;
  readonly mail: { readonly state: string };
  readonly paper: { readonly state: string };
}

/** One answer a line, in the order of the recipients; those of whom nothing is there yet are left out. */
function outcomesOf(output: string): Row[] {
  const answers = output.trim().split('\n').slice(0, rows.length);
  return answers.flatMap((line, at) => {
    const [delivery] = (JSON.parse(line) as { items: readonly Delivery[] }).items;
    const { ssin = '' } = rows[at] ?? {};
    if (delivery === undefined) return [];
    const { mail, paper, readAt } = delivery;
    return [{ ssin, mail: mail.state, isRead: readAt !== undefined, paper: paper.state }];
  });
}
