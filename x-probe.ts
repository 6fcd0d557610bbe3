import { createAuthority, createSigner, trustIn } from './test/support/pki.ts';
import { createPdf } from './test/support/pdf.ts';
import { signedDataBytes } from './src/pades/signed-data.ts';
import { sealPdf } from './src/seal/seal.ts';
import { checkSealed } from './src/seal/check.ts';
import { verifySeal } from './src/verify/seal.ts';
const root = createAuthority('Root'), issuing = createAuthority('Issuing', root);
const trust = trustIn(root, issuing);
for (const key of ['p-256','rsa-2048','rsa-3072'] as const) {
  const signer = createSigner({ authority: issuing, key });
  const unsigned = await createPdf(signedDataBytes(signer));
  let t = Date.now(); let n = 0;
  while (Date.now() - t < 3000) { await sealPdf(unsigned, signer); n++; }
  console.log(key, 'seal/s', Math.round(n/3));
  t = Date.now(); n = 0; const sealed = await sealPdf(unsigned, signer);
  while (Date.now() - t < 3000) { checkSealed(sealed, signer); n++; }
  console.log(key, 'check/s', Math.round(n/3));
}
const signer = createSigner({ authority: issuing });
const unsigned = await createPdf(signedDataBytes(signer));
let rejected = 0;
for (let i = 0; i < 10000; i++) { const s = await sealPdf(unsigned, signer); if (verifySeal(s, trust).indication !== 'TOTAL_PASSED') rejected++; }
console.log('genuine rejected', rejected, 'of 10000');
let accepted = 0; const kinds: Record<string, number> = {};
const bases: Buffer[] = []; for (let i = 0; i < 20; i++) bases.push(await sealPdf(await createPdf(signedDataBytes(signer), { text: 'text '.repeat(i * 20) }), signer));
for (let i = 0; i < 50000; i++) {
  const b = Buffer.from(bases[i % 20]!); const edits = 1 + Math.floor(Math.random() * 3);
  for (let e = 0; e < edits; e++) { const at = Math.floor(Math.random() * b.length); b[at] = (b[at]! + 1 + Math.floor(Math.random() * 255)) & 255; }
  const v = verifySeal(b, trust); const k = v.indication + '/' + v.subIndication; kinds[k] = (kinds[k] ?? 0) + 1;
  if (v.indication === 'TOTAL_PASSED' && !b.equals(bases[i % 20]!)) accepted++;
}
console.log('mutants accepted', accepted, 'of 50000', kinds);
