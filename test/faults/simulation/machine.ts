/**
 * One interleaving: processes, connections and the clock under the hand of fast-check, which says who goes on next and what
 * is struck. Every effect outside a process is one `io`; what stands between two of them nobody sees.
 */
import type { Scheduler } from 'fast-check';
import { ServiceError } from '../../../src/errors.ts';
import { checkCommitted } from './check.ts';
import { Register } from './register.ts';

/**
 * What may happen at an effect. `crash…`: its process dies before or after it; `refuse`: it is not done, and says so; `lose`: it
 * is done, and says that it was not; `late`, `paused`: the clock goes on by less or more than a lease, and while a process is
 * paused it extends none.
 */
export const STRIKES = ['none', 'crashBefore', 'crashAfter', 'refuse', 'lose', 'late', 'paused'] as const;
export type Strike = (typeof STRIKES)[number];

export const LEASE_SECONDS = 30;
const LATE_SECONDS = 12;
const PAUSED_SECONDS = 2 * LEASE_SECONDS;
/** Far more than any interleaving needs. */
const MOST_STEPS = 1500;

/** A process, or whoever else acts; what it does after its end never comes. */
export interface Life {
  readonly name: string;
  /** How far its own clock is off, in seconds. */
  readonly skew: number;
  isOver: boolean;
  end: () => void;
  /** Extends the lease that is held. */
  beat: (() => void) | undefined;
}

export class Machine {
  register = new Register();
  now = 0;
  steps = 0;
  /** Names the order of all effects, as far as 32 bits can. */
  trace = 0;
  /** Broken as soon as they were seen. */
  readonly violations: string[] = [];
  readonly #scheduler: Scheduler;
  readonly #strikes: Strike[];
  readonly #lives = new Set<Life>();
  readonly #sleepers = new Set<() => void>();
  #open = 0;
  #finish: () => void = () => undefined;
  readonly finished: Promise<void>;

  constructor(scheduler: Scheduler, strikes: readonly Strike[]) {
    this.#scheduler = scheduler;
    this.#strikes = [...strikes];
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Does an effect when it is its turn. Throws `databaseUnavailable`, or what `error` makes, where it is refused or lost. */
  async io<T>(life: Life, label: string, effect: () => T, error = unavailable): Promise<T> {
    await this.#scheduler.schedule(Promise.resolve(), label);
    this.steps += 1;
    if (this.steps > MOST_STEPS) {
      this.violations.push('the work comes to its end');
      this.#finish();
    }
    if (life.isOver) return never();
    const strike = this.#strikes.shift() ?? 'none';
    this.trace = (Math.imul(this.trace, 31) + hashOf(life.name + label)) | 0;
    if (strike === 'late' || strike === 'paused') this.#goOn(strike);
    if (strike === 'crashBefore') return this.#crash(life);
    if (strike === 'refuse') throw error(label);
    const value = effect();
    this.#wakeDue();
    if (strike === 'crashAfter') return this.#crash(life);
    if (strike === 'lose') throw error(label);
    return value;
  }

  /** A transaction: its changes are seen at once, and none of them where it throws. */
  transaction<T>(life: Life, label: string, work: (register: Register) => T): Promise<T> {
    return this.io(life, label, () => {
      const draft = new Register(this.register);
      const value = work(draft);
      this.register = draft;
      this.violations.push(...checkCommitted(draft));
      return value;
    });
  }

  /** Lets somebody act until the end, beginning anew with another life after each death. */
  act(name: string, skew: number, live: (life: Life) => Promise<void>): void {
    this.#open += 1;
    void this.#supervise(name, skew, live);
  }

  async #supervise(name: string, skew: number, live: (life: Life) => Promise<void>): Promise<void> {
    let hasEnded = false;
    while (!hasEnded) {
      const life: Life = { name, skew, isOver: false, end: () => undefined, beat: undefined };
      const dead = new Promise<'dead'>((resolve) => {
        life.end = () => resolve('dead');
      });
      this.#lives.add(life);
      hasEnded = (await Promise.race([live(life), dead])) !== 'dead';
      this.#lives.delete(life);
    }
    this.#open -= 1;
    this.#goOnIfAsleep();
  }

  /** Until there may be something due. */
  async sleep(): Promise<void> {
    if (this.#isDue()) return;
    await new Promise<void>((resolve) => {
      this.#sleepers.add(resolve);
      this.#open -= 1;
      this.#goOnIfAsleep();
    });
  }

  #crash(life: Life): Promise<never> {
    life.isOver = true;
    life.end();
    return never();
  }

  /** Nobody does anything: time goes on to what is due next, or all is done. */
  #goOnIfAsleep(): void {
    if (this.#open > 0) return;
    const due = this.register.queue.nextDue();
    if (due === undefined) return this.#finish();
    this.now = Math.max(this.now, due);
    this.#wakeDue();
  }

  #goOn(strike: 'late' | 'paused'): void {
    this.now += strike === 'late' ? LATE_SECONDS : PAUSED_SECONDS;
    if (strike === 'paused') return;
    for (const { beat } of this.#lives) beat?.();
  }

  #isDue(): boolean {
    return (this.register.queue.nextDue() ?? Number.POSITIVE_INFINITY) <= this.now;
  }

  #wakeDue(): void {
    if (!this.#isDue()) return;
    const sleepers = [...this.#sleepers];
    this.#sleepers.clear();
    this.#open += sleepers.length;
    for (const wake of sleepers) wake();
  }
}

function unavailable(label: string): ServiceError {
  return new ServiceError('databaseUnavailable', label);
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 33) + text.charCodeAt(at)) | 0;
  return hash;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
