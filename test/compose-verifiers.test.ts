/** Verifiers run where somebody may ask for them, and nowhere else. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openVerifiers } from '../src/compose-verifiers.ts';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';

for (const [roles, processes] of [
  ['worker,scheduler', 0],
  ['api', 2],
] as const)
  it(`a process of the roles ${roles} starts ${processes}`, async (t) => {
    const config = readConfig({ ROLES: roles, VERIFIERS: '2' });
    const verifiers = await openVerifiers(config, createLog('silent'));
    t.after(() => verifiers.stop());
    assert.equal(verifiers.standing.processes, processes);
  });
