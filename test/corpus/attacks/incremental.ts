/** Incremental saving: something is added after a genuine document, and a reader shows the newest (ISO 32000-1 §7.5.6). */
import { appendRevision } from '../../verify/attacks.ts';
import { attacks, NOT_OUR_FORM } from '../attack.ts';
import { change, objectOf, placesOf, writing } from '../edit.ts';
import type { Lab } from '../lab.ts';

type Objects = Readonly<Record<number, string>>;

const NEW = 900;
const WORDS = 'in quarantine until 31 December';

/** Appends objects that depend on the document. */
const append =
  (objects: (pdf: Buffer) => Objects, order?: Parameters<Lab['seal']>[0]) =>
  async (lab: Lab): Promise<Buffer> => {
    const sealed = await lab.seal(order);
    return appendRevision(sealed, objects(sealed));
  };

const otherPage = (pdf: Buffer): Objects => {
  const { page } = placesOf(pdf);
  return {
    [page]: objectOf(pdf, page).replace(/\/Contents \d+ 0 R/, `/Contents ${NEW} 0 R`),
    [NEW]: writing(WORDS),
  };
};

const otherCatalog = (pdf: Buffer, edit: (catalog: string) => string): Objects => {
  const { catalog } = placesOf(pdf);
  return { [catalog]: edit(objectOf(pdf, catalog)) };
};

const xrefStream = (pdf: Buffer): Buffer => {
  const { page } = placesOf(pdf);
  const body = `${page} 0 obj\n${otherPage(pdf)[page]}\nendobj\n${NEW} 0 obj\n${writing(WORDS)}\nendobj\n`;
  const at = pdf.length + body.length;
  const rows = Buffer.alloc(3 * 5);
  for (const [row, offset] of [pdf.length, pdf.length + body.indexOf(`\n${NEW} 0 obj`) + 1, at].entries()) {
    rows[row * 5] = 1;
    rows.writeUInt32BE(offset, row * 5 + 1);
  }
  const root = /\/Root (\d+ 0 R)/.exec(pdf.toString('latin1'))?.[1];
  const entries = `/Type/XRef/Size ${NEW + 2}/Root ${root}/W[1 4 0]/Index[${page} 1 ${NEW} 2]/Length ${rows.length}`;
  const prev = /startxref\n(\d+)\n%%EOF\n$/.exec(pdf.toString('latin1'))?.[1];
  return Buffer.concat([
    pdf,
    Buffer.from(`${body}${NEW + 1} 0 obj\n<<${entries}/Prev ${prev}>>\nstream\n`, 'latin1'),
    rows,
    Buffer.from(`\nendstream\nendobj\nstartxref\n${at}\n%%EOF\n`),
  ]);
};

export const INCREMENTAL = attacks(NOT_OUR_FORM, {
  'page replaced': ['a revision with another content of the page', append(otherPage)],
  'page replaced at B-LT': [
    'the same on a document with time-stamp and validation data',
    append(otherPage, { level: 'B-LT' }),
  ],
  'content replaced': [
    'a revision with the content stream anew',
    append((pdf) => ({ [placesOf(pdf).content]: writing(WORDS) })),
  ],
  'font replaced': [
    'a revision in which the typeface draws other letters',
    append((pdf) => ({
      [placesOf(pdf).font]: '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
    })),
  ],
  'attached data replaced': [
    'a revision with other data for programs',
    append((pdf) => ({ [placesOf(pdf).data]: '<</Type/EmbeddedFile/Length 2>>\nstream\n{}\nendstream' })),
  ],
  'catalogue without permission': [
    'a revision whose catalogue no longer says that nothing may be changed',
    append((pdf) => otherCatalog(pdf, (catalog) => catalog.replace(/\/Perms <<[^>]*>>/, ''))),
  ],
  'catalogue without form': [
    'a revision whose catalogue no longer leads to the seal, so that it looks unsealed',
    append((pdf) => otherCatalog(pdf, (catalog) => catalog.replace(/\/AcroForm \d+ 0 R/, ''))),
  ],
  'script added': [
    'a revision that runs a script on opening',
    append((pdf) =>
      otherCatalog(pdf, (catalog) =>
        catalog.replace('/Type /Catalog', '/Type /Catalog /OpenAction<</S/JavaScript/JS(app.alert(1))>>'),
      ),
    ),
  ],
  'seal copied': [
    'a revision with a copy of the seal as a further object',
    append((pdf) => ({ ...otherPage(pdf), [NEW + 1]: objectOf(pdf, placesOf(pdf).seal) })),
  ],
  'two revisions': [
    'a revision that replaces the page and one that restores it',
    async (lab) => {
      const sealed = await lab.seal();
      const { page } = placesOf(sealed);
      return appendRevision(appendRevision(sealed, otherPage(sealed)), { [page]: objectOf(sealed, page) });
    },
  ],
  'revision without table': [
    'objects and nothing else, for readers that repair files',
    async (lab) => {
      const sealed = await lab.seal();
      const objects = Object.entries(otherPage(sealed)).map(([n, body]) => `${n} 0 obj\n${body}\nendobj\n`);
      return Buffer.concat([sealed, Buffer.from(objects.join(''), 'latin1')]);
    },
  ],
  'revision without trailer': [
    'objects and a table, and no trailer after it',
    async (lab) => change(await append(otherPage)(lab), /trailer\n<<\/Size 100[^>]*>>\n/, ''),
  ],
  'revision that copies the trailer': [
    'objects, and the first trailer once more',
    async (lab) => {
      const sealed = await lab.seal();
      const tail = sealed.subarray(sealed.lastIndexOf('trailer\n'));
      const objects = Object.entries(otherPage(sealed)).map(([n, body]) => `${n} 0 obj\n${body}\nendobj\n`);
      return Buffer.concat([sealed, Buffer.from(objects.join(''), 'latin1'), tail]);
    },
  ],
  'revision by stream': [
    'a revision whose cross-references are a stream',
    async (lab) => xrefStream(await lab.seal()),
  ],
  'revision in a loop': [
    'a revision whose predecessor is itself',
    async (lab) => {
      const text = (await append(otherPage)(lab)).toString('latin1');
      const own = /startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1] ?? '';
      return Buffer.from(text.replace(/\/Prev \d+/, `/Prev ${own}`), 'latin1');
    },
  ],
  'title replaced': [
    'a revision with another title in the properties',
    append((pdf) => {
      const info = Number(/\/Info (\d+) 0 R/.exec(pdf.toString('latin1'))?.[1]);
      return { [info]: '<</Title(Another attestation)>>' };
    }),
  ],
  'empty revision': ['a revision without objects', append(() => ({}))],
});
