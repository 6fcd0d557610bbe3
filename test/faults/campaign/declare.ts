/** Feeds declarations: some twice, some out of order, some taken back while their attestation is on its way. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ssinOf } from '../../bench/people.ts';
import { quaCancel, quaForm, quaIn, quaXml, updateForm } from '../../support/declarations.ts';
import { type Answer, type Caller, jsonOf, Over } from './caller.ts';
import type { Dice } from './dice.ts';
import { addressOf, DECLARED_END } from './people.ts';

/** What is expected of one case in the end: its days, and whether nothing is uncertain about them. */
export interface ExpectedCase {
  readonly ssin: string;
  readonly month: string;
  readonly days: Set<string>;
  /** Some call had no answer in the end. */
  isOpen: boolean;
}

export interface Declared {
  readonly cases: ExpectedCase[];
  /** Declarations that were answered, each counted once. */
  accepted: number;
  duplicates: number;
  disordered: number;
  cancelled: number;
  /** What the service answered wrongly. */
  readonly wrong: string[];
  /** Ids of declarations that were answered with 2xx. */
  readonly ids: Set<string>;
}

const AS = { client: 'payroll', scope: 'dimona:declare dimona:consult' } as const;
const FARM = '1900012343';
const MONTHS = ['2020-09', '2020-10', '2020-11', '2020-12', '2021-01', '2021-02', '2021-03', '2021-04'];
const DUPLICATE_PERCENT = 20;
const DISORDER_PERCENT = 10;
const CANCEL_PERCENT = 10;
/** How long a cancellation waits at most: from before its attestation is begun to after it was read. */
const CANCEL_MS = 4000;

