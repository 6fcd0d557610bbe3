/** Names that are legal and nasty, printed and read back by two tools; and names that would break a file, which do not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { findTextFault, LONGEST, writeLine } from '../../src/domain/text.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import type { RenderInput } from '../../src/render/render.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { needsTool } from '../support/needs.ts';
import { createAuthority, createSigner, NOW, trustIn } from '../support/pki.ts';
import { qpdfCheck, runTool } from '../support/tools.ts';
import { textOf, xmpOf } from './reading.ts';
import { daysFrom, renderer, renderPlainly, sample, sheetOf } from './samples.ts';

const LONG = 'Schaepdrijver-Vandenbroucke de la Hamayde van der Straeten Ponthoz '
  .repeat(2)
  .slice(0, 120)
  .trim();

/** Four names for each document: family name, given name, employer, using employer. */
const DOCUMENTS: Readonly<Record<string, readonly [string, string, string, string]>> = {
  'letters of Europe': ['Łęcki-Żółć', 'Ștefan Țepeș', 'Győri Ősz Kft', 'Đorđević & Ĳsbrand'],
  'sharp s, thorn, eth': ['GROẞE Straße', 'Þórður', 'Íslenskir Bændur ehf', 'Ærøskøbing ÆŒ œ'],
  'combining marks': ['Jos\u0065\u0301', 'N\u0303o\u0308e', 'R\u030cepa q\u0301', 'Ǹ Ḿ ẹọị ṣ'],
  'Vietnamese and Welsh': ['Nguyễn Thị Ánh', 'Ŵyn ŷ', 'Phở Hòa', 'ấ ầ ẩ ẫ ậ ợ ử'],
  'Greek and Cyrillic': ['Παπαδόπουλος', 'Ольга Їжак', 'Ζωή Α.Ε.', 'Щедрин Ёлка Љубав'],
  'letters of three scripts that look the same': ['AΑА', 'oοо', 'BΒВ Cс', 'µμ Ωω'],
  apostrophes: ["D'Hondt", '’t Hooft', "O'Brien ‘s “x”", "d’A ` ´ ''"],
  'signs of PDF': ['(\\)', ')(', '\\) Tj ET (', '<</Sig /ByteRange [0 1 2 3]>>'],
  'signs of XML': ['<>&"', '</rdf:li>', ']]>', '&amp; &#65; <!--'],
  'ends of files': ['%%EOF', 'endobj', 'startxref 0 %%EOF', 'endstream endobj trailer'],
  'our own stand-ins': ['%%title%%', '%%slot 0%%', '%%spoken 0%%', '{holder} {number} ${x}'],
  'names of a seal': ['/Sig', '/Contents <00>', '/ByteRange', '1 0 obj << /Type /Sig >>'],
  numbers: ['007', '3.14', '81.05.00-035.52', '12/2020-1'],
  'single letters': ['O', 'Å', 'X', 'ß'],
  'hyphens and dashes': ['Anne-Marie', 'Van-den-Broeck', 'A – B — C', 'x_y~z^'],
  'no ligatures': ['Affiff', 'ffi fl fi', 'Offline Office', 'fj ffj'],
  'long names': [LONG, LONG.toUpperCase(), LONG, LONG.slice(0, 96).trim()],
  'the longest word': ['W'.repeat(200), 'Ж'.repeat(200), 'w'.repeat(200), 'M'.repeat(96)],
};

function inputOf([familyName, givenName, employer, user]: readonly string[]): RenderInput {
  const [name, usingEmployer] = [writeLine(employer ?? ''), writeLine(user ?? '')];
  return sample({
    familyName: writeLine(familyName ?? ''),
    givenName: writeLine(givenName ?? ''),
    employer: { name, enterpriseNumber: '0206731645' },
    days: daysFrom('2020-08-24', 2, { jointCommittee: '322', usingEmployer }),
    signatureRoom,
  });
}

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const signer = createSigner({ authority: issuing });
const signatureRoom = signedDataBytes(signer);
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebox-exact-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function readByMupdf(pdf: Buffer): Promise<string> {
  writeFileSync(join(folder, 'file.pdf'), pdf);
  return (await runTool('mutool', ['draw', '-q', '-F', 'txt', 'file.pdf'], folder)).output;
}

/** Lines may end between words, after a hyphen or slash, and where a word is longer than a line. */
function assertSays(extracted: string, name: string, tool: string): void {
  const flat = extracted.normalize('NFC').replace(/\s+/g, ' ');
  const isLong = name.split(' ').some((word) => word.length > 25);
  const pattern = Array.from(name, (character) => {
    const breaks = isLong || /[-/–]/.test(character) ? ' ?' : '';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}${breaks}`;
  });
  const isFound = new RegExp(pattern.join(''), 'u').test(flat);
  assert.ok(isFound, `${tool} finds no ${JSON.stringify(name)} in ${JSON.stringify(flat)}`);
}

async function assertExact(t: TestContext, pdf: Buffer, names: readonly string[]): Promise<void> {
  if (!needsTool(t, 'pdftotext', 'mutool')) return;
  const [poppler, mupdf] = [await textOf(pdf, '-raw'), await readByMupdf(pdf)];
  for (const name of names) {
    assertSays(poppler, writeLine(name), 'pdftotext');
    assertSays(mupdf, writeLine(name), 'mutool');
  }
}

describe('a name', () => {
  for (const [what, names] of Object.entries(DOCUMENTS)) {
    it(`is printed as it is: ${what}`, async (t) => {
      for (const name of names) assert.ok(renderer.canPrint(writeLine(name)), name);
      for (const name of names) assert.equal(findTextFault(name, LONGEST.name), undefined);
      const input = inputOf(names);
      const pdf = await renderer.render(input);
      await assertExact(t, pdf, names);
      if (sheetOf(input).isShared) await assertExact(t, await renderPlainly(input), names);
    });

    it(`changes nothing else in the file: ${what}`, async (t) => {
      if (!needsTool(t, 'qpdf', 'xmllint')) return;
      const pdf = await renderer.render(inputOf(names));
      const sealed = await sealPdf(pdf, signer);
      assert.equal(verifySeal(sealed, trustIn(root, issuing, NOW)).indication, 'TOTAL_PASSED');
      assert.equal((await qpdfCheck(sealed)).exitCode, 0);
      for (const [word, count] of Object.entries({ '%%EOF': 1, startxref: 1, '/ByteRange': 1 }))
        assert.equal(sealed.toString('latin1').split(word).length - 1, count, word);
      writeFileSync(join(folder, 'file.xmp'), xmpOf(sealed));
      const { exitCode, output } = await runTool('xmllint', ['--noout', 'file.xmp'], folder);
      assert.equal(exitCode, 0, output);
    });
  }
});

describe('canPrint', () => {
  for (const name of [
    'محمد',
    'שרה',
    '王小明',
    '김',
    'ありがとう',
    '😀',
    'हिन्दी',
    'श्री',
    'ไทย',
    'Ⴀ',
    'j\u0303',
    '\u00adA',
    'A\u200bB',
    'a\u0000',
  ])
    it(`refuses ${JSON.stringify(name)}`, () => assert.equal(renderer.canPrint(name), false));
});
