/** Property: whatever order and however often the same declarations arrive, the same attestation lives in the end. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { readForm } from '../../src/dimona/form-reader.ts';
import { toDeclaration } from '../../src/dimona/xml.ts';
import type { AttestationFacts } from '../../src/domain/attestation.ts';
import { type Report, type ReportOutcome, reportDeclaration } from '../../src/workflows/report.ts';
import { type Client, createClient } from '../support/client.ts';
import { cancelForm, quaForm, updateForm } from '../support/declarations.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** What becomes of one quarantined day: moved to other days at stated times, cancelled or not. */
interface Chain {
  readonly index: number;
  /** Minutes after the IN at which an update was made, in any order; each moves the period to a day of its own. */
  readonly updates: readonly number[];
  readonly isCancelled: boolean;
}

/** One declaration of a chain; the IN has to be answered before the others can name its period. */
interface Step {
  readonly chain: number;
  readonly kind: 'in' | 'update' | 'cancel';
  readonly minute: number;
  /** For an update: which of the chain's days it moves to, from 1. */
  readonly place: number;
}

/** Days of chains never meet: chain c has the days 1 + 4c to 4 + 4c of the month. */
function dayOf(chain: number, place: number): string {
  return `2020-10-${String(1 + chain * 4 + place).padStart(2, '0')}`;
}

function stepsOf({ index, updates, isCancelled }: Chain): Step[] {
  return [
    { chain: index, kind: 'in', minute: 0, place: 0 },
    ...updates.map((minute, at): Step => ({ chain: index, kind: 'update', minute, place: at + 1 })),
    ...(isCancelled ? [{ chain: index, kind: 'cancel', minute: 5, place: 0 } as const] : []),
  ];
}

/** The days that must be on the attestation in the end, whatever the order: the last made update counts. */
function expectedDays(chains: readonly Chain[]): string[] {
  return chains
    .filter(({ isCancelled }) => !isCancelled)
    .map(({ index, updates }) =>
      dayOf(index, updates.length === 0 ? 0 : 1 + updates.indexOf(Math.max(...updates))),
    )
    .sort();
}

const chains = fc
  .array(
    fc.record({
      updates: fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 3 }),
      isCancelled: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) => list.map((chain, index): Chain => ({ ...chain, index })));

/** A shuffle of all steps, each sent once to three times, the IN of a chain first. */
const story = chains.chain((list) => {
  const steps = list.flatMap(stepsOf);
  return fc.record({
    chains: fc.constant(list),
    order: fc.shuffledSubarray(
      steps.flatMap((step) => [step, step, step]),
      { minLength: steps.length * 2 },
    ),
    isConcurrent: fc.boolean(),
  });
});

