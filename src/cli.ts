#!/usr/bin/env node
/** The operator's and developer's command, `ebox <command>`. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BatchOptions } from './cli/batch.ts';
import { checkConfig, printSettings } from './cli/config.ts';
import type { EvidenceOptions } from './cli/evidence.ts';
import { checkHealth } from './cli/health.ts';
import type { PrivacyOptions } from './cli/privacy.ts';
import { printToken } from './cli/token.ts';
import { USAGE } from './cli/usage.ts';
import { describeError, ServiceError } from './errors.ts';

const OPTIONS = {
  client: { type: 'string' },
  person: { type: 'string' },
  scope: { type: 'string' },
  certificate: { type: 'string' },
  key: { type: 'string' },
  out: { type: 'string' },
  to: { type: 'string' },
  only: { type: 'string' },
  check: { type: 'boolean', default: false },
  persons: { type: 'string' },
  documents: { type: 'string' },
  years: { type: 'string' },
  peak: { type: 'string' },
  minutes: { type: 'string' },
  cores: { type: 'string' },
  'gb-price': { type: 'string' },
  results: { type: 'string' },
  seed: { type: 'string' },
  long: { type: 'boolean', default: false },
  name: { type: 'string' },
  algorithm: { type: 'string' },
  subject: { type: 'string' },
  folder: { type: 'string' },
  keys: { type: 'string' },
  head: { type: 'string' },
  'tsa-trust': { type: 'string' },
  proof: { type: 'string' },
  'seal-trust': { type: 'string' },
  objects: { type: 'string' },
  database: { type: 'string' },
  actor: { type: 'string' },
  reason: { type: 'string' },
  case: { type: 'string' },
  hold: { type: 'string' },
  job: { type: 'string' },
  kind: { type: 'string' },
  message: { type: 'string' },
  apply: { type: 'boolean', default: false },
  trust: { type: 'string' },
  'export-trust': { type: 'string' },
  service: { type: 'string' },
  flow: { type: 'string' },
  organization: { type: 'string' },
  'unit-value': { type: 'string' },
  'take-up': { type: 'string' },
  'clerk-minutes': { type: 'string' },
  'applicant-minutes': { type: 'string' },
  rule: { type: 'string' },
  standing: { type: 'string' },
  whole: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  token: { type: 'string' },
  follow: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  canary: { type: 'string' },
  resume: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function run(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...words], allowPositionals: true, options: OPTIONS });
  if (positionals[0] === 'template') {
    // Brings the renderer along, which the other short commands do not need.
    return (await import('./cli/template.ts')).runTemplate(positionals.slice(1), values);
  }
  if (positionals[0] === 'verify')
    return (await import('./cli/verify.ts')).runVerify(positionals.slice(1), values);
  if (positionals[0] === 'simulate' && positionals.length <= 2)
    return (await import('./cli/simulate.ts')).runSimulate(positionals[1], values);
  if (positionals[0] === 'register' && positionals[1] === 'rejects')
    return (await import('./cli/register.ts')).runRejects(positionals[2], values);
  if (positionals[0] === 'batch') return runBatch(positionals.slice(1), values);
  if (positionals[0] === 'privacy') return runPrivacy(positionals.slice(1), values);
  if (positionals[0] === 'keys' && positionals[1] === 'rekey')
    return (await import('./cli/rekey.ts')).runRekey(positionals.slice(2), values);
  if (positionals.length === 3 && positionals[0] === 'evidence' && positionals[1] === 'verify')
    return runEvidence('verify', values, positionals[2]);
  switch (positionals.join(' ')) {
    case 'token':
      return printToken(values);
    case 'config check':
      return checkConfig(values.json);
    case 'config example':
      return printSettings();
    case 'keys list':
    case 'keys make':
    case 'keys csr':
      return (await import('./cli/keys.ts')).runKeys(positionals[1], values);
    case 'health':
      return checkHealth(values.json);
    case 'evidence verify':
    case 'evidence export':
    case 'evidence keys':
    case 'evidence retention':
      return runEvidence(positionals[1] ?? '', values);
    case 'backup':
      return (await import('./cli/backup.ts')).takeBackup(values);
    case 'restore':
      return (await import('./cli/restore.ts')).restoreBackup(values);
    case 'mail bounce':
      return (await import('./cli/mail.ts')).takeBounce(values);
    case 'screenshots':
      return (await import('./cli/screenshots.ts')).takeScreenshots(values);
    case 'demo':
      // Brings the whole service along, which the short commands do not need.
      return (await import('./cli/demo.ts')).runDemo(values.json);
    default:
      return runOperation(positionals.join(' '), values);
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** What operators order beside that. */
async function runOperation(command: string, values: Values): Promise<number> {
  switch (command) {
    case 'capacity':
      return (await import('./cli/capacity.ts')).planCapacity(values);
    case 'reconcile':
      return (await import('./cli/reconcile.ts')).reconcileNow(values);
    case 'jobs list':
      return (await import('./cli/jobs.ts')).listJobs(values);
    case 'jobs retry':
      return (await import('./cli/jobs.ts')).retryJobs(values);
    case 'relay list':
      return (await import('./cli/relay.ts')).listRefused(values);
    case 'relay retry':
      return (await import('./cli/relay.ts')).retryRefused(values);
    case 'sessions end':
      return (await import('./cli/sessions.ts')).endSessionsOf(values);
    case 'flow list':
      return (await import('./cli/flow.ts')).listFlows(values);
    case 'flow run':
      return (await import('./cli/flow.ts')).runFlow(values);
    case 'register settle':
      return (await import('./cli/register.ts')).runRegister(values);
    case 'capacity simulate':
      return (await import('./cli/capacity-simulate.ts')).runCapacitySimulate(values);
    case 'population':
      return (await import('./cli/population.ts')).runPopulation(values);
    default:
      process.stderr.write(USAGE);
      return values.help ? 0 : 2;
  }
}

