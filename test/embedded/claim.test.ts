import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { claimFolder } from '../../src/embedded/claim.ts';
import { projectRoot } from '../support/needs.ts';

const SCRIPT = join(projectRoot, 'test', 'embedded', 'claim-process.ts');

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'claim-')), 'data');
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  rmSync(join(folder, '..'), { recursive: true });
});

interface Claimant {
  readonly child: ChildProcess;
  readonly answer: string;
}

/** Lets another process claim the folder. */
async function startClaimant(): Promise<Claimant> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, answer: line.toString().trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function refusalNaming(pid: number | undefined) {
  return { name: 'ServiceError', code: 'embeddedPartFailed', message: new RegExp(`\\b${pid}\\b.*DATA_DIR`) };
}

describe('claimFolder', () => {
  it('makes the folder and claims it until it is released', () => {
    const release = claimFolder(folder);
    assert.throws(() => claimFolder(folder), refusalNaming(process.pid));
    release();
    claimFolder(folder)();
  });

  it('refuses a second process and names the first', async () => {
    const first = await startClaimant();
    assert.equal(first.answer, 'claimed');
    assert.throws(() => claimFolder(folder), refusalNaming(first.child.pid));
    const third = await startClaimant();
    assert.match(third.answer, new RegExp(`\\b${first.child.pid}\\b`));
  });

  it('takes over from a process that was killed', async () => {
    const { child } = await startClaimant();
    await kill(child);
    claimFolder(folder)();
  });

  it('takes over from a process that is gone though its number is in use again', () => {
    claimFolder(folder)();
    const [pid, start, boot] = tokenOf(() => claimFolder(folder)).split('-');
    for (const stale of [`${pid}-${Number(start) + 1}-${boot}`, `${pid}-${start}-00000000`, '', 'nobody']) {
      setToken(stale);
      claimFolder(folder)();
    }
  });

  it('releases what is its own only', async () => {
    const release = claimFolder(folder);
    release();
    const other = await startClaimant();
    release();
    assert.throws(() => claimFolder(folder), refusalNaming(other.child.pid));
  });

  it('has one winner when several take over at once', async () => {
    const { child } = await startClaimant();
    await kill(child);
    const claimants = await Promise.all([1, 2, 3, 4].map(() => startClaimant()));
    assert.equal(claimants.filter(({ answer }) => answer === 'claimed').length, 1);
  });
});

const token = () => join(folder, 'claim');

/** How a claim of this process is written. */
function tokenOf(claim: () => () => void): string {
  const release = claim();
  const [name = ''] = readdirSync(token());
  release();
  return name;
}

/** Leaves a claim as another process would have. */
function setToken(name: string): void {
  rmSync(token(), { recursive: true });
  claimFolder(folder)();
  for (const one of readdirSync(token())) rmSync(join(token(), one));
  if (name !== '') writeFileSync(join(token(), name), '');
}
