/** Reads the demonstration's last line from standard input and fails when it is not what it promises to be. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';

interface Result {
  readonly declarations: readonly {
    readonly declarationId: string;
    readonly result: string;
    readonly anomalies: readonly string[];
  }[];
  readonly attestations: readonly {
    readonly attestationId: string;
    readonly number: string;
    readonly pdf: string;
    readonly sha256: string;
    readonly messageId: string;
    readonly readStatus: boolean;
    readonly verification: { readonly indication: string; readonly status: string };
  }[];
  readonly seconds: number;
}

const { declarations, attestations, seconds } = JSON.parse(await text(process.stdin)) as Result;
const results = declarations.map(({ result }) => result);
for (const wanted of ['A', 'W', 'B'])
  assert.ok(results.includes(wanted), `a declaration was answered ${wanted}`);
for (const { result, anomalies } of declarations) assert.equal(result === 'A', anomalies.length === 0);
for (const { number, pdf, sha256, readStatus, verification } of attestations) {
  assert.match(number, /^QUA-\d{4}-\d{8}-\d{2}$/);
  assert.match(sha256, /^[0-9a-f]{64}$/);
  assert.ok(existsSync(pdf) && readStatus);
  assert.equal(verification.indication, 'TOTAL_PASSED');
}
const statuses = attestations.map(({ verification }) => verification.status);
for (const wanted of ['valid', 'superseded', 'revoked'])
  assert.ok(statuses.includes(wanted), `an attestation is ${wanted}`);
assert.ok(seconds > 0);
process.stdout.write(`The demonstration did what it promises: ${attestations.length} attestations.\n`);
