/** `npm run faults`: a campaign of so many minutes from a seed; what it did and found, last as one line of JSON. */
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { projectRoot } from '../../support/needs.ts';
import { runCampaign, unstruck } from './run.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    json: { type: 'boolean', default: false },
  },
});
const seconds = Math.round(Number(values.minutes) * 60);
const program = [join(projectRoot, 'dist', 'main.js')];
const report = await runCampaign({
  seconds,
  seed: Number(values.seed),
  drainSeconds: 150,
  program,
  say: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(report)}\n`);
const missed = unstruck(report);
if (missed.length) process.stdout.write(`not struck: ${missed.join(', ')}\n`);
process.exit(report.violations === 0 && missed.length === 0 ? 0 : 1);