describe('declarations in any order, sent any number of times', () => {
  let service: TestService;
  let client: Client;
  let runs = 0;

  before(async () => {
    service = await startTestService();
    client = createClient(service);
  });
  after(() => service.stop());

  it('end in the same live attestation', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ chains: list, order, isConcurrent }) => {
        runs += 1;
        const ssin = ssinOf(runs);
        await client.load(
          `${JSON.stringify({ ssin, familyName: 'Peeters', givenName: `Nr ${runs}`, language: 'nl' })}\n`,
        );
        await play(ssin, list.flatMap(stepsOf), order, isConcurrent);
        await client.settled();
        assert.deepEqual(await liveDays(ssin), expectedDays(list));
        await assertInvariants();
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  /** Sends the steps in the order given; then everything once more, so that each was sent at least once. */
  async function play(
    ssin: string,
    all: readonly Step[],
    order: readonly Step[],
    isConcurrent: boolean,
  ): Promise<void> {
    const periods = new Map<number, Promise<string>>();
    const send = async (step: Step): Promise<void> => {
      if (step.kind === 'in') {
        const sent = report(ssin, step, '').then(periodOf);
        if (!periods.has(step.chain)) periods.set(step.chain, sent);
        await sent;
        return;
      }
      // Nobody can name a period before its IN was answered.
      const opening =
        periods.get(step.chain) ?? report(ssin, { ...step, kind: 'in', minute: 0 }, '').then(periodOf);
      periods.set(step.chain, opening);
      await report(ssin, step, await opening);
    };
    const steps = [...order, ...all];
    if (isConcurrent) await Promise.all(steps.map(send));
    else for (const step of steps) await send(step);
  }

  async function report(ssin: string, step: Step, periodId: string): Promise<ReportOutcome> {
    const reference = `${runs}-${step.chain}-${step.kind}-${step.minute}`;
    const made = {
      reference,
      createdOn: '2020-10-01',
      createdAt: `08:${String(step.minute).padStart(2, '0')}:00.000`,
    };
    const text = formOf(ssin, step, periodId, made);
    const receivedAt = new Date();
    const sent: Report = {
      declaration: toDeclaration(readForm(text), receivedAt).declaration,
      body: Buffer.from(text),
      channel: 'xml',
      lane: 'single',
      messageKey: { kind: 'reference', value: reference },
      sender: { organization: '1900045601', clientId: 'payroll' },
      receivedAt,
    };
    return reportDeclaration(service.service.composition.services, sent);
  }

  function formOf(
    ssin: string,
    step: Step,
    periodId: string,
    made: { reference: string; createdOn: string; createdAt: string },
  ) {
    if (step.kind === 'in') return quaForm({ ssin, day: dayOf(step.chain, 0), ...made });
    if (step.kind === 'cancel') return cancelForm({ periodId, ...made });
    return updateForm({ periodId, day: dayOf(step.chain, step.place), ...made });
  }

  async function periodOf(outcome: ReportOutcome): Promise<string> {
    const { declarationId } = 'declarationId' in outcome ? outcome : assert.fail(outcome.kind);
    const [row] = await service.database.query<{ periodId: string }>(
      `select period_id as "periodId" from declaration_answer where declaration_id = $1`,
      [declarationId],
    );
    assert.ok(row?.periodId, 'an IN of a known person on a free day is accepted');
    return row.periodId;
  }

  async function liveDays(ssin: string): Promise<string[]> {
    const { vault } = service.service.composition.services;
    const rows = await service.database.query<{ id: string; facts: Buffer; keyId: string; key: Buffer }>(
      `select attestation_id as id, facts, citizen_key_id as "keyId", wrapped_key as key from attestation a
       join citizen_key using (citizen_key_id) join person p on p.person_id = a.person_id
       where state = 'issued' and ssin_hmac = $1`,
      [vault.lookUp(ssin)],
    );
    assert.ok(rows.length <= 1, 'at most one attestation of a case is live');
    const [row] = rows;
    if (row === undefined) return [];
    const facts = JSON.parse(
      vault.openCitizenKey(row.keyId, row.key).open(row.facts, row.id).toString(),
    ) as AttestationFacts;
    return facts.days.map(({ date }) => date);
  }

  /** What holds for every person at any time. */
  async function assertInvariants(): Promise<void> {
    const [row] = await service.database.query<{ twice: number; unsent: number }>(
      `select (select count(*)::int from (select 1 from attestation where state in ('prepared', 'issued')
                 group by case_id having count(*) > 1) t) as twice,
              (select count(*)::int from attestation a where issued_at is not null and not exists
                 (select from message m where m.attestation_id = a.attestation_id)) as unsent`,
    );
    assert.deepEqual(row, { twice: 0, unsent: 0 });
  }
});

/** A made-up person for each run: born on the first of June 1960 and after, with a serial number nobody has. */
function ssinOf(run: number): string {
  const day = String(1 + (run % 28)).padStart(2, '0');
  const month = String(1 + (Math.floor(run / 28) % 12)).padStart(2, '0');
  const base = `60${month}${day}997`;
  return base + String(97 - (Number(base) % 97)).padStart(2, '0');
}
