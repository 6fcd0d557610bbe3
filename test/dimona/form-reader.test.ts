/** Reading files of forms piece by piece, and refusing what is hostile, broken or too large. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { readForm, readForms } from '../../src/dimona/form-reader.ts';
import { FormFileRefusal } from '../../src/dimona/refusal.ts';
import { quaForm, quaXml, writeTree } from '../support/declarations.ts';
import { needsSpec, specsFolder } from '../support/needs.ts';
import { changedForms } from './changes.ts';
import { assertRefused, FORM, file, LIMITS, read, split } from './reading.ts';

describe('readForms', () => {
  it('gives each form with its number, line, tree and own text', async () => {
    const other = quaForm({ ssin: '81050003552', day: '2020-09-01', familyName: 'Ωmega & Co' });
    const [first, second, ...rest] = await read(quaXml([FORM, other]));
    assert.deepEqual([first?.number, first?.line, first?.raw], [1, 3, FORM]);
    assert.deepEqual([second?.number, second?.line, second?.raw], [2, 4, other]);
    assert.deepEqual(rest, []);
    assert.equal(first?.root.name, 'Form');
    assert.deepEqual(first?.root.children.at(-1), {
      name: 'DimonaCancel',
      children: [{ name: 'DimonaPeriodId', children: [], text: '600027876089', hasAttributes: false }],
      text: '',
      hasAttributes: false,
    });
  });
  it('reads the same however the bytes are cut', async () => {
    const xml = quaXml([
      FORM,
      quaForm({ ssin: '81050003552', day: '2020-09-01', familyName: 'Ωmega 😀\r\n' }),
      FORM,
    ]);
    const bytes = Buffer.from(xml.replaceAll('\n', '\r\n'));
    const whole = await read(bytes);
    assert.equal(whole.length, 3);
    for (const size of [1, 2, 3, 7, 255, 256, 257, 1000])
      assert.deepEqual(await read(split(bytes, size)), whole, String(size));
  });
  it('gives a form before the file has ended', async () => {
    let isEnded = false;
    const arriving = (async function* () {
      yield Buffer.from(`<Dimona>${FORM}${' '.repeat(300)}`);
      isEnded = true;
      yield Buffer.from('</Dimona>');
    })();
    const first = await readForms(arriving, LIMITS).next();
    assert.equal(isEnded, false);
    assert.equal(first.done === false && first.value.raw, FORM);
  });
  it('finds the line of a form whose tag runs over lines', async () => {
    const [form] = await read(file(`\n\n<Form\n>${FORM.slice('<Form>'.length)}`));
    assert.equal(form?.line, 3);
    assert.ok(form?.raw.startsWith('<Form\n>'));
  });
  it('takes an empty form, and a form twice', async () => {
    const forms = await read(file(`<Form/>${FORM}${FORM}`));
    assert.deepEqual(
      forms.map(({ raw }) => raw),
      ['<Form/>', FORM, FORM],
    );
  });
  it('reads the samples', async (t) => {
    for (const name of ['Dimona_20222_1', 'Dimona_20222_2', 'Dimona_20223_3']) {
      const path = `dimona/${name}.sample.xml`;
      if (!needsSpec(t, path)) return;
      const forms = await read(readFileSync(join(specsFolder, path)));
      assert.equal(forms.length, 1);
      assert.equal(forms[0]?.line, 3);
    }
  });
  it('holds no more than a form while it reads many', async () => {
    const arriving = (async function* () {
      yield Buffer.from('<Dimona>');
      for (let index = 0; index < 20_000; index += 1) yield Buffer.from(FORM);
      yield Buffer.from('</Dimona>');
    })();
    let count = 0;
    for await (const form of readForms(arriving, { maxFormBytes: Buffer.byteLength(FORM) }))
      count = form.number;
    assert.equal(count, 20_000);
  });

  describe('when text is written in other ways', () => {
    const text = async (inside: string) =>
      (await read(file(`<Form>${inside}</Form>`)))[0]?.root.children[0]?.text;

    it('resolves the five entities and character references', async () => {
      assert.equal(await text('<a>&lt;&amp;&gt;&quot;&apos;&#233;&#x1F600;</a>'), '<&>"\'é😀');
    });
    it('joins CDATA and text, and leaves comments out', async () => {
      assert.equal(await text('<a>8105<!-- 9 --><![CDATA[0003]]>552</a>'), '81050003552');
      assert.equal(await text('<a><![CDATA[<INSS>&amp;</INSS>]]></a>'), '<INSS>&amp;</INSS>');
    });
    it('ends lines with one character', async () => assert.equal(await text('<a>1\r\n2\r3</a>'), '1\n2\n3'));
  });

  describe('when the file is not whole', () => {
    it('refuses a truncated file at every place', async () => {
      const whole = file(FORM);
      for (let end = 1; end < whole.length; end += 1)
        await assert.rejects(
          read(whole.slice(0, end)),
          { name: 'FormFileRefusal', reason: 'illFormed' },
          String(end),
        );
    });
    it('gives the forms that came before the fault, and then refuses', async () => {
      const seen: number[] = [];
      const arriving = (async function* () {
        yield `<Dimona>${FORM}${FORM}<Form>`;
      })();
      await assert.rejects(
        async () => {
          for await (const { number } of readForms(arriving, LIMITS)) seen.push(number);
        },
        { reason: 'illFormed' },
      );
      assert.deepEqual(seen, [1, 2]);
    });
    it('refuses nothing at all, and text that is no XML', async () => {
      await assertRefused('illFormed', []);
      await assertRefused('illFormed', '');
      await assertRefused('illFormed', '{"dimonaIn":{}}');
      await assertRefused('illFormed', file(FORM) + file(FORM));
      await assertRefused('illFormed', file('<Form></form>'));
      await assertRefused('illFormed', file('<Form a="1" a="2"/>'));
      await assertRefused('illFormed', file('<x:Form/>'));
    });
    it('refuses a file without forms', async () => {
      await assertRefused('noForm', '<Dimona/>');
      await assertRefused('noForm', file('\n<!-- nothing -->\n'));
    });
    it('says line and column', async () => {
      await assert.rejects(read(`<Dimona>\n${FORM}\n  <Form></Frm>`), {
        name: 'FormFileRefusal',
        reason: 'illFormed',
        line: 3,
        column: 14,
      });
    });
  });

  describe('when the root is another', () => {
    it('refuses it', async () => {
      await assertRefused('wrongRoot', '<NOTIFICATION><Form/></NOTIFICATION>');
      await assertRefused('wrongRoot', FORM);
      await assertRefused('wrongRoot', `<Dimona xmlns="urn:x">${FORM}</Dimona>`);
      await assertRefused('wrongRoot', `<x:Dimona xmlns:x="urn:x">${FORM}</x:Dimona>`);
      await assertRefused('wrongRoot', '<dimona/>');
    });
    it('refuses what stands beside the forms', async () => {
      await assertRefused('unexpectedContent', file(`${FORM}x`));
      await assertRefused('unexpectedContent', file(`<![CDATA[x]]>${FORM}`));
      await assertRefused('unexpectedContent', file(`<Header/>${FORM}`));
      await assertRefused('unexpectedContent', `<Dimona version="1">${FORM}</Dimona>`);
    });
    it('tolerates where the sender keeps the schema, and namespaces that nothing uses', async () => {
      const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
      const root = `<Dimona ${xsi} xsi:noNamespaceSchemaLocation="http://x/y.xsd" xsi:schemaLocation="a b" xmlns:z="urn:z" xmlns="">`;
      assert.equal((await read(`${root}${FORM}</Dimona>`)).length, 1);
    });
  });
});

describe('readForm', () => {
  it('reads again what readForms gave, to the same tree', async () => {
    await fc.assert(
      fc.asyncProperty(changedForms, async (tree) => {
        const [form] = await read(quaXml([writeTree(tree)]));
        assert.deepEqual(readForm(form?.raw ?? '').root, form?.root);
      }),
    );
  });
  it('keeps prefixes foreign that the root had declared', async () => {
    const root = '<Dimona xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:z="urn:z">';
    const inside = '<Form xsi:schemaLocation="a b"><z:a/><b z:c="1"/></Form>';
    const [form] = await read(`${root}${inside}</Dimona>`);
    const again = readForm(form?.raw ?? '').root;
    assert.equal(again.hasAttributes, false);
    assert.deepEqual(
      again.children.map(({ name, hasAttributes }) => [name.startsWith('{'), hasAttributes]),
      [
        [true, false],
        [false, true],
      ],
    );
  });
  it('refuses what is not one form', () => {
    for (const text of ['', 'x', '<Form>', '<Form/><Form/>', '<Other/>', '</Dimona><Dimona><Form/>'])
      assert.throws(() => readForm(text), FormFileRefusal, text);
  });
});
