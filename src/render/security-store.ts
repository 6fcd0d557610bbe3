/** Writes the validation data of a seal as the document's security store, in the revision that the seal covers. */
import type { ValidationData } from '../pades/validation-data.ts';
import { type OpenDocument, setCatalogEntry } from './document.ts';

/**
 * Adds /DSS with its certificates, OCSP responses and revocation lists (ETSI EN 319 142-1, 5.4.2), each a plain stream,
 * and says in the catalogue that the document uses this extension (5.6). There is no /VRI: it would be named after a
 * signature that does not exist yet.
 */
export function addSecurityStore({ pdf }: OpenDocument, data: ValidationData): void {
  const writeAll = (contents: readonly Buffer[]) =>
    contents.map((content) => {
      const stream = pdf.ref({});
      stream.compress = false;
      stream.end(content);
      return stream;
    });
  const store = pdf.ref({
    Type: 'DSS',
    Certs: writeAll(data.certificates),
    OCSPs: writeAll(data.answers),
    CRLs: writeAll(data.lists),
  });
  store.end(undefined);
  setCatalogEntry(pdf, 'DSS', store);
  setCatalogEntry(pdf, 'Extensions', { ESIC: { BaseVersion: '1.7', ExtensionLevel: 2 } });
}
