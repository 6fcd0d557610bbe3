/** Interleavings of workers, senders and an agency, as many as wished: what fast-check finds wrong it makes small. */
import fc, { type Scheduler } from 'fast-check';
import { BATCH_ORDERS, ordersIn } from '../../../src/domain/batch.ts';
import { ServiceError } from '../../../src/errors.ts';
import { runJob } from '../../../src/jobs/run-job.ts';
import { createLog } from '../../../src/log.ts';
import type { LeasedJob, Queue } from '../../../src/workflows/queue.ts';
import type { SimulatedBug } from './bugs.ts';
import { checkEnd } from './check.ts';
import { type Simulated, simulatedHandlers } from './handlers.ts';
import { LEASE_SECONDS, type Life, Machine, STRIKES, type Strike } from './machine.ts';
import { Outside } from './outside.ts';
import type { Job } from './queue-table.ts';

export interface SimulationWish {
  readonly interleavings: number;
  readonly seed: number;
  readonly bug?: SimulatedBug;
}

export interface SimulationReport {
  readonly seed: number;
  readonly interleavings: number;
  /** Of them, as far as they differ in who did what when. */
  readonly distinct: number;
  readonly effects: number;
  readonly strikes: Readonly<Record<string, number>>;
  /** Rules that are broken in the first interleaving that breaks any, after which it ends. */
  readonly violations: number;
  /** The rules that are broken. */
  readonly broken: readonly string[];
  /** The smallest that breaks a rule (with a bug: the first): who did what, and how it is had again. */
  readonly counterexample: string | undefined;
}

/** What is given to one interleaving beside its order. */
interface Plan {
  readonly strikes: readonly Strike[];
  /** Which case gets which facts; undefined: none any more. */
  readonly reports: readonly (readonly [caseNumber: number, content: string | undefined])[];
  readonly orders: readonly ('pause' | 'resume' | 'cancel')[];
  readonly quietSeconds: number;
  readonly answers: readonly number[];
  /** Whether the other registry never takes the first message. */
  readonly isRefused: boolean;
}

const WORKERS = [0, -86_400, 300];
const ROWS = 4;
const CHUNK = 2;
/** No more than a job survives: a fault each time is no accident any more. */
const MOST_STRIKES = 11;

const plans: fc.Arbitrary<Plan> = fc.record({
  strikes: fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.constant('none' as const) }, fc.constantFrom(...STRIKES)), {
      maxLength: 60,
      size: 'max',
    })
    .map((strikes) => {
      let left = MOST_STRIKES;
      return strikes.map((strike) => (strike === 'none' || left-- > 0 ? strike : 'none'));
    }),
  reports: fc.array(fc.tuple(fc.nat(1), fc.constantFrom('a', 'b', undefined)), {
    minLength: 1,
    maxLength: 4,
  }),
  orders: fc.array(fc.constantFrom('pause', 'resume', 'cancel'), { maxLength: 3 }),
  quietSeconds: fc.constantFrom(0, 20),
  answers: fc.array(fc.constantFrom(401, 429, 500, 503), { maxLength: 3 }),
  isRefused: fc.boolean(),
});

/** Tries so many interleavings; ends with the first that breaks a rule. */
export async function simulate({ interleavings, seed, bug }: SimulationWish): Promise<SimulationReport> {
  const traces = new Set<number>();
  const strikes: Record<string, number> = {};
  let effects = 0;
  const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
    const { machine, violations } = await interleave(scheduler, plan, bug);
    traces.add(machine.trace);
    effects += machine.steps;
    for (const strike of plan.strikes.slice(0, machine.steps)) strikes[strike] = (strikes[strike] ?? 0) + 1;
    if (violations.length > 0) throw new RuleBroken([...new Set(violations)]);
  });
  const result = await fc.check(property, { numRuns: interleavings, seed, endOnFailure: bug !== undefined });
  const counts = { effects, distinct: traces.size, strikes, seed };
  const counterexample = result.failed ? fc.defaultReportMessage(result) : undefined;
  const { errorInstance: error } = result;
  // What is thrown elsewhere is a fault of the simulation, and no finding.
  if (result.failed && !(error instanceof RuleBroken)) throw error;
  const broken = error instanceof RuleBroken ? error.rules : [];
  return { ...counts, interleavings: result.numRuns, violations: broken.length, broken, counterexample };
}

class RuleBroken extends Error {
  readonly rules: readonly string[];

  constructor(rules: readonly string[]) {
    super(rules.join('; '));
    this.rules = rules;
  }
}

