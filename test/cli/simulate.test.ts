/** `ebox simulate` and `ebox capacity simulate`: what rights would come to, in a register and in generated municipalities. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { insertStatus } from '../../src/database/statuses.ts';
import { ASSUMED, FORMULAS, weighGranting } from '../../src/domain/granting.ts';
import { type Commands, startCommands } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fact, newPerson } from '../support/register.ts';

let commands: Commands;
let test: TestDatabase;

before(async () => {
  commands = startCommands();
  test = await createTestDatabase();
});
after(async () => {
  await commands.stop();
  await test.drop();
});

async function lastOf(words: readonly string[]) {
  const { status, output, errors } = await commands.run([...words, '--json']);
  assert.equal(status, 0, errors);
  return { output, record: JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') };
}

describe('ebox simulate', () => {
  const common = () => ['--unit-value', '10.5', '--actor', 'test', '--database', test.url];
  const simulate = (...words: readonly string[]) => ['simulate', ...words, ...common()];

  it('counts persons and amounts, and what changed since', async () => {
    await test.database.transaction(async (connection) => {
      for (let at = 0; at < 7; at += 1) {
        const { personId } = await newPerson(connection);
        await insertStatus(connection, randomUUID(), fact(personId, { code: 'pension', source: 'sfp' }));
        await insertStatus(
          connection,
          personId,
          fact(personId, { code: 'disabilityAllowance', source: 'spfss' }),
        );
      }
    });
    const { output, record } = await lastOf(simulate('social-status'));
    assert.match(output, /BE +Belgium +7 +73\.50 €/);
    const [country, unknown] = record.items;
    assert.deepEqual([country.persons, country.amount, country.change], [7, 73.5, undefined]);
    assert.deepEqual([unknown.place, unknown.persons], ['unknown', 7]);
    assert.deepEqual((await lastOf(simulate('social-status'))).record.items[0].change, {
      persons: 0,
      amount: 0,
    });
    assert.equal(
      (await lastOf(simulate('social-status', '--standing', 'granted'))).record.items[0].persons,
      0,
    );
  });

  it('says what it needs to know', async () => {
    const wrong = [
      [['bridging-right'], /type\/bridging-right or flow\/bridging-right/],
      [['nothing'], /which attestation type or flow/],
      [['rent-premium', '--rule', '1999'], /no such rule/],
      [['flow/bridging-right', '--rule', '2020'], /is for attestation types/],
    ] as const;
    for (const [words, why] of wrong) {
      const { status, errors } = await commands.run(simulate(...words));
      assert.equal(status, 1);
      assert.match(errors, why);
    }
  });
});

describe('ebox capacity simulate', () => {
  it('weighs each right in three municipalities, with every formula and assumption', async () => {
    const options = ['--persons', '1500', '--unit-value', '99.50', '--take-up', '0.5'];
    const { output, record } = await lastOf(['capacity', 'simulate', ...options]);
    assert.deepEqual(
      record.municipalities.map((one: { inhabitants: number }) => one.inhabitants),
      [88, 322, 1090],
    );
    const rights = record.municipalities.flatMap((one: { rights: object[] }) => one.rights);
    assert.ok(rights.filter((one: { entitled: number }) => one.entitled > 0).length > 5, output);
    const assumed = { takeUp: 0.5, unitInCents: 9950, clerkMinutes: 30, applicantMinutes: 45 };
    for (const { right, rule, ...figures } of rights)
      assert.deepEqual(figures, weighGranting(figures.entitled, assumed), `${right} ${rule}`);
    assert.deepEqual(record.assumptions, assumed);
    for (const line of [...Object.values(FORMULAS), ...Object.values(ASSUMED)])
      assert.ok(output.includes(line), line);
  });

  it('adds up', () => {
    const assumed = { takeUp: 0.6, unitInCents: 15_000, clerkMinutes: 30, applicantMinutes: 45 };
    assert.deepEqual(weighGranting(101, assumed), {
      entitled: 101,
      grantedOnRequest: 61,
      neverAsked: 40,
      costInCents: 1_515_000,
      costOfNeverAskedInCents: 600_000,
      clerkHoursSaved: 31,
      applicantHoursSaved: 46,
    });
  });

  it('refuses what is no number', async () => {
    for (const wrong of [
      ['--take-up', '2'],
      ['--unit-value', 'x'],
      ['--seed', '1.5'],
      ['--persons', 'all'],
    ])
      assert.equal((await commands.run(['capacity', 'simulate', ...wrong])).status, 1, wrong.join(' '));
  });
});
