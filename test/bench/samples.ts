/** The document of every bench: one page with five days, of another person and number each time. */
import { join } from 'node:path';
import { type Catalogue, loadCatalogue } from '../../src/catalogue/catalogue.ts';
import type { LocalDate, LocalMonth } from '../../src/domain/period.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { startPki } from '../../src/embedded/pki/pki.ts';
import { loadPemSigner, type Signer } from '../../src/keys/signer.ts';
import type { RenderInput } from '../../src/render/render.ts';
import type { DocumentInput } from '../../src/workflows/document.ts';
import { projectRoot } from '../support/needs.ts';
import type { Key } from './openssl.ts';

export const templatesDir = join(projectRoot, 'templates');
const TYPE = 'quarantine';

/** A seal key of a development PKI with its certificates. */
export interface BenchKey {
  readonly keyPem: string;
  readonly certificatesPem: string;
  readonly signer: Signer;
}

export const ISSUER_NAME = { organisation: 'Bench', country: 'BE', enterpriseNumber: '1912345694' };

/** Where the PKI of a key is kept. */
export function keyFolder(folder: string, sealKey: Key): string {
  return join(folder, sealKey);
}

export async function makeKey(folder: string, sealKey: Key): Promise<BenchKey> {
  const pki = await startPki({
    folder: keyFolder(folder, sealKey),
    port: 0,
    sealKey,
    issuerName: ISSUER_NAME,
  });
  await pki.stop();
  const { sealKeyPem: keyPem, sealCertificatesPem: certificatesPem } = pki;
  return { keyPem, certificatesPem, signer: loadPemSigner('seal', keyPem, certificatesPem, 'own') };
}

export function documentOf(number: number, keyId: string): DocumentInput {
  return {
    type: TYPE,
    language: 'nl',
    facts: {
      holder: { ssin: '88031499863' as Ssin, familyName: `Vermeulen ${number}`, givenName: 'Łena' },
      employer: { name: 'Boomgaarden Haspengouw BV', enterpriseNumber: '1900012343' },
      month: '2020-09' as LocalMonth,
      days: Array.from({ length: 5 }, (_, day) => ({
        date: `2020-09-0${day + 1}` as LocalDate,
        reference: `90000000${String(1000 + day)}`,
        jointCommittee: '145',
      })),
    },
    number: `QUA-2026-${String(number).padStart(8, '0')}-01`,
    issuedAt: new Date('2026-01-05T09:00:00Z'),
    verificationUrl: `https://ebox.example.be/v/${String(number).padStart(22, 'x')}`,
    byHand: { page: 'https://ebox.example.be/verify', code: '7K3QM-9XPT2' },
    schemaUrl: 'https://ebox.example.be/attestations/v1/refData/schemas/attestation',
    keyId,
    level: 'B-B',
    tokenBytes: 0,
  };
}

/** The same for rendering alone. */
export function renderInputOf(number: number, catalogue: Catalogue, signatureRoom: number): RenderInput {
  const type = catalogue.types.get(TYPE);
  if (type === undefined) throw new Error('the quarantine type is gone');
  return { ...documentOf(number, ''), type, signatureRoom };
}

export function readTemplates(): Promise<Catalogue> {
  return loadCatalogue(templatesDir);
}
