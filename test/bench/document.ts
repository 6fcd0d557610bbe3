/** Documents a second, one core: render and seal with each kind of key, against the obvious way in the same run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../../src/catalogue/catalogue.ts';
import type { AttestationFacts } from '../../src/domain/attestation.ts';
import type { LocalDate, LocalMonth } from '../../src/domain/period.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { startPki } from '../../src/embedded/pki/pki.ts';
import { loadPemSigner, type Signer } from '../../src/keys/signer.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { createRenderer, type RenderInput } from '../../src/render/render.ts';
import { checkSealed } from '../../src/seal/check.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { projectRoot } from '../support/needs.ts';
import { renderNaively, sealNaively } from './naive.ts';

const ROUNDS = 3;
const KEYS = ['p-256', 'rsa-2048', 'rsa-3072'] as const;

interface Contender {
  readonly name: string;
  readonly make: (number: number) => Promise<Buffer>;
}

interface Figure {
  readonly name: string;
  /** Of each round. */
  readonly perSecond: readonly number[];
  readonly median: number;
  readonly bytes: number;
}

export interface DocumentResult {
  readonly secondsARound: number;
  readonly figures: readonly Figure[];
  /** Our render and seal over the obvious way, medians of the same run. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** Lets all contenders take turns, `seconds` each, three rounds. */
export async function benchDocument(seconds: number): Promise<DocumentResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const contenders = await prepare(folder);
    for (const contender of contenders) await contender.make(0);
    const figures = await measure(contenders, seconds);
    const naive = figures.find(({ name }) => name === 'naive rsa-2048')?.median ?? 1;
    const ours = figures.filter(({ name }) => name.startsWith('ours '));
    const ratios = Object.fromEntries(
      ours.map(({ name, median }) => [name.slice(5), Math.round((median / naive) * 10) / 10]),
    );
    for (const { name, median, bytes } of figures) {
      process.stdout.write(
        `  ${name.padEnd(16)} ${median.toFixed(1).padStart(8)} documents/s  ${Math.round(bytes / 1024)} kB\n`,
      );
    }
    process.stdout.write(`  ours over naive: ${JSON.stringify(ratios)}\n`);
    return { secondsARound: seconds, figures, ratios };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(folder: string): Promise<Contender[]> {
  const catalogue = await loadCatalogue(join(projectRoot, 'templates'));
  const renderer = createRenderer(catalogue);
  const type = catalogue.types.get('quarantine');
  if (type === undefined) throw new Error('the quarantine type is gone');
  const inputOf = (number: number, signer: Signer): RenderInput => ({
    type,
    language: 'nl',
    facts: factsOf(number),
    number: `QUA-2026-${String(number).padStart(8, '0')}-01`,
    issuedAt: new Date('2026-01-05T09:00:00Z'),
    verificationUrl: `https://ebox.example.be/v/${String(number).padStart(22, 'x')}`,
    byHand: { page: 'https://ebox.example.be/verify', code: '7K3QM-9XPT2' },
    signatureRoom: signedDataBytes(signer),
    schemaUrl: 'https://ebox.example.be/attestations/v1/refData/schemas/attestation',
  });
  const contenders: Contender[] = [];
  for (const sealKey of KEYS) {
    const issuerName = { organisation: 'Bench', country: 'BE', enterpriseNumber: '1912345694' };
    const pki = await startPki({ folder: join(folder, sealKey), port: 0, sealKey, issuerName });
    await pki.stop();
    const signer = loadPemSigner('seal', pki.sealKeyPem, pki.sealCertificatesPem);
    contenders.push({
      name: `ours ${sealKey}`,
      make: async (number) => {
        const sealed = await sealPdf(await renderer.render(inputOf(number, signer)), signer);
        checkSealed(sealed, signer);
        return sealed;
      },
    });
    if (sealKey !== 'rsa-2048') continue;
    const [certificate = ''] =
      pki.sealCertificatesPem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/) ?? [];
    contenders.push({
      name: 'naive rsa-2048',
      make: async (number) => {
        const pdf = await renderNaively(inputOf(number, signer));
        return Buffer.concat([pdf, sealNaively(pdf, pki.sealKeyPem, certificate)]);
      },
    });
  }
  return contenders;
}

function factsOf(number: number): AttestationFacts {
  return {
    holder: { ssin: '88031499863' as Ssin, familyName: `Vermeulen ${number}`, givenName: 'Łena' },
    employer: { name: 'Boomgaarden Haspengouw BV', enterpriseNumber: '1900012343' },
    month: '2020-09' as LocalMonth,
    days: Array.from({ length: 5 }, (_, day) => ({
      date: `2020-09-0${day + 1}` as LocalDate,
      reference: `90000000${String(1000 + day)}`,
      jointCommittee: '145',
    })),
  };
}

async function measure(contenders: readonly Contender[], seconds: number): Promise<Figure[]> {
  const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  const bytes = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, make } of contenders) {
      const started = performance.now();
      let made = 0;
      for (; performance.now() - started < seconds * 1000; made += 1)
        bytes.set(name, (await make(made + 1)).length);
      rates.get(name)?.push((made * 1000) / (performance.now() - started));
    }
  }
  return contenders.map(({ name }) => {
    const perSecond = rates.get(name) ?? [];
    const median = [...perSecond].sort((one, other) => one - other)[Math.floor(perSecond.length / 2)] ?? 0;
    return { name, perSecond, median, bytes: bytes.get(name) ?? 0 };
  });
}
