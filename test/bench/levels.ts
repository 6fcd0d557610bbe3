/** The means of the levels above B-B, from authorities on loopback that have a process of their own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isSelfSigned, readCertificates } from '../../src/keys/signer.ts';
import { createLog } from '../../src/log.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { findPaths, type PathTrust } from '../../src/pades/path.ts';
import { keepRevocation } from '../../src/remote/revocation.ts';
import { createRevocationFetch } from '../../src/remote/revocation-fetch.ts';
import { createTimeStampClient } from '../../src/remote/time-stamp.ts';
import type { DocumentInput } from '../../src/workflows/document.ts';
import type { SealMeans } from '../../src/workflows/seal-level.ts';
import { projectRoot } from '../support/needs.ts';
import type { Key } from './openssl.ts';
import { type BenchKey, keyFolder } from './samples.ts';

/** What a document of each level takes. */
export interface LevelMeans {
  readonly levels: Readonly<Record<'B-T' | 'B-LT', SealMeans>>;
  stop(): Promise<void>;
}

/** Starts the authorities of a key, and asks them for what all its documents share. */
export async function startLevels(folder: string, name: Key, key: BenchKey): Promise<LevelMeans> {
  const script = join(projectRoot, 'test', 'bench', 'authority.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, keyFolder(folder, name), name], {
    cwd: projectRoot,
  });
  child.stderr.pipe(process.stderr);
  const { url, rootPem } = await firstLine(child);
  const certificates = readCertificates('bench', key.certificatesPem + rootPem);
  const trust: PathTrust = {
    anchors: certificates.filter(isSelfSigned).map(({ raw }) => parseCertificate(raw)),
    intermediates: certificates.filter((one) => !isSelfSigned(one)).map(({ raw }) => parseCertificate(raw)),
  };
  const clock = () => new Date();
  const timeStamper = createTimeStampClient({ urls: [`${url}/tsa`], trust, allowLoopback: true, clock });
  const means = {
    tokenBytes: await timeStamper.tokenBytes(),
    timeStamp: (imprint: Buffer) => timeStamper.stamp(imprint),
  };
  const revocation = keepRevocation({
    paths: () => ({
      seal: findPaths(parseCertificate(key.signer.certificate), trust),
      'time-stamp': timeStamper.paths(),
    }),
    fetch: createRevocationFetch({ allowLoopback: true }),
    clock,
    log: createLog('warn'),
  });
  const validationData = await revocation.current();
  return {
    levels: { 'B-T': { ...means, level: 'B-T' }, 'B-LT': { ...means, level: 'B-LT', validationData } },
    stop: async () => {
      revocation.stop();
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** A document that asks for a level. */
export function atLevel(
  input: DocumentInput,
  { level, tokenBytes, validationData }: SealMeans,
): DocumentInput {
  return { ...input, level, tokenBytes, validationData };
}

async function firstLine(child: ChildProcessWithoutNullStreams): Promise<{ url: string; rootPem: string }> {
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  // Written by that script.
  return JSON.parse(line) as { url: string; rootPem: string };
}
