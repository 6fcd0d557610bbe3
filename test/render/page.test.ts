/** What people and their tools see: names, days, pages, the code. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServiceError } from '../../src/errors.ts';
import { createRenderer } from '../../src/render/render.ts';
import { needsTool } from '../support/needs.ts';
import { flatTextOf, overlapping, placedWords, scanCode, textOf } from './reading.ts';
import { catalogue, daysFrom, quarantine, renderer, sample } from './samples.ts';

const LONG_NAME =
  'Vennootschap voor de Exploitatie van Land- en Tuinbouwbedrijven in de Zuidelijke Westhoek en de Leiestreek';

async function refusal(input: ReturnType<typeof sample>): Promise<ServiceError> {
  try {
    await renderer.render(input);
  } catch (error) {
    assert.ok(error instanceof ServiceError);
    return error;
  }
  assert.fail('the document was rendered');
}

describe('render', () => {
  describe('when names have letters of many languages', () => {
    for (const name of [
      'Łukasz',
      'Șerban',
      'Håkon',
      'Gülşen',
      'Đorđe',
      'Ελένη',
      'Ольга',
      'Affine-Fjordoffizier',
    ]) {
      it(`prints ${name} in NFC`, async (t) => {
        if (!needsTool(t, 'pdftotext')) return;
        const pdf = await renderer.render(sample({ givenName: name.normalize('NFD') }));
        assert.ok((await textOf(pdf)).includes(`Peeters, ${name.normalize('NFC')}`));
      });
    }
    it('still says the plain letters after a document with accented ones', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      // Fresh, and with letters that no other word of the page has: nothing asked for them before.
      const fresh = createRenderer(catalogue);
      await fresh.render(sample({ givenName: 'ŶẊŶẊ' }));
      assert.ok((await textOf(await fresh.render(sample({ givenName: 'YXYX' })))).includes('Peeters, YXYX'));
    });
  });

  describe('when a character has no glyph', () => {
    for (const [what, name] of [
      ['a script that the typeface lacks', '李小龍'],
      ['a control that turns the direction', 'An\u202eettolrahC'],
      ['a line break', 'An\nPeeters'],
    ] as const) {
      it(`refuses ${what}, naming the field and not the value`, async () => {
        const error = await refusal(sample({ givenName: name }));
        assert.equal(error.code, 'renderingFailed');
        assert.ok(error.message.includes('field holder'));
        assert.ok(!error.message.includes(name));
      });
    }
    it('looks at using employers too', async () => {
      const days = daysFrom('2020-08-24', 1, { jointCommittee: '322', usingEmployer: '農場' });
      const error = await refusal(sample({ days }));
      assert.equal(error.code, 'renderingFailed');
      assert.ok(error.message.includes('field usingEmployer'));
    });
  });

  it('has a code that leads to the address of the verification', async (t) => {
    if (!needsTool(t, 'pdftoppm', 'zbarimg')) return;
    assert.equal(await scanCode(await renderer.render(sample())), sample().verificationUrl);
  });

  describe('when a month of 31 days is declared', () => {
    const days = daysFrom('2020-08-01', 31);

    it('prints each day once, on as many pages as it takes', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      const pdf = await renderer.render(sample({ days }));
      const pages = (await textOf(pdf, '-layout')).split('\f').filter((page) => page !== '');
      assert.equal(pages.length, 2);
      for (const [index, page] of pages.entries()) {
        assert.ok(page.includes(`Pagina ${index + 1} van 2`));
        assert.ok(page.includes('Dimonanummer'));
      }
      assert.ok(pages[0]?.includes('Vervolg op pagina 2'));
      const rows = pages.join().match(/dag \d+ augustus 2020 +144 – Landbouw +\d{12}/g) ?? [];
      assert.deepEqual(
        rows.map((row) => row.slice(-12)),
        days.map((day) => day.reference),
      );
      assert.match(pages[1] ?? '', /Aantal dagen +31/);
    });

    for (const language of ['nl', 'fr', 'de'] as const) {
      it(`lets no word lie over another in ${language}, however long the names`, async (t) => {
        if (!needsTool(t, 'pdftotext')) return;
        const pdf = await renderer.render(
          sample({
            language,
            familyName: 'van den Broeck-Wolfeschlegelsteinhausenbergerdorff',
            givenName: 'Maximiliaan Alexander Bartholomeus Cornelis Desideratus Emmanuel',
            employer: { name: LONG_NAME, enterpriseNumber: '0206731645' },
            days: days.map((day) => ({ ...day, jointCommittee: '322', usingEmployer: LONG_NAME })),
            supersedes: 'QUA-2026-00000041-33',
          }),
        );
        const words = await placedWords(pdf);
        assert.deepEqual(overlapping(words), []);
        for (const { text, left, right, bottom } of words)
          assert.ok(left > 60 && right < 534 && bottom < 825, text);
        const text = words.map((word) => word.text).join(' ');
        for (const { reference } of days) assert.equal(text.split(reference).length, 2);
      });
    }
  });

  describe('when a temporary worker was lent out', () => {
    it('shows the using employer, by name or number', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      const days = [
        ...daysFrom('2020-08-24', 1, { jointCommittee: '322', usingEmployer: 'Fruit Janssens' }),
        ...daysFrom('2020-08-25', 1, { jointCommittee: '322', usingEmployer: '0884303369' }),
        ...daysFrom('2020-08-26', 1),
      ];
      const text = await textOf(await renderer.render(sample({ days })), '-layout');
      assert.match(text, /322 – Uitzendarbeid +Fruit Janssens/);
      assert.match(text, /322 – Uitzendarbeid +0884\.303\.369/);
      assert.match(text, /144 – Landbouw +– /);
    });
    it('has no such column otherwise', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      assert.ok(!(await textOf(await renderer.render(sample()))).includes('Onderneming (gebruiker)'));
    });
  });

  describe('when the employer is known by number only', () => {
    it('says so', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      const text = await flatTextOf(
        await renderer.render(sample({ employer: { enterpriseNumber: '0206731645' } })),
      );
      assert.ok(text.includes('De aangifte vermeldt alleen het nummer'));
      assert.ok(text.includes('Ondernemingsnummer') && text.includes('0206.731.645'));
    });
    it('calls an NSSO number by its name', async (t) => {
      if (!needsTool(t, 'pdftotext')) return;
      const text = await flatTextOf(await renderer.render(sample({ employer: { nssoNumber: '175110801' } })));
      assert.ok(text.includes('RSZ-nummer') && text.includes('175110801'));
    });
  });

  it('prints the SSIN whole or hidden, as the type says', async (t) => {
    if (!needsTool(t, 'pdftotext')) return;
    const masked = { ...quarantine, ssin: 'masked' } as const;
    const [whole, hidden] = await Promise.all(
      [quarantine, masked].map(async (type) => textOf(await renderer.render(sample({ type })))),
    );
    assert.ok(whole?.includes('81.05.00-035.52'));
    assert.ok(hidden?.includes('81.05.00-***.**') && !hidden.includes('035.52'));
  });

  it('names the attestation that it replaces', async (t) => {
    if (!needsTool(t, 'pdftotext')) return;
    const text = await textOf(await renderer.render(sample({ supersedes: 'QUA-2026-00000041-33' })));
    assert.ok(text.includes('Vervangt attest') && text.includes('QUA-2026-00000041-33'));
  });

  it('refuses a text whose value is missing', async () => {
    const error = await refusal(sample({ days: [] }));
    assert.equal(error.code, 'renderingFailed');
    assert.ok(error.message.includes('month'));
  });

  it('refuses a name longer than a page', async () => {
    const error = await refusal(sample({ employer: { name: 'Boomgaard '.repeat(900) } }));
    assert.equal(error.code, 'renderingFailed');
  });
});
