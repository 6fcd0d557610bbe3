/** Hands declarations in, one by one and as files, and reads what became of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quaXml } from '../../support/declarations.ts';
import { type Answer, type Caller, jsonOf, Over } from './caller.ts';

/** What the service told of declarations. */
export interface Told {
  /** Declarations that were answered, each counted once. */
  accepted: number;
  /** What the service answered wrongly. */
  readonly wrong: string[];
  /** Ids of declarations that were answered with 2xx. */
  readonly ids: Set<string>;
}

const AS = { client: 'payroll', scope: 'dimona:declare dimona:consult' } as const;

interface Consulted {
  readonly declarationStatus: {
    readonly declarationId: string;
    readonly result: string;
    readonly period?: { readonly id: number };
  };
}

export class Declarant {
  readonly #caller: Caller;
  readonly #told: Told;

  constructor(caller: Caller, told: Told) {
    this.#caller = caller;
    this.#told = told;
  }

  /** Declares once, as often as it takes to be answered; the key makes it the same declaration. */
  async post(body: string, key: string): Promise<Answer> {
    const answer = await this.#caller.call({
      method: 'POST',
      path: '/dimona/v2/declarations',
      as: AS,
      type: 'application/json',
      body,
      key,
    });
    if (answer.status !== 201) this.#told.wrong.push(`a declaration was answered with ${answer.status}`);
    return answer;
  }

  /** The period that a declaration led to; undefined for none, which is noted. */
  async periodOf(answer: Answer): Promise<string | undefined> {
    const location = locationOf(answer);
    if (location === undefined) return undefined;
    this.#told.ids.add(location.split('/').at(-1) ?? '');
    this.#told.accepted += 1;
    return this.#period(location);
  }

  async #period(location: string, wanted = 'AW'): Promise<string | undefined> {
    const consulted = await this.#caller.call({ path: new URL(location).pathname, as: AS });
    if (consulted.status !== 200) {
      this.#told.wrong.push(`${location} was answered with ${consulted.status}`);
      return undefined;
    }
    const { result, period } = jsonOf<Consulted>(consulted).declarationStatus;
    if (!wanted.includes(result)) this.#told.wrong.push(`${location} ended with ${result}`);
    return period && String(period.id);
  }

  /** The same for a file of one form, once it is worked through. */
  async periodOfFile(form: string, wanted?: string): Promise<string | undefined> {
    const body = quaXml([form]);
    const answer = await this.#caller.call({
      method: 'POST',
      path: '/dimona/v2/files',
      as: AS,
      type: 'application/xml',
      body,
    });
    const location = locationOf(answer);
    if (answer.status !== 202 || location === undefined) {
      this.#told.wrong.push(`a file was answered with ${answer.status}: ${answer.bytes.toString()}`);
      return undefined;
    }
    for (;;) {
      const file = await this.#caller.call({ path: new URL(location).pathname, as: AS });
      const { status, items } = jsonOf<{
        readonly status: { readonly state: string };
        readonly items: readonly { readonly declarationId: string }[];
      }>(file);
      if (status.state === 'done') {
        this.#told.accepted += 1;
        this.#told.ids.add(items[0]?.declarationId ?? '');
        return this.#period(`http://x/dimona/v2/declarations/${items[0]?.declarationId}`, wanted);
      }
      if (this.#caller.isOver) throw new Over(location);
      await sleep(300);
    }
  }
}

/** Where a declaration or file lies that was taken in. */
export function locationOf({ headers }: Answer): string | undefined {
  return headers.get('location') ?? undefined;
}
