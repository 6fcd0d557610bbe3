/** Seals at each level with the development PKI on loopback, through the parts that the service itself uses. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { SealLevel } from '../../src/domain/verification.ts';
import { type Pki, type PkiOptions, startPki } from '../../src/embedded/pki/pki.ts';
import { loadPemSigner, readCertificates, type Signer } from '../../src/keys/signer.ts';
import { createLog } from '../../src/log.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { findPaths } from '../../src/pades/path.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import type { ValidationData } from '../../src/pades/validation-data.ts';
import { keepRevocation, type RevocationKeeper } from '../../src/remote/revocation.ts';
import { createRevocationFetch } from '../../src/remote/revocation-fetch.ts';
import { createTimeStampClient, type TimeStamper } from '../../src/remote/time-stamp.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import type { SealTrust } from '../../src/verify/seal.ts';

export type Render = (room: number, validationData: ValidationData | undefined) => Promise<Buffer>;

export interface SealLab {
  readonly pki: Pki;
  readonly signer: Signer;
  readonly timeStamper: TimeStamper;
  readonly revocation: RevocationKeeper;
  readonly trust: Omit<SealTrust, 'at'>;
  /** Every line logged. */
  readonly logLines: readonly string[];
  /** Renders with the room that the level takes, and seals. */
  seal(level: SealLevel, render: Render): Promise<Buffer>;
}

/** Starts a PKI of its own for a test, stopped when the test ends. */
export async function startSealLab(
  t: Pick<TestContext, 'after'>,
  sealKey: NonNullable<PkiOptions['sealKey']>,
): Promise<SealLab> {
  const folder = mkdtempSync(join(tmpdir(), 'ebox-level-'));
  const issuerName = { organisation: 'Office for Quarantine', country: 'BE', enterpriseNumber: '0206731645' };
  const pki = await startPki({ folder, port: 0, sealKey, issuerName });
  const signer = loadPemSigner('seal', pki.sealKeyPem, pki.sealCertificatesPem);
  const anchors = readCertificates('root', pki.rootPem).map(({ raw }) => raw);
  const clock = () => new Date();
  const pinned = {
    anchors: anchors.map(parseCertificate),
    intermediates: signer.chain.map(parseCertificate),
  };
  const timeStamper = createTimeStampClient({
    urls: [`${pki.url}/tsa`],
    trust: { anchors: pinned.anchors, intermediates: [] },
    allowLoopback: true,
    clock,
  });
  const logLines: string[] = [];
  const sealPaths = findPaths(parseCertificate(signer.certificate), pinned);
  const revocation = keepRevocation({
    paths: () => ({ seal: sealPaths, 'time-stamp': timeStamper.paths() }),
    fetch: createRevocationFetch({ allowLoopback: true }),
    clock,
    log: createLog('info', { write: (line: string) => logLines.push(line) }),
    pauseMs: 1,
  });
  t.after(async () => {
    revocation.stop();
    await pki.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    pki,
    signer,
    timeStamper,
    revocation,
    trust: {
      anchors,
      intermediates: signer.chain,
      timeStamps: { anchors, intermediates: [] },
    },
    logLines,
    seal: async (level, render) => {
      if (level === 'B-B') return sealPdf(await render(signedDataBytes(signer), undefined), signer);
      const room = signedDataBytes(signer, await timeStamper.tokenBytes());
      const data = level === 'B-LT' ? await revocation.current() : undefined;
      return sealPdf(await render(room, data), signer, (imprint) => timeStamper.stamp(imprint));
    },
  };
}
