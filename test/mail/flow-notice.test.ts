/** Tests of the mail that tells an institution of a run of a flow. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readNoticeTexts } from '../../src/catalogue/notice-file.ts';
import { composeFlowNotice } from '../../src/mail/flow-notice.ts';
import { projectRoot } from '../support/needs.ts';

const texts = await readNoticeTexts(join(projectRoot, 'templates'));
const values = {
  issuerName: 'Dienst & <Co>',
  flow: 'Waterlevering {number}',
  number: 12,
  rows: 1_234_567,
  url: 'https://ebox.example.be/flows/v1/flows/water/runs/1',
};

describe('composeFlowNotice', () => {
  for (const language of ['nl', 'fr', 'de', 'en'] as const) {
    const { subject, text, html } = composeFlowNotice(texts[language].flow, { ...values, language });

    it(`says in ${language} which run is there, how many rows it has and where`, () => {
      assert.ok(subject.includes('12') && subject.includes('Waterlevering {number}'), subject);
      assert.match(text, /1[.\u202f\u00a0,]234[.\u202f\u00a0,]567/);
      assert.ok(text.includes(`\n${values.url}\n`));
      assert.equal(html.split(`href="${values.url}"`).length - 1, 1);
    });

    it(`is a page in ${language} with one heading, and what is put in stays text`, () => {
      assert.ok(html.includes(`<html lang="${language}">`));
      assert.equal(html.match(/<h1/g)?.length, 1);
      assert.ok(html.includes('Dienst &amp; &lt;Co&gt;') && !html.includes('<Co>'));
      assert.doesNotMatch(html, /<(img|script|iframe|link|object|form)\b|src=|@import/i);
    });
  }
});
