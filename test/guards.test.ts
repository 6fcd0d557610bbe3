/** Closed lists and what uses them: an error code, a kind of job, a setting or a failpoint is there in both places or in none. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { describeSettings } from '../src/config.ts';
import { type ErrorCode, ServiceError } from '../src/errors.ts';
import { FAILPOINTS } from '../src/failpoint.ts';
import { problemOf } from '../src/http/problems.ts';
import { SETTINGS } from '../src/settings.ts';
import { jobHandlers } from '../src/workflows/jobs.ts';
import type { Services } from '../src/workflows/services.ts';
import { projectRoot } from './support/needs.ts';
import { readSources } from './support/sources.ts';
import { errorCodes, failpointCalls, queuedKinds, unusedCodes } from './support/vocabulary.ts';

const sources = readSources();

function textOf(path: string): string {
  return sources.find((file) => file.path === path)?.text ?? '';
}

describe('error codes', () => {
  const codes = errorCodes(textOf('errors.ts'));

  it('are found', () => assert.ok(codes.length > 10 && codes.includes('unexpected')));

  for (const code of codes) {
    it(`${code} is a problem with a status of the server's faults`, () => {
      const problem = problemOf(new ServiceError(code as ErrorCode, 'not told'));
      assert.ok([500, 502, 503].includes(problem.status));
      assert.match(problem.type, /^urn:problem-type:belgif:\w+$/);
      assert.doesNotMatch(JSON.stringify(problem), /not told/);
    });
  }

  it('are each used', () => assert.deepEqual(unusedCodes(codes, sources), []));

  it('would be missed when nothing used them', () => {
    const files = [
      { path: 'errors.ts', text: "'lonely'" },
      { path: 'seal/seal.ts', text: "throw new ServiceError('used', '');" },
    ];
    assert.deepEqual(unusedCodes(['lonely', 'used'], files), ['lonely']);
  });
});

describe('kinds of jobs', () => {
  const queued = queuedKinds(sources);
  // Handlers are closures: none of them looks at the services before it runs.
  const handled = Object.keys(jobHandlers({} as Services)).sort();

  it('stand in each call that queues one', () =>
    assert.deepEqual(
      queued.filter(({ kind }) => kind === undefined),
      [],
    ));

  it('are those that have a handler', () =>
    assert.deepEqual([...new Set(queued.map(({ kind }) => kind ?? ''))].sort(), handled));

  it('would be missed in a call that names none', () => {
    const job = "await queueJob(connection, { lane: 'single', kind, payload: {} });";
    const chunks = 'await queueChunks(connection, kind, batchId, 1, 2);';
    assert.deepEqual(
      queuedKinds([job, chunks].map((text) => ({ path: 'workflows/a.ts', text }))).map(({ kind }) => kind),
      [undefined, undefined],
    );
  });

  it('are found over several lines', () => {
    const job = "await queueJob(connection, {\n  lane: 'tell',\n  kind: 'tell',\n  payload: { id: 1 },\n});";
    const chunks = "await queueChunks(\n  connection,\n  'runRows',\n  batchId,\n  1,\n  2,\n);";
    assert.deepEqual(
      queuedKinds([job, chunks].map((text) => ({ path: 'workflows/a.ts', text }))).map(({ kind }) => kind),
      ['tell', 'runRows'],
    );
  });
});

describe('.env.example', () => {
  const example = () => readFileSync(join(projectRoot, '.env.example'), 'utf8');

  it('says what `ebox config example` says', () => assert.equal(example(), describeSettings()));

  it('has every setting once, commented out', () => {
    const names = [...example().matchAll(/^#([A-Z0-9_]+)=\S/gm)].map(([, name]) => name);
    assert.deepEqual(
      names,
      Object.values(SETTINGS).map(({ name }) => name),
    );
  });
});

describe('failpoints', () => {
  it('stand each in the step they are named after', () =>
    assert.deepEqual(failpointCalls(sources), [
      'batch.archived workflows/batch-run.ts',
      'batch.prepared workflows/batch-run.ts',
      'batch.published workflows/batch-run.ts',
      'bounce.committed workflows/bounce.ts',
      'deliveries.printed workflows/deliveries.ts',
      'digest.committed workflows/digest.ts',
      'digest.mailed workflows/digest.ts',
      'digest.prepared workflows/digest.ts',
      'erase.begun workflows/erase.ts',
      'erase.destroyed workflows/erase.ts',
      'erase.scrubbed workflows/erase.ts',
      'evidence.appended workflows/seal-evidence.ts',
      'evidence.committed workflows/seal-evidence.ts',
      'evidence.exported workflows/export-log.ts',
      'evidence.sealed workflows/log-head.ts',
      'evidence.stamped workflows/log-head.ts',
      'evidence.stored workflows/export-log.ts',
      'flow.closed workflows/flow-close.ts',
      'flow.stored workflows/flow-part.ts',
      'issue.archived workflows/issue.ts',
      'issue.claimed workflows/issue.ts',
      'issue.committed workflows/issue.ts',
      'issue.rendered workflows/document.ts',
      'issue.sealed workflows/document.ts',
      'poll-read.asked workflows/poll-read.ts',
      'publish.committed workflows/publish.ts',
      'publish.named workflows/publish.ts',
      'publish.stored workflows/put-message.ts',
      'read.committed workflows/read.ts',
      'read.committed workflows/read.ts',
      'recall.chunk workflows/batch-recall.ts',
      'rekey.chunk workflows/rekey.ts',
      'relay.claimed workflows/relay.ts',
      'relay.committed workflows/relay.ts',
      'relay.sent workflows/relay.ts',
      'remind.committed workflows/remind.ts',
      'report.committed workflows/process-file.ts',
      'report.committed workflows/report.ts',
      'report.received workflows/process-file.ts',
      'report.received workflows/report.ts',
      'retain.chunk workflows/retain.ts',
      'settle.committed workflows/settle.ts',
      'settle.decided workflows/settle.ts',
      'tell.committed workflows/tell.ts',
      'verify.begun workflows/verify.process.ts',
      'webhook.sent workflows/tell-senders.ts',
    ]));

  it('are those that can be armed', () =>
    assert.deepEqual(
      [...new Set(failpointCalls(sources).map((call) => call.split(' ')[0]))],
      [...FAILPOINTS].sort(),
    ));

  it('would be found anywhere else', () =>
    assert.deepEqual(failpointCalls([{ path: 'seal/seal.ts', text: "await failpoint('issue.sealed');" }]), [
      'issue.sealed seal/seal.ts',
    ]));
});
