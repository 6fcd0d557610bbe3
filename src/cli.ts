#!/usr/bin/env node
/** The operator's and developer's command, `ebox <command>`. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkConfig, printSettings } from './cli/config.ts';
import type { EvidenceOptions } from './cli/evidence.ts';
import { checkHealth } from './cli/health.ts';
import type { PrivacyOptions } from './cli/privacy.ts';
import { printToken } from './cli/token.ts';
import { describeError, ServiceError } from './errors.ts';

const USAGE = `Usage: ebox <command> [options]

  token --client <id> --scope "<scopes>"    print an access token of a demo client
           [--certificate <pem> --key <pem>] bound to a certificate
  token --person <id> --scope "<scopes>"    print an access token of a demo person
  config check                              say what is wrong or missing in the settings
  config example                            print every setting with its meaning
  template check                            say what is wrong with the templates, all at once
  template preview <type> <nl|fr|de>        write an attestation of that type as PDF and PNG, with facts of nobody
           [--out <folder>] [--long]        into another folder; with long names and full tables
  keys list                                 the keys: what for, since when, until when, which is next
  keys make --name <name> [--algorithm p-256|p-384|rsa-3072]
                                            make a seal key in SEAL_KEYS_DIR
  keys csr [--name <name>] [--subject "CN=…,O=…,C=BE"]
                                            print a certificate request (PKCS#10) for a seal key
  keys rekey status|start --actor <name>    change over to another vault secret, and how far that is
  health                                    ask the service on this machine whether it works
  verify <file.pdf> … --trust <file>        say without internet whether files are documents of ours, unchanged
  verify --export-trust <file> --service <url>
                                            get the certificates that this is said by
  evidence verify [--folder <export>]       say whether the evidence log is whole, and if not where it was changed;
           [--keys <file>] [--head <n:root>] against keys and a head known from elsewhere
           [--tsa-trust <file>]             its time-stamps against these certificates (PEM)
           [--database <url>]               and the database against it
  evidence verify <file> [--seal-trust <pem>]  check the proof of one record, or the evidence of a message (JSON, PDF)
  evidence export --folder <folder>         copy the exported log from the locked bucket
  evidence keys                             print the public key that seals its heads
  evidence retention [--database <url>]     say until when each month of audit entries is kept
  privacy erase --actor <name> --reason "…" erase the person whose SSIN comes on standard input
  privacy hold add|list|release             keep a person (SSIN on standard input) or --case <id> from being erased;
           [--all] [--hold <id>]            with --actor and --reason
  privacy retention [--apply --actor …]     what has been kept for its time, table by table; --apply deletes it
  backup --folder <new folder>              copy the register as it is now, without the keys of persons and files
           --keys <new folder>              their keys, and who was erased
           --objects <folder>               archived objects that are not in the folder yet
           [--database <url>]
  restore --folder <backup> --keys <backup of keys> [--objects <folder>]
           [--database <url>]               fill an empty database and archive with it
  mail bounce < mail                        take in a mail that came back: a mail server pipes it into this
  jobs list                                 what was set aside for an operator, and why
  jobs retry --job <id>|--kind <kind>|--all --actor <name>
                                            have it tried again
  relay list                                what another registry refused
  relay retry --message <id> --actor <name>
                                            have it tried again
  sessions end --person <id> | --all --actor <name>
                                            log people out of the pages: one, by the id that evidence has, or everybody
  register settle --actor <name>            have every case settled again, after a type or rule was added
  population [--persons <n>] [--seed <n>] [--out <folder>]
                                            write register files of a population that does not exist
  demo                                      the main job from declaration to verification, on embedded parts

Options: --json  one JSON object as the last line
`;

const OPTIONS = {
  client: { type: 'string' },
  person: { type: 'string' },
  scope: { type: 'string' },
  certificate: { type: 'string' },
  key: { type: 'string' },
  out: { type: 'string' },
  persons: { type: 'string' },
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
  all: { type: 'boolean', default: false },
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
    case 'mail bounce':
      return (await import('./cli/mail.ts')).takeBounce(values);
    case 'register settle':
      return (await import('./cli/register.ts')).runRegister(values);
    case 'population':
      return (await import('./cli/population.ts')).runPopulation(values);
    case 'demo':
      // Brings the whole service along, which the short commands do not need.
      return (await import('./cli/demo.ts')).runDemo(values.json);
    default:
      process.stderr.write(USAGE);
      return values.help ? 0 : 2;
  }
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
