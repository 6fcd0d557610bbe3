/** Who takes part in the document bench: our ways to make a document, on the main thread; others in a process of their own. */
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { createRenderer } from '../../src/render/render.ts';
import { sealInPlace } from '../../src/seal/seal.ts';
import { createDocumentMaker } from '../../src/workflows/document.ts';
import { atLevel, type LevelMeans } from './levels.ts';
import type { Key } from './openssl.ts';
import { type Make, measureRate, type Rate } from './rate.ts';
import { type BenchKey, documentOf, readTemplates, renderInputOf } from './samples.ts';

export interface Contender {
  readonly name: string;
  /** Makes documents for so many seconds. */
  readonly run: (seconds: number) => Promise<Rate>;
}

/** @param means of the levels above B-B, by key */
export async function ownContenders(
  keys: ReadonlyMap<Key, BenchKey>,
  means: ReadonlyMap<Key, LevelMeans>,
): Promise<Contender[]> {
  const catalogue = await readTemplates();
  const renderer = createRenderer(catalogue);
  const contenders: Contender[] = [];
  const add = (name: string, make: Make) => {
    contenders.push({ name, run: (seconds) => measureRate(make, seconds) });
  };
  for (const [name, { signer }] of keys) {
    const input = (number: number) => renderInputOf(number, catalogue, signedDataBytes(signer));
    const maker = createDocumentMaker({ catalogue, renderer, signerOf: () => signer });
    if (name === 'p-256') add('ours unsealed', (number) => renderer.render(input(number)));
    add(`ours ${name} B-B`, async (number) =>
      sealInPlace(await renderer.renderToSeal(input(number)), signer),
    );
    // As the service issues them.
    add(`checked ${name} B-B`, async (number) => (await maker.make(documentOf(number, signer.keyId))).pdf);
    for (const one of Object.values(means.get(name)?.levels ?? {}))
      add(
        `checked ${name} ${one.level}`,
        async (number) =>
          (await maker.make(atLevel(documentOf(number, signer.keyId), one), one.timeStamp)).pdf,
      );
  }
  return contenders;
}
