/** Named places where a fault campaign may strike; free when off. */
import { writeSync } from 'node:fs';

/** Every place that can be armed: one before and one after each effect of the main job and of the evidence log. */
export const FAILPOINTS = [
  'report.received',
  'report.committed',
  'settle.decided',
  'settle.committed',
  'issue.claimed',
  'issue.rendered',
  'issue.sealed',
  'issue.archived',
  'issue.committed',
  'batch.prepared',
  'batch.archived',
  'batch.published',
  'recall.chunk',
  'tell.committed',
  'digest.prepared',
  'digest.mailed',
  'digest.committed',
  'bounce.committed',
  'relay.claimed',
  'relay.sent',
  'relay.committed',
  'poll-read.asked',
  'deliveries.printed',
  'read.committed',
  'publish.named',
  'publish.stored',
  'publish.committed',
  'evidence.appended',
  'evidence.committed',
  'evidence.sealed',
  'evidence.stored',
  'evidence.exported',
  'evidence.stamped',
  'erase.begun',
  'erase.destroyed',
  'erase.scrubbed',
  'rekey.chunk',
  'retain.chunk',
  'remind.committed',
  'flow.stored',
  'flow.closed',
  'webhook.sent',
  'verify.begun',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

type Action = 'kill' | 'throw' | 'hang';

interface Arm {
  readonly name: Failpoint;
  readonly action: Action;
  /** The hit, counted from 1, at which the action strikes; or how many of a hundred hits it strikes, by chance. */
  readonly when: { readonly hit: number } | { readonly percent: number };
}

const arms = new Map<Failpoint, Arm[]>();
const hits = new Map<Failpoint, number>();
let draw = drawFrom(1);

/** Gives the first part of a specification that is no failpoint with an action; undefined when all are. */
export function wrongFailpoint(specification: string): string | undefined {
  return partsOf(specification).find((part) => seedOf(part) === undefined && readArms(part).length === 0);
}

/**
 * Arms failpoints from a text such as `issue.sealed=kill@2,digest.mailed=throw`: hits are counted from 1, the default.
 * `*=kill%0.5,seed=7` strikes anywhere, at one hit of two hundred on average, by the chance of that seed.
 * Throws `Error` naming the first part that is no failpoint or no action (`kill`, `throw`, `hang`), with none armed.
 */
export function armFailpoints(specification: string): void {
  const wrong = wrongFailpoint(specification);
  if (wrong !== undefined)
    throw new Error(
      `FAILPOINTS: "${wrong}" is not of the form name=kill|throw|hang[@hit|%percent] or seed=N`,
    );
  for (const part of partsOf(specification)) {
    const seed = seedOf(part);
    if (seed !== undefined) draw = drawFrom(seed);
    for (const arm of readArms(part)) arms.set(arm.name, [...(arms.get(arm.name) ?? []), arm]);
  }
}

function partsOf(specification: string): string[] {
  return specification
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function seedOf(part: string): number | undefined {
  const [, seed] = /^seed=(\d{1,10})$/.exec(part) ?? [];
  return seed === undefined ? undefined : Number(seed);
}

function readArms(part: string): Arm[] {
  const [, place, action, hit = '1', percent] =
    /^([a-z.-]+|\*)=(kill|throw|hang)(?:@([1-9]\d*)|%(\d{1,2}(?:\.\d+)?|100))?$/.exec(part) ?? [];
  const when = percent === undefined ? { hit: Number(hit) } : { percent: Number(percent) };
  return FAILPOINTS.filter((known) => place === '*' || known === place).map((name) => ({
    name,
    // The pattern takes these alone.
    action: action as Action,
    when,
  }));
}

/** Gives numbers from 0 to 1, the same for the same seed (a linear congruence: any spread will do here). */
function drawFrom(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 33n) / 2 ** 31;
  };
}

/** Disarms everything, for tests that arm failpoints in their own process. */
export function disarmFailpoints(): void {
  arms.clear();
  hits.clear();
  draw = drawFrom(1);
}

/** Tells how often a place was reached since it was armed, for whoever waits for that. */
export function reached(name: Failpoint): number {
  return hits.get(name) ?? 0;
}

/** Marks a place where the process may be struck. Does nothing unless that place was armed. */
export async function failpoint(name: Failpoint): Promise<void> {
  if (arms.size === 0) return;
  const armed = arms.get(name);
  if (armed === undefined) return;
  const hit = (hits.get(name) ?? 0) + 1;
  hits.set(name, hit);
  const arm = armed.find(({ when }) => ('hit' in when ? when.hit === hit : draw() * 100 < when.percent));
  if (arm === undefined) return;
  // Whoever counts strikes from outside reads it there; it is written before anything else happens.
  tell(`failpoint ${name}=${arm.action}\n`);
  switch (arm.action) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      // The signal ends the process before this wait does; nothing after the failpoint may run.
      await new Promise(() => {});
      break;
    case 'throw':
      throw new Error(`failpoint ${name}`);
    case 'hang':
      await new Promise(() => {});
  }
}

function tell(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // Nobody listens, or not fast enough: the strike is what counts.
  }
}
