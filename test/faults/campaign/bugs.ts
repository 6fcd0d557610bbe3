/**
 * Bugs that a campaign has to find: each breaks one rule, in a copy of the built program or in the schema. None of it is a
 * switch of the service. Leases without a fence are none of them: behind the fence stand the states of rows and unique keys,
 * so that nothing comes twice without it either; the simulation, which has neither, finds that. What is replaced stands in the named file, both as written and as built.
 */
export interface Patch {
  /** Under `src/`, without its ending. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface SeededBug {
  readonly name: string;
  readonly patches?: readonly Patch[];
  readonly statements?: readonly string[];
}

const one = (name: string, file: string, find: string, replace: string): SeededBug => ({
  name,
  patches: [{ file, find, replace }],
});

/** Every third or so: often enough to be found, seldom enough for the work to go on. */
const SOME = 'Math.random() < 0.3';

export const SEEDED_BUGS: readonly SeededBug[] = [
  one(
    'acknowledged before it is kept',
    'workflows/report',
    "  await failpoint('report.committed');",
    "  if (outcome.kind === 'reported' && Math.random() < 0.1) return { ...outcome, declarationId: services.newId() };\n  await failpoint('report.committed');",
  ),
  {
    name: 'commits wait for no disk',
    statements: [
      `do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`,
      'alter system set wal_writer_delay = 10000',
      'select pg_reload_conf()',
    ],
  },
  one(
    'a lease that never ends',
    'database/jobs',
    '           and (lease_until is null or lease_until < statement_timestamp())',
    '           and lease_until is null',
  ),
  one(
    'the job ends before its work',
    'jobs/run-job',
    '    await handler(job);',
    `    if (job.kind === 'issue' && ${SOME}) { await queue.bury(job, 'ended'); return 'done'; }\n    await handler(job);`,
  ),
  one(
    'an existing object is taken for our own',
    'workflows/issue',
    "  if ((await services.archive.store(row.objectKey, object, objectSha256)) === 'stored')",
    "  if (['stored', 'existing'].includes(await services.archive.store(row.objectKey, object, objectSha256)))",
  ),
  one(
    'issued but not archived',
    'workflows/issue',
    "  if ((await services.archive.store(row.objectKey, object, objectSha256)) === 'stored')",
    `  if (${SOME}) return { ...made, objectSha256 };\n  if ((await services.archive.store(row.objectKey, object, objectSha256)) === 'stored')`,
  ),
  one(
    'a key of the moment on each try of a relay',
    'workflows/relay',
    '    idempotencyKey: row.messageId,',
    '    idempotencyKey: crypto.randomUUID(),',
  ),
  one(
    'relayed before the other registry has it',
    'workflows/relay',
    '  const outcome = await registry.publish(toPublication(claimed, pdf));',
    `  const outcome = ${SOME} ? { kind: 'published', registryMessageId: 'x' + row.messageId, isDigitalUser: true } : await registry.publish(toPublication(claimed, pdf));`,
  ),
  one(
    'a relay that is not queued',
    'workflows/deliver',
    "    await queueJob(connection, { lane, kind: 'relay', payload: { messageId }, dedupeKey: messageId });",
    `    if (!(${SOME})) await queueJob(connection, { lane, kind: 'relay', payload: { messageId }, dedupeKey: messageId });`,
  ),
  one(
    'a mail counts as sent before it is',
    'workflows/digest',
    '  const refusal = await handOver(services, begun);',
    `  const refusal = ${SOME} ? undefined : await handOver(services, begun);`,
  ),
  one(
    'a mail of another name on each try',
    'workflows/digest',
    '    await mailer.send({ ...notice, to, messageId: `<${mailId}@${host}>`, envelopeId: mailId });',
    '    await mailer.send({ ...notice, to, messageId: `<${crypto.randomUUID()}@${host}>`, envelopeId: mailId });',
  ),
  one(
    'an event is told before it is taken up',
    'workflows/tell',
    '    const person = message && (await findPerson(connection, message.personId));',
    `    const person = ${SOME} ? undefined : message && (await findPerson(connection, message.personId));`,
  ),
  one(
    'a reading leaves no trace',
    'workflows/read',
    "    await recordReading(connection, reader, 'message.read', asked.messageId, attachment.sha256);",
    `    if (!(${SOME})) await recordReading(connection, reader, 'message.read', asked.messageId, attachment.sha256);`,
  ),
  one(
    'a reading is traced before it may happen',
    'workflows/read',
    '  const { attachment, documentId, citizenKey } = found;',
    "  const { attachment, documentId, citizenKey } = found;\n  await services.database.transaction((connection) => recordReading(connection, reader, 'message.read', asked.messageId, found.attachment.sha256));\n",
  ),
  one(
    'an issue leaves no trace',
    'workflows/issue',
    '    await insertAuditEntry(connection, entry);',
    `    if (!(${SOME})) await insertAuditEntry(connection, entry);`,
  ),
  {
    name: 'a receipt each time',
    // Either keeps a second reading away.
    statements: ['drop index receipt_once', 'drop index receipt_end'],
  },
  {
    name: 'two issued attestations of a case',
    statements: ['drop index attestation_one_issued'],
    patches: [
      {
        file: 'workflows/issue',
        find: '  const superseded = await supersedeIssued(connection, row.caseId);',
        replace: `  const superseded = ${SOME} ? undefined : await supersedeIssued(connection, row.caseId);`,
      },
    ],
  },
  one(
    'a case that is not settled again',
    'workflows/settle',
    '  const draft = await act(connection, weighed);',
    `  const draft = ${SOME} ? undefined : await act(connection, weighed);`,
  ),
  one(
    'a cancellation that takes nothing back',
    'workflows/settle',
    '    await revokeAttestation(connection, decision.revoke.attestationId);',
    "    if (decision.revoke.attestationId === '') await revokeAttestation(connection, decision.revoke.attestationId);",
  ),
  one(
    'a duplicate is taken in again',
    'workflows/report',
    'return replay(known.first);',
    'return { ...replay(known.first), declarationId: services.newId() };',
  ),
  one(
    'evidence with a gap',
    'workflows/seal-evidence',
    '  const leaves = records.flatMap(leavesOf).map((opened) => appendLeaf(tree, opened));',
    '  const leaves = records.filter((_, at) => at % 7 !== 3).flatMap(leavesOf).map((opened) => appendLeaf(tree, opened));',
  ),
  one(
    'an event counts as delivered before its call',
    'workflows/tell-senders',
    '    const outcome = await deliver(services, subscription, due);',
    `    const outcome = ${SOME} ? { outcome: 'delivered', status: 204, reason: undefined } : await deliver(services, subscription, due);`,
  ),
  one('a failure is waited out for an hour', 'jobs/run-job', 'step.delaySeconds, reason);', '3600, reason);'),
  one(
    'an outage uses up the tries of a job',
    'jobs/job-step',
    '  if (isOutage(error)) {',
    "  if (isOutage(error) && attempts >= 2) return { kind: 'bury' };\n  if (isOutage(error)) {",
  ),
  one(
    'a chunk of a batch ends before it is published',
    'workflows/batch-run',
    '    await publishAll(services, connection, made);',
    `    if (!(${SOME})) await publishAll(services, connection, made);`,
  ),
  one(
    'a refusal of the store is taken for stored',
    'archive/quick-put',
    "412: 'existing'",
    "412: 'existing', 429: 'stored', 500: 'stored', 503: 'stored'",
  ),
  {
    name: 'a lost connection ends the process',
    // Either hears of it.
    patches: [
      { file: 'database/transaction', find: "client.on('error', noteLoss);", replace: '' },
      {
        file: 'database/database',
        find: "pool.on('connect', (client) => client.on('error', () => undefined));",
        replace: '',
      },
    ],
  },
  one(
    'what is revoked is called valid',
    'workflows/standing',
    '    status: statusAt(row, validity, now),',
    "    status: row.state === 'superseded' ? 'valid' : statusAt(row, validity, now),",
  ),
];
