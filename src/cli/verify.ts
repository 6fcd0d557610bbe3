/** `ebox verify`: says of files, without asking anybody, whether the seal of each holds against exported certificates. */
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { judge, type VerdictKind } from '../domain/verdict.ts';
import { ServiceError } from '../errors.ts';
import { createLog } from '../log.ts';
import { isInNameOf } from '../verify/claim.ts';
import { readTrust } from '../workflows/export-trust.ts';
import { LARGEST_PDF_BYTES, type ReceivedFile, receivePdf } from '../workflows/receive-pdf.ts';
import type { ExaminationTrust } from '../workflows/verifier-task.ts';
import { startVerifiers, type Verifiers } from '../workflows/verifiers.ts';

export interface VerifyOptions {
  /** A file that `--export-trust` wrote. */
  readonly trust?: string | undefined;
  /** Where to write one. */
  readonly 'export-trust'?: string | undefined;
  /** The service to get it from. */
  readonly service?: string | undefined;
  readonly json: boolean;
}

/** `genuine`: sealed by us and unchanged; whether it still holds only the service can say. */
type OfflineVerdict = 'genuine' | VerdictKind;

interface Judged {
  readonly file: string;
  readonly verdict: OfflineVerdict;
  readonly sha256: string;
  readonly explanation: string;
  readonly level?: string;
  readonly sealedAt?: string;
  readonly alteration?: string;
}

/** Runs the command; status 0 when every file is genuine, 1 when one is not, 2 when it was asked wrongly. */
export async function runVerify(files: readonly string[], options: VerifyOptions): Promise<number> {
  const { trust: path, 'export-trust': target } = options;
  if (target !== undefined) return exportTo(target, options.service);
  if (path === undefined || files.length === 0) {
    process.stderr.write(
      'Give --trust <file> and the files. --export-trust <file> --service <url> gets the first.\n',
    );
    return 2;
  }
  const trust = await loadTrust(path);
  const log = createLog('silent');
  const verifiers = await startVerifiers({
    processes: 1,
    megabytes: 256,
    seconds: 10,
    failpoints: undefined,
    log,
  });
  try {
    const judged: Judged[] = [];
    for (const file of files) {
      const one = await judgeFile(verifiers, trust, file);
      judged.push(one);
      process.stdout.write(`${one.verdict.padEnd(9)}  ${file}: ${one.explanation}\n`);
    }
    process.stdout.write(
      'The register was not asked: whether an attestation still holds only the service can say.\n',
    );
    if (options.json) process.stdout.write(`${JSON.stringify({ files: judged })}\n`);
    return judged.every(({ verdict }) => verdict === 'genuine') ? 0 : 1;
  } finally {
    await verifiers.stop();
  }
}

async function loadTrust(path: string): Promise<ExaminationTrust> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ServiceError('configurationInvalid', `the file ${path} cannot be read`, { cause });
  });
  const trust = readTrust(text, new Date());
  if (trust === undefined)
    throw new ServiceError('configurationInvalid', `${path} is not what ebox verify --export-trust writes`);
  return trust;
}

async function judgeFile(verifiers: Verifiers, trust: ExaminationTrust, file: string): Promise<Judged> {
  const received = await receivePdf(bounded(file));
  const common = { file, sha256: received.sha256 };
  const examined = await verifiers.examine(received.pdf, trust);
  if (examined === 'gaveUp')
    return { ...common, verdict: nameOnly(received, trust), explanation: 'takes too much to be examined' };
  const { signature, isInOurName, alteration, paper } = examined;
  const { explanation, level, timeStamp } = signature;
  return {
    ...common,
    verdict:
      signature.indication === 'TOTAL_PASSED'
        ? (paper ?? 'genuine')
        : judge({ status: 'unknown', signature, isInOurName }),
    explanation,
    ...(level !== undefined && { level }),
    ...(timeStamp && { sealedAt: timeStamp.time.toISOString() }),
    ...(alteration !== undefined && { alteration }),
  };
}

function nameOnly({ pdf }: ReceivedFile, { certificates }: ExaminationTrust): OfflineVerdict {
  return certificates.some((one) => isInNameOf(pdf, one)) ? 'altered' : 'foreign';
}

async function* bounded(file: string): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_PDF_BYTES)
      throw new ServiceError('configurationInvalid', `${file} is larger than any document of the service`);
    yield chunk;
  }
}

const PATIENCE_MS = 10_000;

async function exportTo(target: string, service: string | undefined): Promise<number> {
  if (service === undefined || !URL.canParse(service)) {
    process.stderr.write('Say where to get it: --service <url>\n');
    return 2;
  }
  const answer = await fetch(new URL('/verifications/v1/trust', service), {
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((cause: unknown) => {
    throw new ServiceError('remoteUnavailable', `${service} cannot be reached`, { cause });
  });
  const text = await answer.text();
  if (!answer.ok || readTrust(text, new Date()) === undefined)
    throw new ServiceError('remoteRefused', `${service} gave no certificates`);
  await writeFile(target, `${text}\n`);
  process.stdout.write(
    `Written to ${target}. Compare it with one that you got another way before you rely on it.\n`,
  );
  return 0;
}