/** How persons of the register look who are declared. */
export function peopleFile(count: number): string {
  const persons = Array.from({ length: count }, (_, index) => ({
    ssin: ssinOf(index),
    familyName: 'Peeters',
    givenName: `Nr ${index}`,
    language: ['nl', 'fr', 'de'][index % 3],
    email: addressOf(index),
    hasEbox: index % 10 !== 0,
  }));
  const farm = { enterpriseNumber: FARM, name: 'Boomgaarden Haspengouw BV' };
  return [farm, ...persons].map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Declares until told to stop, several at once. */
export async function feedDeclarations(
  caller: Caller,
  dice: Dice,
  isOver: () => boolean,
  atOnce: number,
): Promise<Declared> {
  const declared: Declared = {
    cases: [],
    accepted: 0,
    duplicates: 0,
    disordered: 0,
    cancelled: 0,
    wrong: [],
    ids: new Set(),
  };
  const feeder = new Feeder(caller, dice, declared);
  let next = 0;
  const one = async () => {
    while (!isOver()) {
      const person = next % DECLARED_END;
      const month = MONTHS[Math.floor(next / DECLARED_END)];
      next += 1;
      if (month === undefined) return;
      const expected = { ssin: ssinOf(person), month, days: new Set<string>(), isOpen: false };
      declared.cases.push(expected);
      await feeder.feedCase(expected, isOver);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  await feeder.settled();
  return declared;
}

interface Consulted {
  readonly declarationStatus: {
    readonly declarationId: string;
    readonly result: string;
    readonly period?: { readonly id: number };
  };
}

class Feeder {
  readonly #caller: Caller;
  readonly #dice: Dice;
  readonly #declared: Declared;
  readonly #later: Promise<void>[] = [];

  constructor(caller: Caller, dice: Dice, declared: Declared) {
    this.#caller = caller;
    this.#dice = dice;
    this.#declared = declared;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#later);
  }

  async feedCase(expected: ExpectedCase, isOver: () => boolean): Promise<void> {
    const count = 1 + this.#dice.below(5);
    for (let day = 1; day <= count && !isOver(); day += 1) {
      try {
        if (this.#dice.percent(DISORDER_PERCENT)) await this.#disordered(expected, day);
        else await this.#plain(expected, day);
      } catch (error) {
        expected.isOpen = true;
        if (!(error instanceof Over)) throw error;
      }
    }
  }

  async #plain(expected: ExpectedCase, number: number): Promise<void> {
    const { ssin } = expected;
    const day = dayOf(expected, number);
    const body = JSON.stringify(quaIn({ ssin, day, enterpriseNumber: FARM, jointCommittee: '145' }));
    const key = randomUUID();
    const isTwice = this.#dice.percent(DUPLICATE_PERCENT);
    const twin = isTwice ? this.#twin(expected, body, key) : undefined;
    const answer = await this.#post(body, key);
    const period = await this.#periodOf(answer);
    if (period === undefined) return;
    expected.days.add(day);
    if (twin !== undefined && (await twin) !== locationOf(answer))
      this.#declared.wrong.push(`the duplicate of ${locationOf(answer)} was answered with ${await twin}`);
    if (this.#dice.percent(CANCEL_PERCENT)) this.#later.push(this.#cancel(expected, day, period));
  }

  /** The same call once more, at the same time or a little later. */
  async #twin(expected: ExpectedCase, body: string, key: string): Promise<string | undefined> {
    this.#declared.duplicates += 1;
    await sleep(this.#dice.below(3) * 400);
    try {
      return locationOf(await this.#post(body, key));
    } catch (error) {
      if (!(error instanceof Over)) throw error;
      expected.isOpen = true;
      return undefined;
    }
  }

  async #cancel(expected: ExpectedCase, day: string, periodId: string): Promise<void> {
    try {
      await sleep(this.#dice.below(CANCEL_MS));
      const answer = await this.#post(JSON.stringify(quaCancel({ periodId })), randomUUID());
      await this.#periodOf(answer);
      expected.days.delete(day);
      this.#declared.cancelled += 1;
    } catch (error) {
      expected.isOpen = true;
      if (!(error instanceof Over)) throw error;
    }
  }

  /** Moves a period twice; the change that was made later arrives first, and stands. */
  async #disordered(expected: ExpectedCase, number: number): Promise<void> {
    const { ssin } = expected;
    const [day, earlier, later] = [
      dayOf(expected, number),
      dayOf(expected, number + 8),
      dayOf(expected, number + 16),
    ];
    const reference = `${this.#declared.cases.indexOf(expected)}-${number}`;
    const form = quaForm({
      ssin,
      day,
      enterpriseNumber: FARM,
      jointCommittee: '145',
      reference,
      createdOn: '2021-06-01',
    });
    const periodId = await this.#periodOfFile(form);
    if (periodId === undefined) return;
    const change = (to: string, createdOn: string) =>
      updateForm({ periodId, day: to, reference: `${reference}-${createdOn.slice(-2)}`, createdOn });
    await this.#periodOfFile(change(later, '2021-06-03'));
    // It is refused: the change that was made after it stands already.
    await this.#periodOfFile(change(earlier, '2021-06-02'), 'B');
    expected.days.add(later);
    this.#declared.disordered += 1;
  }

  async #post(body: string, key: string): Promise<Answer> {
    const answer = await this.#caller.call({
      method: 'POST',
      path: '/dimona/v2/declarations',
      as: AS,
      type: 'application/json',
      body,
      key,
    });
    if (answer.status !== 201) this.#declared.wrong.push(`a declaration was answered with ${answer.status}`);
    return answer;
  }

  async #periodOf(answer: Answer): Promise<string | undefined> {
    const location = locationOf(answer);
    if (location === undefined) return undefined;
    this.#declared.ids.add(location.split('/').at(-1) ?? '');
    this.#declared.accepted += 1;
    return this.#period(location);
  }

  async #period(location: string, wanted = 'AW'): Promise<string | undefined> {
    const consulted = await this.#caller.call({ path: new URL(location).pathname, as: AS });
    if (consulted.status !== 200) {
      this.#declared.wrong.push(`${location} was answered with ${consulted.status}`);
      return undefined;
    }
    const { result, period } = jsonOf<Consulted>(consulted).declarationStatus;
    if (!wanted.includes(result)) this.#declared.wrong.push(`${location} ended with ${result}`);
    return period && String(period.id);
  }

  async #periodOfFile(form: string, wanted?: string): Promise<string | undefined> {
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
      this.#declared.wrong.push(`a file was answered with ${answer.status}: ${answer.bytes.toString()}`);
      return undefined;
    }
    for (;;) {
      const file = await this.#caller.call({ path: new URL(location).pathname, as: AS });
      const { status, items } = jsonOf<{
        readonly status: { readonly state: string };
        readonly items: readonly { readonly declarationId: string }[];
      }>(file);
      if (status.state === 'done') {
        this.#declared.accepted += 1;
        this.#declared.ids.add(items[0]?.declarationId ?? '');
        return this.#period(`http://x/dimona/v2/declarations/${items[0]?.declarationId}`, wanted);
      }
      if (this.#caller.isOver) throw new Over(location);
      await sleep(300);
    }
  }
}

function locationOf({ headers }: Answer): string | undefined {
  return headers.get('location') ?? undefined;
}

function dayOf({ month }: ExpectedCase, number: number): string {
  return `${month}-${String(number).padStart(2, '0')}`;
}
