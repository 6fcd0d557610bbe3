/** Named places where a fault campaign may strike; free when off. */

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
  /** The hit, counted from 1, at which the action strikes. */
  readonly hit: number;
}

const arms = new Map<Failpoint, Arm>();
const hits = new Map<Failpoint, number>();

/** Gives the first part of a specification that is no failpoint with an action; undefined when all are. */
export function wrongFailpoint(specification: string): string | undefined {
  return partsOf(specification).find((part) => readArm(part) === undefined);
}

/**
 * Arms failpoints from a text such as `issue.sealed=kill@2,digest.mailed=throw`; hits are counted from 1, the default.
 * Throws `Error` naming the first part that is no failpoint or no action (`kill`, `throw`, `hang`), with none armed.
 */
export function armFailpoints(specification: string): void {
  const wrong = wrongFailpoint(specification);
  if (wrong !== undefined)
    throw new Error(`FAILPOINTS: "${wrong}" is not of the form name=kill|throw|hang[@hit]`);
  for (const part of partsOf(specification)) {
    const arm = readArm(part);
    if (arm !== undefined) arms.set(arm.name, arm);
  }
}

function partsOf(specification: string): string[] {
  return specification
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readArm(part: string): Arm | undefined {
  const [, place, action, hit = '1'] = /^([a-z.-]+)=(kill|throw|hang)(?:@([1-9]\d*))?$/.exec(part) ?? [];
  const name = FAILPOINTS.find((known) => known === place);
  return name && { name, action: action as Action, hit: Number(hit) };
}

/** Disarms everything, for tests that arm failpoints in their own process. */
export function disarmFailpoints(): void {
  arms.clear();
  hits.clear();
}

/** Tells how often a place was reached since it was armed, for whoever waits for that. */
export function reached(name: Failpoint): number {
  return hits.get(name) ?? 0;
}

/** Marks a place where the process may be struck. Does nothing unless that place was armed. */
export async function failpoint(name: Failpoint): Promise<void> {
  if (arms.size === 0) return;
  const arm = arms.get(name);
  if (arm === undefined) return;
  const hit = (hits.get(name) ?? 0) + 1;
  hits.set(name, hit);
  if (hit !== arm.hit) return;
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
