/** Leaves the place for the seal: a signature field without appearance and a signature dictionary to be filled. */
import { BYTE_RANGE_PLACEHOLDER } from '../pades/byte-range.ts';
import { type OpenDocument, type PdfElement, setCatalogEntry, setForm, textString } from './document.ts';

export interface SignatureFieldInput {
  /** Bytes that the CMS signature will take in `/Contents`. */
  readonly room: number;
  readonly signedAt: Date;
  /** Who seals, as the signature dictionary names them. */
  readonly name: string;
  /** What a screen reader says of the field. */
  readonly tooltip: string;
}

/**
 * Adds the field, which the element `form` holds, to the page being drawn on: PAdES baseline (ETSI EN 319 142-1, 6.3), and as certification
 * signature that allows no change (ISO 32000-1, 12.8.2.2: DocMDP with P 1).
 */
export function addSignatureField({ pdf }: OpenDocument, form: PdfElement, input: SignatureFieldInput): void {
  const signature = pdf.ref({
    Type: 'Sig',
    Filter: 'Adobe.PPKLite',
    SubFilter: 'ETSI.CAdES.detached',
    ByteRange: [...BYTE_RANGE_PLACEHOLDER],
    Contents: new Uint8Array(input.room),
    M: input.signedAt,
    Name: textString(input.name),
    Reference: [
      {
        Type: 'SigRef',
        TransformMethod: 'DocMDP',
        TransformParams: { Type: 'TransformParams', P: 1, V: '1.2' },
      },
    ],
  });
  signature.end(undefined);

  const appearance = pdf.ref({ Type: 'XObject', Subtype: 'Form', BBox: [0, 0, 0, 0], Resources: {} });
  appearance.compress = false;
  appearance.end(' ');

  const widget = {
    Subtype: 'Widget',
    // No colour: otherwise pdfkit gives every annotation black.
    C: [],
    FT: 'Sig',
    T: textString('Seal'),
    TU: textString(input.tooltip),
    // Print and Locked; PDF/A forbids Hidden (ISO 19005-3, 6.3.2).
    F: 132,
    V: signature,
    P: pdf.page.dictionary,
    AP: { N: appearance },
    structParent: form,
  };
  pdf.annotate(0, 0, 0, 0, widget);
  form.end();
  setForm(pdf, { Fields: pdf.page.annotations, SigFlags: 3 });
  setCatalogEntry(pdf, 'Perms', { DocMDP: signature });
}
