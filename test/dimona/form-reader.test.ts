/** Reading files of forms piece by piece, and refusing what is hostile, broken or too large. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type FormLimits, type FormXml, readForm, readForms } from '../../src/dimona/form-reader.ts';
import { FormFileRefusal, type RefusalReason } from '../../src/dimona/refusal.ts';
import { cancelForm, quaForm, quaXml, writeTree } from '../support/declarations.ts';
import { needsSpec, specsFolder } from '../support/needs.ts';
import { changedForms } from './trees.ts';

const LIMITS: FormLimits = { maxFormBytes: 65_536 };
const FORM = cancelForm({ periodId: '600027876089' });

type Chunk = Uint8Array | string;

async function read(file: Chunk | readonly Chunk[], limits: FormLimits = LIMITS): Promise<FormXml[]> {
  const chunks = Array.isArray(file) ? (file as readonly Chunk[]) : [file as Chunk];
  const forms: FormXml[] = [];
  const arriving = (async function* () {
    yield* chunks;
  })();
  for await (const form of readForms(arriving, limits)) forms.push(form);
  return forms;
}

async function assertRefused(
  reason: RefusalReason,
  file: Chunk | readonly Chunk[],
  limits: FormLimits = LIMITS,
) {
  await assert.rejects(read(file, limits), (error) => {
    assert.ok(error instanceof FormFileRefusal, String(error));
    assert.equal(error.reason, reason, error.message);
    return true;
  });
}

const file = (inside: string, prolog = '') => `${prolog}<Dimona>${inside}</Dimona>`;
const split = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

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

  describe('when the encoding is declared', () => {
    const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>`;
    const name = (form: FormXml | undefined) => form?.root.children[0]?.text;
    const inside = '<Form><a>é</a></Form>';

    it('reads UTF-8, with or without byte order mark', async () => {
      for (const prolog of ['', declared('UTF-8'), declared('utf-8')]) {
        assert.equal(name((await read(Buffer.from(file(inside, prolog))))[0]), 'é');
        assert.equal(name((await read(Buffer.from(`\ufeff${file(inside, prolog)}`)))[0]), 'é');
      }
    });
    it('reads ISO-8859-1, which is not Windows-1252', async () => {
      const bytes = Buffer.from(file('<Form><a>é\u0085</a></Form>', declared('ISO-8859-1')), 'latin1');
      for (const size of [1, 100, 10_000]) assert.equal(name((await read(split(bytes, size)))[0]), 'é\u0085');
    });
    it('refuses bytes that are not what is declared', async () => {
      await assertRefused('wrongEncoding', Buffer.from(file(inside), 'latin1'));
      await assertRefused('wrongEncoding', Buffer.from(file(inside, declared('UTF-8')), 'latin1'));
      await assertRefused(
        'wrongEncoding',
        Buffer.from(file(inside)).subarray(0, file(inside).indexOf('é') + 1),
      );
    });
    it('refuses UTF-16, UTF-32 and other encodings', async () => {
      for (const encoding of ['UTF-16', 'UTF-7', 'windows-1252', 'ebcdic-cp-be', 'ISO-8859-15', ''])
        await assertRefused('wrongEncoding', Buffer.from(file(inside, declared(encoding))));
      await assertRefused('wrongEncoding', Buffer.from(`\ufeff${file(inside)}`, 'utf16le'));
      await assertRefused('wrongEncoding', Buffer.from(file(inside), 'utf16le'));
      await assertRefused('wrongEncoding', Buffer.from(`\ufeff${file(inside)}`, 'utf16le').swap16());
      await assertRefused('wrongEncoding', Buffer.from(`\ufeff${file(inside, declared('ISO-8859-1'))}`));
      await assertRefused('wrongEncoding', Buffer.from([0, 0, 0, 0x3c]));
    });
    it('says where it stopped', async () => {
      const bytes = Buffer.concat([
        Buffer.from(`<Dimona>\n${FORM}\n\n${' '.repeat(400)}`),
        Buffer.from([0xff]),
      ]);
      await assert.rejects(read(split(bytes, 300)), {
        name: 'FormFileRefusal',
        reason: 'wrongEncoding',
        line: 4,
      });
    });
  });

  describe('when the file is hostile', () => {
    it('refuses a document type, whatever it holds', async () => {
      const xxe = '<!DOCTYPE Dimona [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
      await assertRefused('doctypeForbidden', file('<Form><a>&x;</a></Form>', xxe));
      await assertRefused(
        'doctypeForbidden',
        file(FORM, '<!DOCTYPE Dimona SYSTEM "http://127.0.0.1:1/x.dtd">'),
      );
      await assertRefused('doctypeForbidden', file(FORM, '<!DOCTYPE Dimona>'));
      const entities = Array.from(
        { length: 10 },
        (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
      );
      const laughs = `<!DOCTYPE Dimona [<!ENTITY e0 "lol">${entities.join('')}]>`;
      await assertRefused('doctypeForbidden', file('<Form><a>&e9;</a></Form>', laughs));
    });
    it('refuses entities that nobody declared', async () => {
      await assertRefused('illFormed', file('<Form><a>&eacute;</a></Form>'));
      await assertRefused('illFormed', file('<Form a="&x;"/>'));
    });
    it('refuses processing instructions', async () => {
      const style = '<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:1/x.xsl"?>';
      await assertRefused('processingInstructionForbidden', file(FORM, style));
      await assertRefused('processingInstructionForbidden', file('<Form><?php echo 1 ?></Form>'));
    });
    it('refuses elements nested too deep', async () => {
      await assertRefused('tooDeep', file(`<Form>${'<a>'.repeat(5000)}`));
      assert.equal((await read(file(`<Form>${'<a>'.repeat(15)}${'</a>'.repeat(15)}</Form>`))).length, 1);
    });
    it('refuses XInclude and other foreign elements beside the forms', async () => {
      const include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>';
      await assertRefused('unexpectedContent', file(`${FORM}${include}`));
      const [form] = await read(file(`<Form>${include}</Form>`));
      assert.deepEqual(form?.root.children[0]?.name, '{http://www.w3.org/2001/XInclude}include');
    });
    it('refuses characters that XML does not have', async () => {
      for (const text of ['\u0000', '\u0001', '\uffff', '&#0;', '&#1;', '&#xD800;', '&#x110000;'])
        await assertRefused('illFormed', file(`<Form><a>${text}</a></Form>`));
    });
    it('never throws anything but a refusal, whatever the bytes', async () => {
      const bytes = Buffer.from(quaXml([FORM, FORM]));
      const fault = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255), cut: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fault, async ({ at, byte, cut }) => {
          const broken = Buffer.from(cut ? bytes.subarray(0, at) : bytes);
          if (!cut) broken[at] = byte;
          await read(broken).catch((error: unknown) =>
            assert.ok(error instanceof FormFileRefusal, String(error)),
          );
        }),
        { numRuns: 400 },
      );
    });
    it('tells no SSIN in what it says', async () => {
      const broken = file('<Form><n81050003552:a/></Form>');
      await assert.rejects(read(broken), (error: Error) => !error.message.includes('81050003552'));
    });
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

  describe('when something is too large', () => {
    const limits = { maxFormBytes: 1000 };
    const sized = (bytes: number) => `<Form>${'é'.repeat((bytes - 13) / 2)}</Form>`;

    it('takes a form of the very limit in bytes and refuses one more', async () => {
      assert.equal((await read(file(sized(999)), limits)).length, 1);
      assert.equal((await read(file(`  ${sized(999)} ${sized(999)}`), limits)).length, 2);
      await assertRefused('formTooLarge', file(sized(1001)), limits);
    });
    it('refuses a form that never ends, while it arrives', async () => {
      let given = 0;
      const endless = (async function* () {
        yield '<Dimona><Form>';
        for (; ; given += 1) yield 'x'.repeat(1000);
      })();
      await assert.rejects(readForms(endless, LIMITS).next(), { reason: 'formTooLarge' });
      assert.ok(given < 100);
    });
    it('refuses what never ends beside the forms, and in names, attributes and comments', async () => {
      const starts = [
        '<Dimona>',
        '<',
        '<Dimona a="',
        '<!--',
        '<Dimona><!-- <',
        '<!DOCTYPE ',
        '<?x ',
        '<Dimona><Form a="',
        '<Dimona><Form><![CDATA[',
        '<Dimona><Form>&',
      ];
      for (const start of starts) {
        const endless = (async function* () {
          yield start;
          for (;;) yield start.endsWith('>') ? ' '.repeat(1000) : 'x'.repeat(1000);
        })();
        await assert.rejects(readForms(endless, LIMITS).next(), { reason: 'formTooLarge' }, start);
      }
    });
    it('refuses more forms than allowed', async () => {
      assert.equal((await read(file(FORM + FORM), { ...LIMITS, maxForms: 2 })).length, 2);
      await assertRefused('tooManyForms', file(FORM + FORM + FORM), { ...LIMITS, maxForms: 2 });
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
