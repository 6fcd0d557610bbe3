/** Feeds declarations: some twice, some out of order, some taken back while their attestation is on its way or after that. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ssinOf } from '../../bench/people.ts';
import { quaCancel, quaForm, quaIn, updateForm } from '../../support/declarations.ts';
import { type Caller, Over } from './caller.ts';
import type { DatabasePart } from './database-part.ts';
import { Declarant, locationOf, type Told } from './declarant.ts';
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

export interface Declared extends Told {
  readonly cases: ExpectedCase[];
  duplicates: number;
  disordered: number;
  cancelled: number;
  /** Cases whose only day was cancelled once their attestation was issued. */
  takenBack: number;
}

const FARM = '1900012343';
const MONTHS = ['2020-09', '2020-10', '2020-11', '2020-12', '2021-01', '2021-02', '2021-03', '2021-04'];
const DUPLICATE_PERCENT = 20;
const DISORDER_PERCENT = 10;
const CANCEL_PERCENT = 10;
/** How long a cancellation waits at most: from before its attestation is begun to after it was read. */
const CANCEL_MS = 4000;
/** One case of so many, the first one too, has one day, which is cancelled once its attestation is issued. */
const TAKEN_BACK_EVERY = 10;
/** How long that attestation is waited for once the feeding is over, and how often it is looked for. */
const ISSUED_MS = 15_000;
const ISSUED_STEP_MS = 300;

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

/** Where declarations are fed, by which dice, and until when. */
interface Feed {
  readonly caller: Caller;
  readonly database: DatabasePart;
  readonly dice: Dice;
  readonly isOver: () => boolean;
}

/** Declares until told to stop, several at once. */
export async function feedDeclarations(feed: Feed, atOnce: number): Promise<Declared> {
  const { isOver } = feed;
  const declared: Declared = {
    cases: [],
    accepted: 0,
    duplicates: 0,
    disordered: 0,
    cancelled: 0,
    takenBack: 0,
    wrong: [],
    ids: new Set(),
  };
  const feeder = new Feeder(feed, declared);
  let next = 0;
  const one = async () => {
    while (!isOver()) {
      const person = next % DECLARED_END;
      const month = MONTHS[Math.floor(next / DECLARED_END)];
      next += 1;
      if (month === undefined) return;
      const expected = { ssin: ssinOf(person), month, days: new Set<string>(), isOpen: false };
      const number = declared.cases.push(expected) - 1;
      if (number % TAKEN_BACK_EVERY === 0) await feeder.feedTakenBack(expected);
      else await feeder.feedCase(expected);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  await feeder.settled();
  return declared;
}

class Feeder {
  readonly #caller: Caller;
  readonly #declarant: Declarant;
  readonly #database: DatabasePart;
  readonly #dice: Dice;
  readonly #isOver: () => boolean;
  readonly #declared: Declared;
  readonly #later: Promise<void>[] = [];

  constructor({ caller, database, dice, isOver }: Feed, declared: Declared) {
    this.#caller = caller;
    this.#declarant = new Declarant(caller, declared);
    this.#database = database;
    this.#dice = dice;
    this.#isOver = isOver;
    this.#declared = declared;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#later);
  }

  async feedCase(expected: ExpectedCase): Promise<void> {
    const count = 1 + this.#dice.below(5);
    for (let day = 1; day <= count && !this.#isOver(); day += 1) {
      try {
        if (this.#dice.percent(DISORDER_PERCENT)) await this.#disordered(expected, day);
        else await this.#plain(expected, day);
      } catch (error) {
        expected.isOpen = true;
        if (!(error instanceof Over)) throw error;
      }
    }
  }

  /** A case of one day that comes to nothing after its attestation was issued. */
  async feedTakenBack(expected: ExpectedCase): Promise<void> {
    const day = dayOf(expected, 1);
    try {
      const period = await this.#declarant.periodOf(
        await this.#declarant.post(inOf(expected, day), randomUUID()),
      );
      if (period === undefined) return;
      expected.days.add(day);
      this.#later.push(this.#takeBack(expected, day, period));
    } catch (error) {
      expected.isOpen = true;
      if (!(error instanceof Over)) throw error;
    }
  }

  async #takeBack(expected: ExpectedCase, day: string, period: string): Promise<void> {
    for (let calm = 0; !(await this.#isIssued(period)); calm += this.#isOver() ? ISSUED_STEP_MS : 0) {
      // It stays as it was declared.
      if (this.#caller.isOver || calm > ISSUED_MS) return;
      await sleep(ISSUED_STEP_MS);
    }
    await this.#cancel(expected, day, period);
    if (!expected.isOpen) this.#declared.takenBack += 1;
  }

  /** Whether the month of a period has an attestation. */
  async #isIssued(periodId: string): Promise<boolean> {
    const rows = await this.#database.query(
      `select 1 from status_period s join attestation a using (person_id)
       where s.reference = $1 and a.state = 'issued' and a.case_id like '%/month=' || to_char(s.valid_from, 'YYYY-MM') || '%'`,
      [periodId],
    );
    return rows.length > 0;
  }

  async #plain(expected: ExpectedCase, number: number): Promise<void> {
    const day = dayOf(expected, number);
    const body = inOf(expected, day);
    const key = randomUUID();
    const isTwice = this.#dice.percent(DUPLICATE_PERCENT);
    const twin = isTwice ? this.#twin(expected, body, key) : undefined;
    const answer = await this.#declarant.post(body, key);
    const period = await this.#declarant.periodOf(answer);
    if (period === undefined) return;
    expected.days.add(day);
    if (twin !== undefined && (await twin) !== locationOf(answer))
      this.#declared.wrong.push(`the duplicate of ${locationOf(answer)} was answered with ${await twin}`);
    if (this.#dice.percent(CANCEL_PERCENT)) this.#later.push(this.#cancelSoon(expected, day, period));
  }

  /** The same call once more, at the same time or a little later. */
  async #twin(expected: ExpectedCase, body: string, key: string): Promise<string | undefined> {
    this.#declared.duplicates += 1;
    await sleep(this.#dice.below(3) * 400);
    try {
      return locationOf(await this.#declarant.post(body, key));
    } catch (error) {
      if (!(error instanceof Over)) throw error;
      expected.isOpen = true;
      return undefined;
    }
  }

  async #cancelSoon(expected: ExpectedCase, day: string, periodId: string): Promise<void> {
    await sleep(this.#dice.below(CANCEL_MS));
    await this.#cancel(expected, day, periodId);
  }

  async #cancel(expected: ExpectedCase, day: string, periodId: string): Promise<void> {
    try {
      const answer = await this.#declarant.post(JSON.stringify(quaCancel({ periodId })), randomUUID());
      await this.#declarant.periodOf(answer);
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
    const periodId = await this.#declarant.periodOfFile(form);
    if (periodId === undefined) return;
    const change = (to: string, createdOn: string) =>
      updateForm({ periodId, day: to, reference: `${reference}-${createdOn.slice(-2)}`, createdOn });
    await this.#declarant.periodOfFile(change(later, '2021-06-03'));
    // It is refused: the change that was made after it stands already.
    await this.#declarant.periodOfFile(change(earlier, '2021-06-02'), 'B');
    expected.days.add(later);
    this.#declared.disordered += 1;
  }
}

/** A declaration of a day of quarantine. */
function inOf({ ssin }: ExpectedCase, day: string): string {
  return JSON.stringify(quaIn({ ssin, day, enterpriseNumber: FARM, jointCommittee: '145' }));
}

function dayOf({ month }: ExpectedCase, number: number): string {
  return `${month}-${String(number).padStart(2, '0')}`;
}
