/** The obvious way to make a document and a careful one, told over IPC when it is their turn; ends with who started it. */
import { createHash } from 'node:crypto';
import { signDetached, signedDataBytes } from '../../src/pades/signed-data.ts';
import { parsedFonts, renderNaively, sealNaively } from './naive.ts';
import { KEYS } from './openssl.ts';
import type { Turn } from './other-process.ts';
import { type Make, measureRate } from './rate.ts';
import { makeKey, readTemplates, renderInputOf } from './samples.ts';

const [folder = ''] = process.argv.slice(2);
const catalogue = await readTemplates();
const others = new Map<string, Make>();
for (const key of KEYS) {
  const { keyPem, certificatesPem, signer } = await makeKey(folder, key);
  const input = (number: number) => renderInputOf(number, catalogue, signedDataBytes(signer));
  others.set(`parsed font ${key}`, async (number) => {
    const pdf = await renderNaively(input(number), parsedFonts());
    return Buffer.concat([pdf, await signDetached(signer, createHash('sha256').update(pdf).digest())]);
  });
  if (key !== 'rsa-2048') continue;
  const [certificate = ''] = certificatesPem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/) ?? [];
  others.set(`naive ${key}`, async (number) => {
    const pdf = await renderNaively(input(number));
    return Buffer.concat([pdf, sealNaively(pdf, keyPem, certificate)]);
  });
}
process.on('message', ({ name, seconds }: Turn) => {
  const make = others.get(name);
  if (make === undefined) throw new Error(`nobody is called ${name}`);
  void measureRate(make, seconds).then((rate) => process.send?.(rate));
});
process.on('disconnect', () => process.exit(0));
process.send?.([...others.keys()]);