async function interleave(scheduler: Scheduler, plan: Plan, bug: SimulatedBug | undefined) {
  const machine = new Machine(scheduler, plan.strikes);
  const outside = new Outside(plan.answers, plan.isRefused ? 'message-of-case-0/1' : undefined);
  const acknowledged = new Set<string>();
  beginBatch(machine);
  machine.act('sender', 0, (life) => send(machine, life, plan, acknowledged));
  machine.act('agency', 0, (life) => order(machine, life, plan));
  for (const [at, skew] of WORKERS.entries())
    machine.act(`worker-${at}`, skew, (life) => work({ machine, outside, bug }, life));
  await scheduler.waitFor(machine.finished);
  return {
    machine,
    violations: [...machine.violations, ...checkEnd(machine.register, outside, acknowledged)],
  };
}

function beginBatch({ register }: Machine): void {
  for (let rowNumber = 1; rowNumber <= ROWS; rowNumber += 1)
    register.rows.set(rowNumber, {
      rowNumber,
      state: 'checked',
      attestationId: undefined,
      outcome: undefined,
    });
  for (let from = 1; from <= ROWS; from += CHUNK)
    register.queue.queue(0, { lane: 'bulk', kind: 'runRows', payload: { from, to: from + CHUNK - 1 } });
}

/** Reports, and reports again until it is acknowledged. */
async function send(machine: Machine, life: Life, plan: Plan, acknowledged: Set<string>): Promise<void> {
  for (const [at, [caseNumber, content]] of plan.reports.entries()) {
    const id = `declaration-${at}`;
    const caseId = `case-${caseNumber}`;
    await untilDone(() =>
      machine.transaction(life, 'report', ({ declared, facts, queue }) => {
        if (declared.has(id)) return;
        declared.add(id);
        facts.set(caseId, content);
        const job = { lane: 'single', kind: 'settle', payload: { caseId } } as const;
        queue.queue(machine.now, { ...job, dedupeKey: caseId, delaySeconds: plan.quietSeconds });
      }),
    );
    acknowledged.add(id);
  }
}

/** Gives orders to a batch as they can be followed; what was paused goes on in the end. */
async function order(machine: Machine, life: Life, { orders }: Plan): Promise<void> {
  for (const given of [...orders, 'resume'] as const)
    await untilDone(() =>
      machine.transaction(life, given, (register) => {
        if (!ordersIn(register.batch).includes(given)) return;
        register.batch = BATCH_ORDERS[given].to;
        register.queue.reschedule(machine.now, 'runRows', given === 'pause');
      }),
    );
}

async function untilDone(step: () => Promise<void>): Promise<void> {
  while (
    !(await step().then(
      () => true,
      () => false,
    ))
  );
}

const log = createLog('silent');

/** A worker of one job at a time: the service's own `runJob` on the model's queue. */
async function work(simulated: Simulated, life: Life): Promise<void> {
  const { machine } = simulated;
  const queue = queueOf(simulated, life);
  const handlers = simulatedHandlers(simulated, life);
  const startBeat = (beat: () => void) => {
    life.beat = beat;
    return () => {
      life.beat = undefined;
    };
  };
  for (;;) {
    const [job] = await queue.claim(['single', 'bulk'], 1, LEASE_SECONDS).catch(() => []);
    if (job === undefined) await machine.sleep();
    else await runJob({ queue, handlers, leaseSeconds: LEASE_SECONDS, log, startBeat }, job);
  }
}

function queueOf({ machine, bug }: Simulated, life: Life): Queue {
  const change = <T>(label: string, work: Parameters<typeof machine.transaction<T>>[2]) =>
    machine.transaction(life, label, work);
  return {
    claim: (_lanes, limit, leaseSeconds) =>
      change('claim', ({ queue }) => {
        const before = new Map(queue.jobs);
        const jobs = queue.claim(machine.now, limit, leaseSeconds, freeJobs(bug, life));
        for (const { jobId } of jobs)
          if ((before.get(jobId)?.leaseUntil ?? machine.now) > machine.now)
            machine.violations.push('a job that is leased is nobody else’s');
        if (bug === 'the job ends before its work') for (const job of jobs) queue.complete(job);
        return jobs;
      }),
    extend: (job, leaseSeconds) =>
      change('extend', ({ queue }) => queue.extend(machine.now, job, leaseSeconds)),
    ended: () => Promise.resolve(),
    retry: (job, delaySeconds) => change('retry', ({ queue }) => queue.retry(machine.now, job, delaySeconds)),
    bury: (job: LeasedJob) => change('bury', ({ queue }) => queue.bury(job)),
    onJob: () => Promise.reject(new ServiceError('unexpected', 'nobody listens here')),
  };
}

/** Which jobs a worker takes for free; undefined: those that are. */
function freeJobs(bug: SimulatedBug | undefined, life: Life) {
  if (bug === 'a lease that is not waited for') return () => true;
  if (bug === 'a lease that never ends') return ({ leaseUntil }: Job) => leaseUntil === undefined;
  if (bug === 'a lease judged by the clock of its worker')
    return ({ leaseUntil }: Job, now: number) => leaseUntil === undefined || leaseUntil < now + life.skew;
  return undefined;
}
