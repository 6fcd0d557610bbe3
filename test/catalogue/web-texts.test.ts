/** The texts of the pages, read from small folders: what each language must have, and how a mistake is told. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readPageTexts } from '../../src/catalogue/web-texts.ts';
import { PAGE_LANGUAGES, type PageLanguage } from '../../src/domain/language.ts';
import { ServiceError } from '../../src/errors.ts';

/** A file of each language that is in order. Lines are counted in the tests: keys are on lines 2, 3, 4, 6 and 7. */
function fileOf(language: PageLanguage): string {
  return `inbox:
  title: Titel ${language}
  count: "{count, plural, one {# ${language}} other {# ${language}en}}"
  from: "{sender} – {when, date, long}"
verify:
  state: "{state, select, issued {ok} other {nok}}"
  hint: "L''accent {name}"
`;
}

let root: string;
let folders = 0;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'texts-'));
});
after(() => rm(root, { recursive: true }));

/** Writes a templates folder with the files in order, but for one, which may be left out. */
async function folderWith(language: PageLanguage, text: string | undefined): Promise<string> {
  folders += 1;
  const folder = join(root, String(folders));
  await mkdir(join(folder, 'web'), { recursive: true });
  for (const one of PAGE_LANGUAGES) {
    const content = one === language ? text : fileOf(one);
    if (content !== undefined) await writeFile(join(folder, 'web', `${one}.yaml`), content);
  }
  return folder;
}

describe('readPageTexts', () => {
  it('gives each text of each language by group and name', async () => {
    const texts = await readPageTexts(await folderWith('nl', fileOf('nl')));
    for (const language of PAGE_LANGUAGES) {
      assert.deepEqual(
        [...texts[language].keys()],
        ['inbox.title', 'inbox.count', 'inbox.from', 'verify.state', 'verify.hint'],
      );
      assert.equal(texts[language].get('inbox.title'), `Titel ${language}`);
    }
  });

  it('lets languages differ in the order of their keys and values, and in their plurals', async () => {
    const french = `verify:
  hint: "{name}, l''accent"
  state: "{state, select, issued {oui} other {non}}"
inbox:
  from: "{when, date, short}, {sender}"
  count: "{count, plural, =0 {aucun} one {un} many {#} other {#}}"
  title: Titre
`;
    const texts = await readPageTexts(await folderWith('fr', french));
    assert.equal(texts.fr.get('verify.hint'), "{name}, l''accent");
  });

  /** What is changed in a file, and the key and line that the complaint must name. */
  type Spoiled = readonly [what: string, from: string, to: string, key: string, line: number];
  const spoiled: readonly Spoiled[] = [
    ['a text is missing', '  title: Titel fr\n', '', 'inbox.title', 1],
    ['a group is missing', /verify:[^]*$/.exec(fileOf('fr'))?.[0] ?? '', '', 'verify.state', 1],
    ['a text is there that nl has not', 'verify:\n', 'verify:\n  more: x\n', 'verify.more', 6],
    ['a group is there that nl has not', 'verify:\n', 'other:\n  more: x\nverify:\n', 'other.more', 6],
    ['a value is missing', '{sender} – ', '', 'inbox.from', 4],
    ['a value is there that nl has not', '{sender}', '{sender} {place}', 'inbox.from', 4],
    ['a value has another name', '{sender}', '{Sender}', 'inbox.from', 4],
    ['a value within a plural is there that nl has not', '{# fr}', '{# {place}}', 'inbox.count', 3],
    [
      'a plural became a plain value',
      /"\{count.*"/.exec(fileOf('fr'))?.[0] ?? '',
      '"{count}"',
      'inbox.count',
      3,
    ],
    ['a plain value became a plural', '{name}', '{name, plural, other {#}}', 'verify.hint', 7],
    ['a date became a time', '{when, date, long}', '{when, time, short}', 'inbox.from', 4],
    ['a selection became a plural', 'state, select, issued', 'state, plural, one', 'verify.state', 6],
    ['an apostrophe makes words of a value', "L''accent {name}", "L'{name}", 'verify.hint', 7],
    ['a brace is open', '{name}', '{name', 'verify.hint', 7],
    ['a plural has no other', ' other {# fren}', '', 'inbox.count', 3],
    ['a value has no name', '{name}', '{}', 'verify.hint', 7],
    ['a text is empty', 'Titel fr', '""', 'inbox.title', 2],
    ['a text is a number', 'Titel fr', '12', 'inbox.title', 2],
    ['a text is a group', 'Titel fr', '{ a: b }', 'inbox.title', 2],
    ['a name is not one', 'title:', 'page-title:', 'inbox.page-title', 2],
  ];
  for (const [what, from, to, key, line] of spoiled) {
    it(`refuses a file in which ${what}, by file, line and key`, async () => {
      assert.ok(fileOf('fr').includes(from));
      const folder = await folderWith(
        'fr',
        fileOf('fr').replace(from, () => to),
      );
      await assert.rejects(readPageTexts(folder), isInvalid(`web/fr.yaml, line ${line}: key ${key} `));
    });
  }

  it('holds nl itself to be an ICU message', async () => {
    const folder = await folderWith('nl', fileOf('nl').replace('{name}', '{name'));
    await assert.rejects(readPageTexts(folder), isInvalid('web/nl.yaml, line 7: key verify.hint '));
  });

  for (const language of PAGE_LANGUAGES) {
    it(`reads and compares ${language}`, async () => {
      const missing = await folderWith(language, undefined);
      await assert.rejects(readPageTexts(missing), isInvalid(`web/${language}.yaml `));
      const twice = await folderWith(language, `${fileOf(language)}inbox:\n  title: x\n`);
      await assert.rejects(readPageTexts(twice), isInvalid(`web/${language}.yaml, line 8: `));
      if (language === 'nl') return;
      const other = await folderWith(language, fileOf(language).replace('{name}', 'x'));
      await assert.rejects(readPageTexts(other), isInvalid(`web/${language}.yaml, line 7: key verify.hint `));
    });
  }
});

/** Tells whether an error is `templateInvalid` and names a place. */
function isInvalid(place: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ServiceError);
    assert.equal(error.code, 'templateInvalid');
    assert.ok(error.message.includes(place), error.message);
    return true;
  };
}
