/** `ebox evidence verify <file>`: checks one file of evidence offline, be it the proof of a record, or of a message. */
import { readFile } from 'node:fs/promises';
import { readAttachedFile } from '../verify/attached-file.ts';
import {
  type EvidenceFile,
  type EvidenceVerdict,
  readEvidence,
  verifyEvidenceFile,
} from '../verify/message-evidence.ts';
import { type ProofFile, readProof, verifyProof } from '../verify/proof.ts';
import { verifySeal } from '../verify/seal.ts';
import type { EvidenceOptions } from './evidence.ts';
import { printTable } from './evidence-report.ts';
import { documentTrust, trustedKeys } from './evidence-source.ts';

/** Checks a file; status 0 when it is proved, 1 when not, 2 for a file that is none of evidence. */
export async function verifyFile(path: string, options: EvidenceOptions): Promise<number> {
  const bytes = await readFile(path);
  const isPdf = bytes.subarray(0, 5).toString('latin1') === '%PDF-';
  const text = isPdf ? readAttachedFile(bytes) : bytes.toString('utf8');
  const evidence = text === undefined ? undefined : readEvidence(text);
  if (evidence !== undefined)
    return tellEvidence(await judge(evidence, isPdf ? bytes : undefined, options), options);
  const proof = text === undefined || isPdf ? undefined : readProof(text);
  if (proof !== undefined) return tellProof(proof, options);
  if (isPdf)
    return tellEvidence({ isProved: false, reason: 'the PDF holds no evidence that can be read' }, options);
  process.stderr.write(`${path} is no file of evidence.\n`);
  return 2;
}

/** Of a PDF the page counts too: it is sealed whole. */
async function judge(
  evidence: EvidenceFile,
  pdf: Buffer | undefined,
  options: EvidenceOptions,
): Promise<EvidenceVerdict> {
  const verdict = verifyEvidenceFile(evidence, await trustedKeys(options.keys));
  if (!verdict.isProved || pdf === undefined) return verdict;
  const trust = await documentTrust(options);
  if (trust === undefined)
    return { isProved: false, reason: 'the seal of the PDF: name its certificates with --seal-trust' };
  const seal = verifySeal(pdf, { ...trust, at: new Date() });
  if (seal.indication === 'TOTAL_PASSED') return verdict;
  return { isProved: false, reason: `the seal of the PDF: ${seal.subIndication}` };
}

function tellEvidence(verdict: EvidenceVerdict, { json }: EvidenceOptions): number {
  if (verdict.isProved) {
    printTable([
      ['Message', verdict.messageId],
      ...verdict.sha256.map((sha256) => ['Document', `SHA-256 ${sha256}`] as const),
      ...verdict.receipts.map(
        ({ kind, eventTime, reportedBy }) =>
          [
            'Receipt',
            `${kind}, ${eventTime}${reportedBy === undefined ? '' : `, says ${reportedBy}`}`,
          ] as const,
      ),
      ['Sealed', `by ${verdict.sealedAt.toISOString()}`],
      ['State', verdict.state],
      ['Verdict', 'every receipt is in the log, unchanged'],
    ]);
  } else {
    printTable([['Verdict', `not proved: ${verdict.reason}`]]);
  }
  if (json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
  return verdict.isProved ? 0 : 1;
}

async function tellProof(proof: ProofFile, { keys, json }: EvidenceOptions): Promise<number> {
  const verdict = verifyProof(proof, await trustedKeys(keys));
  if (verdict.isProved) {
    printTable([
      ['Leaf', String(verdict.leafIndex)],
      ['Head', `${verdict.headNumber}, ${verdict.sealedAt.toISOString()}`],
      ['Record', verdict.record ?? 'not given'],
      ['Verdict', 'the record is in the log, unchanged'],
    ]);
  } else {
    printTable([['Verdict', `not proved: ${verdict.reason}`]]);
  }
  if (json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
  return verdict.isProved ? 0 : 1;
}
