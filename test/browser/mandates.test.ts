/** Somebody who acts for another in a browser: without a script, in a small window and a large one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { barriersOf, scrollsSideways, WIDTHS } from '../support/browser.ts';
import { quaIn } from '../support/declarations.ts';
import { daysFromNow, enterprise, newMandate } from '../support/grounds.ts';
import { demoSsin } from '../support/service.ts';
import { setStage } from '../support/stage.ts';

describe('acting for another', () => {
  const stage = setStage({
    prepare: async ({ client, service }) => {
      await client.declare(quaIn({ ssin: demoSsin('lena'), day: '2021-03-01' }));
      await client.settled();
      const { database } = service.service.composition.services;
      await database.transaction(async (connection) => {
        const rows = await connection.query<{ id: string; name: string }>(
          'select person_id as id, given_name as name from person where replaced_by is null',
        );
        const [agentPersonId = '', representedPersonId = ''] = ['Amélie', 'Lena'].map(
          (name) => rows.find((row) => row.name === name)?.id,
        );
        const parties = { kind: 'administrator', agentPersonId, representedPersonId } as const;
        await newMandate(connection, parties, { validUntil: daysFromNow(100) });
        const agent = enterprise('1900045601');
        for (const employer of ['0206731645', '0202239951'])
          await newMandate(connection, { kind: 'employer', agent, employer: enterprise(employer) });
      });
    },
  });

  async function look(page: Page, name: string): Promise<void> {
    const { pathname } = new URL(page.url());
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await scrollsSideways(page), false, `${name} ${pathname} ${width} px`);
    }
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
  }

  it('is chosen, seen on every page and ended without a script', async (t) => {
    const options = { language: 'de', width: 320, javaScriptEnabled: false };
    const visitor = await stage.enter(t, options, 'Amélie', '/mandates');
    if (visitor === undefined) return;
    const { page, context } = visitor;
    await look(page, 'choice');
    await page.getByRole('button', { name: 'Im Namen von Lena Vermeulen handeln' }).click();
    await page.waitForURL('**/inbox');
    const acting = page.getByRole('region', { name: 'In wessen Namen Sie handeln' });
    for (const path of ['/inbox', '/my-data', '/mandates', '/verify']) {
      await page.goto(path);
      assert.match((await acting.textContent()) ?? '', /Sie handeln als Betreuer von:\s+Lena Vermeulen/);
      await look(page, 'acting');
    }
    await acting.getByRole('button', { name: 'Wieder für mich selbst handeln' }).click();
    await page.waitForURL('**/mandates');
    assert.equal(await acting.count(), 0);
    await context.close();
  });

  it('keeps nobody out, for an employer as well', async (t) => {
    const visitor = await stage.enter(t, { language: 'nl' }, 'Thomas', '/mandates');
    if (visitor === undefined) return;
    const { page, context, complaints } = visitor;
    await page.getByLabel('Ondernemingsnummer van de werkgever').fill('0212345678');
    await page.getByRole('button', { name: 'Voor deze werkgever handelen' }).click();
    await page.getByText('Dit is geen ondernemingsnummer').first().waitFor();
    assert.deepEqual(await barriersOf(page), []);
    await look(page, 'fault');
    await page.getByLabel('Ondernemingsnummer van de werkgever').fill('0206.731.645');
    await page.getByRole('button', { name: 'Voor deze werkgever handelen' }).click();
    await page.waitForURL('**/agency');
    await page.getByText('U handelt voor de werkgever:').waitFor();
    assert.deepEqual(await barriersOf(page), []);
    await look(page, 'desk');
    assert.deepEqual(complaints, []);
    await context.close();
  });
});