async function runBatch(words: readonly string[], values: BatchOptions): Promise<number> {
  const { isBatchCommand, runBatchCommand } = await import('./cli/batch.ts');
  if (isBatchCommand(words)) return runBatchCommand(words, values);
  process.stderr.write(USAGE);
  return 2;
}

const PRIVACY_COMMANDS = ['erase', 'retention', 'hold add', 'hold list', 'hold release'];

async function runPrivacy(words: readonly string[], values: PrivacyOptions): Promise<number> {
  const command = words.join(' ');
  if (PRIVACY_COMMANDS.includes(command))
    return (await import('./cli/privacy.ts')).runPrivacy(command, values);
  process.stderr.write(USAGE);
  return 2;
}

type EvidenceWords = EvidenceOptions & {
  readonly proof?: string | undefined;
  readonly 'tsa-trust'?: string | undefined;
  readonly 'seal-trust'?: string | undefined;
};

async function runEvidence(
  command: string,
  { proof, 'tsa-trust': tsaTrust, 'seal-trust': sealTrust, ...given }: EvidenceWords,
  file = proof,
): Promise<number> {
  const values = { ...given, tsaTrust, sealTrust };
  if (command === 'verify' && file !== undefined)
    return (await import('./cli/evidence-file.ts')).verifyFile(file, values);
  // Brings the store and the database along, which the short commands do not need.
  const evidence = await import('./cli/evidence.ts');
  switch (command) {
    case 'export':
      return evidence.exportEvidence(values);
    case 'keys':
      return evidence.printEvidenceKeys();
    case 'retention':
      return evidence.listRetention(values);
    default:
      return evidence.verifyEvidence(values);
  }
}

/** Runs one command and gives the status to end with; why it failed is said on standard error. */
export async function main(words: readonly string[]): Promise<number> {
  try {
    return await run(words);
  } catch (error) {
    const isExpected =
      error instanceof ServiceError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    const text = isExpected ? describeError(error) : ((error as Error).stack ?? describeError(error));
    process.stderr.write(`${text}\n`);
    return 1;
  }
}

// The package's bin is a link to this file; whoever imports it calls `main` themselves.
if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url))
  process.exit(await main(process.argv.slice(2)));
