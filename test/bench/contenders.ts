/** Who takes part in the document bench: the obvious way, a careful one, and ours; all on the main thread. */
import { createHash } from 'node:crypto';
import { signDetached, signedDataBytes } from '../../src/pades/signed-data.ts';
import { createRenderer } from '../../src/render/render.ts';
import { sealInPlace } from '../../src/seal/seal.ts';
import { createDocumentMaker } from '../../src/workflows/document.ts';
import { atLevel, type LevelMeans } from './levels.ts';
import { parsedFonts, renderNaively, sealNaively } from './naive.ts';
import type { Key } from './openssl.ts';
import { type BenchKey, documentOf, readTemplates, renderInputOf } from './samples.ts';

export interface Contender {
  readonly name: string;
  /** Makes one document and gives its bytes. */
  readonly make: (number: number) => Promise<Buffer>;
}

/** @param means of the levels above B-B, by key */
export async function contendersWith(
  keys: ReadonlyMap<Key, BenchKey>,
  means: ReadonlyMap<Key, LevelMeans>,
): Promise<Contender[]> {
  const catalogue = await readTemplates();
  const renderer = createRenderer(catalogue);
  const contenders: Contender[] = [];
  for (const [name, { keyPem, certificatesPem, signer }] of keys) {
    const input = (number: number) => renderInputOf(number, catalogue, signedDataBytes(signer));
    const maker = createDocumentMaker({ catalogue, renderer, signerOf: () => signer });
    contenders.push({
      name: `ours ${name} B-B`,
      make: async (number) => sealInPlace(await renderer.renderToSeal(input(number)), signer),
    });
    // As the service issues them.
    contenders.push({
      name: `checked ${name} B-B`,
      make: async (number) => (await maker.make(documentOf(number, signer.keyId))).pdf,
    });
    for (const one of Object.values(means.get(name)?.levels ?? {})) {
      contenders.push({
        name: `checked ${name} ${one.level}`,
        make: async (number) =>
          (await maker.make(atLevel(documentOf(number, signer.keyId), one), one.timeStamp)).pdf,
      });
    }
    contenders.push({
      name: `parsed font ${name}`,
      make: async (number) => {
        const pdf = await renderNaively(input(number), parsedFonts());
        return Buffer.concat([pdf, await signDetached(signer, createHash('sha256').update(pdf).digest())]);
      },
    });
    if (name === 'p-256')
      contenders.push({ name: 'ours unsealed', make: (number) => renderer.render(input(number)) });
    if (name !== 'rsa-2048') continue;
    const [certificate = ''] = certificatesPem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/) ?? [];
    contenders.push({
      name: `naive ${name}`,
      make: async (number) => {
        const pdf = await renderNaively(input(number));
        return Buffer.concat([pdf, sealNaively(pdf, keyPem, certificate)]);
      },
    });
  }
  return contenders;
}
