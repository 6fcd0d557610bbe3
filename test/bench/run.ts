/**
 * Measures and keeps the raw figures:
 * `npm run bench -- [document|declarations|batch|evidence|ebox|verify|register|flow|pages|restore] [--documents N] [--declarations N] [--rows N,N] [--leaves N] [--messages N] [--letters N] [--persons N] [--flow-rows N]
 * [--seconds N] [--key p256|rsa2048] [--json]`.
 * With `--json`, the last line is the last result, or its summary where it has one.
 * Ratios within one run count; absolute figures depend on the machine, which each result names.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../support/needs.ts';
import { benchBatch, isBatchKey } from './batch.ts';
import { benchDeclarations } from './declarations.ts';
import { benchDocument } from './document.ts';
import { benchEbox } from './ebox.ts';
import { benchEvidence } from './evidence.ts';
import { benchFlow } from './flow.ts';
import { benchPages } from './pages.ts';
import { benchRegister } from './register.ts';
import { benchRestore } from './restore.ts';
import { benchVerify } from './verify.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    documents: { type: 'string' },
    rows: { type: 'string', default: '10000' },
    declarations: { type: 'string', default: '300' },
    leaves: { type: 'string', default: '1000000' },
    messages: { type: 'string', default: '1000000' },
    persons: { type: 'string', default: '1000000' },
    'flow-rows': { type: 'string', default: '500000' },
    letters: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '5' },
    key: { type: 'string', default: 'p256' },
    json: { type: 'boolean', default: false },
  },
});

const BENCHES = {
  document: () => benchDocument(Number(values.seconds), Number(values.documents ?? 100_000)),
  declarations: () => benchDeclarations(Number(values.declarations)),
  batch: () => {
    const { key, rows } = values;
    if (!isBatchKey(key)) throw new Error(`no key ${key}; there are p256 and rsa2048`);
    return benchBatch(rows.split(',').map(Number), key);
  },
  evidence: () => benchEvidence(Number(values.leaves), Number(values.seconds)),
  ebox: () => benchEbox(Number(values.messages), Number(values.letters)),
  register: () => benchRegister(Number(values.persons), Number(values['flow-rows'])),
  restore: () => benchRestore(Number(values.documents ?? 20_000)),
  flow: () => benchFlow(Number(values.rows)),
  verify: () => benchVerify(Number(values.seconds)),
  pages: () => benchPages(),
} as const;

const names = (positionals.length > 0 ? positionals : Object.keys(BENCHES)) as (keyof typeof BENCHES)[];
const machine = {
  node: process.version,
  cpu: cpus()[0]?.model ?? '',
  cores: cpus().length,
  platform: `${platform()} ${arch()}`,
};
const folder = join(projectRoot, 'test', 'bench', 'results');
mkdirSync(folder, { recursive: true });
let last: unknown;
for (const name of names) {
  const bench = BENCHES[name];
  if (bench === undefined) throw new Error(`no bench ${name}; there are ${Object.keys(BENCHES).join(', ')}`);
  const result = await bench();
  const at = new Date().toISOString();
  // `ebox capacity` reckons from what is called by the name of the bench alone.
  const kind = name === 'batch' && values.key !== 'p256' ? `${name}-${values.key}` : name;
  const path = join(folder, `${at.slice(0, 10)}-${kind}.json`);
  writeFileSync(path, `${JSON.stringify({ name, at, machine, ...result }, undefined, 2)}\n`);
  process.stdout.write(`${name}: kept in ${path.slice(projectRoot.length + 1)}\n`);
  last = 'summary' in result ? result.summary : result;
}
if (values.json) process.stdout.write(`${JSON.stringify(last)}\n`);
process.exit(0);
