/** Files of forms that are hostile, too large, or in another encoding. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type FormXml, readForms } from '../../src/dimona/form-reader.ts';
import { FormFileRefusal } from '../../src/dimona/refusal.ts';
import { quaXml } from '../support/declarations.ts';
import { assertRefused, FORM, file, LIMITS, read, split } from './reading.ts';

describe('readForms', () => {
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
