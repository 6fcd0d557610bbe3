/**
 * The obvious way to make a sealed document, to compare with: pdfkit with a font file each time, forge for the seal. And
 * a careful one: typefaces parsed once, the signature by node:crypto.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create } from 'fontkit';
import forge from 'node-forge';
import PdfKit from 'pdfkit';
import type { RenderInput } from '../../src/render/render.ts';

const folder = createRequire(import.meta.url)
  .resolve('@expo-google-fonts/noto-sans/package.json')
  .replace(/package\.json$/, '');
const regular = readFileSync(`${folder}400Regular/NotoSans_400Regular.ttf`);
const bold = readFileSync(`${folder}700Bold/NotoSans_700Bold.ttf`);

/** Typefaces for pdfkit: as files, which it parses for each document, or parsed. */
export interface NaiveFonts {
  readonly regular: unknown;
  readonly bold: unknown;
}

let parsed: NaiveFonts | undefined;

export function parsedFonts(): NaiveFonts {
  parsed ??= { regular: create(regular), bold: create(bold) };
  return parsed;
}

/** Lays out the same facts on one tagged PDF/A-2a page. */
export function renderNaively(input: RenderInput, fonts: NaiveFonts = { regular, bold }): Promise<Buffer> {
  const document = new PdfKit({
    size: 'A4',
    pdfVersion: '1.7',
    subset: 'PDF/A-2a',
    tagged: true,
    lang: input.language,
    displayTitle: true,
    info: { Title: input.type.texts[input.language].title, CreationDate: input.issuedAt },
  });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<Buffer>((resolve) => document.on('end', () => resolve(Buffer.concat(chunks))));
  // pdfkit takes parsed faces too, which its type declaration does not say.
  document.registerFont('regular', fonts.regular as Buffer);
  document.registerFont('bold', fonts.bold as Buffer);
  const { facts, number } = input;
  const words = input.type.texts[input.language].words;
  document.font('bold').fontSize(20).text(input.type.texts[input.language].title);
  document
    .font('regular')
    .fontSize(10)
    .text(`${number}  ${facts.holder.familyName} ${facts.holder.givenName}`);
  for (const text of Object.values(words)) document.text(text.replace(/\{\w+\}/g, ''));
  for (const { date, reference, jointCommittee } of facts.days)
    document.text(`${date}  ${jointCommittee ?? ''}  ${reference}`);
  document.end();
  return done;
}

/** Makes a CMS signature over the document with forge's own RSA, as most examples do. */
export function sealNaively(pdf: Buffer, keyPem: string, certificatePem: string): Buffer {
  const signed = forge.pkcs7.createSignedData();
  signed.content = forge.util.createBuffer(pdf.toString('binary'));
  signed.addCertificate(certificatePem);
  signed.addSigner({
    key: keyPem,
    certificate: certificatePem,
    digestAlgorithm: String(forge.pki.oids.sha256),
    authenticatedAttributes: [
      { type: String(forge.pki.oids.contentType), value: String(forge.pki.oids.data) },
      { type: String(forge.pki.oids.messageDigest) },
    ],
  });
  signed.sign({ detached: true });
  return Buffer.from(forge.asn1.toDer(signed.toAsn1()).getBytes(), 'binary');
}
