/** Runs the development PKI: a root, an issuing authority, the seal's certificate, and what viewers ask about them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { loadPemSigner } from '../../keys/signer.ts';
import { LOOPBACK, listenOnLoopback, urlHost } from '../loopback.ts';
import type { KeyType } from './credential.ts';
import { keepCrl } from './crl.ts';
import { type Hierarchy, type InstitutionName, openHierarchy } from './hierarchy.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { answerOcsp } from './ocsp.ts';
import type { Addresses } from './profiles.ts';
import { type PkiAnswers, respondWith } from './responder.ts';
import { answerTimeStamp } from './time-stamp.ts';

export interface PkiOptions {
  /** Keeps keys, certificates and revocations between starts. */
  readonly folder: string;
  /** A loopback address; by default 127.0.0.1. */
  readonly host?: string;
  /** Stands in every certificate, so it stays: 0 takes a free port at first start and the kept one afterwards. */
  readonly port: number;
  /** By default `p-256`. */
  readonly sealKey?: KeyType;
  readonly issuerName: InstitutionName;
  readonly now?: () => Date;
}

export interface Pki {
  /** `http://127.0.0.1:…`; below it `/ocsp`, `/tsa`, `/issuing.crl`, `/root.crl`, `/issuing.crt` and `/root.crt`. */
  readonly url: string;
  readonly port: number;
  readonly sealKeyPem: string;
  /** The seal's certificate and that of the issuing authority. */
  readonly sealCertificatesPem: string;
  readonly rootPem: string;
  /** Revokes a certificate by its serial number in hexadecimal, from now on. */
  revoke(serialNumber: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the PKI in `folder`, making there what is missing. Throws `embeddedPartFailed` when the port cannot be had or is
 * not the one that stands in the certificates of the folder.
 */
export async function startPki(options: PkiOptions): Promise<Pki> {
  const host = options.host ?? LOOPBACK;
  const server = createServer();
  const port = await listenOnLoopback('pki', server, host, choosePort(options));
  const url = `http://${urlHost(host)}:${port}`;
  try {
    return await openPki(options, server, url, port);
  } catch (error) {
    await stopServer(server);
    throw error;
  }
}

async function openPki(options: PkiOptions, server: Server, url: string, port: number): Promise<Pki> {
  const now = options.now ?? (() => new Date());
  const { folder, issuerName, sealKey = 'p-256' } = options;
  const hierarchy = await openHierarchy({
    folder,
    sealKey,
    institution: issuerName,
    issuingAddresses: addressesOf(url, 'issuing'),
    rootAddresses: addressesOf(url, 'root'),
    now: now(),
  });
  writeFileSync(join(folder, PORT_FILE), `${port}\n`);
  const { issuing, root, seal, timeStamp, ocsp } = hierarchy;
  const issuingLedger = openLedger(join(folder, 'issuing.json'));
  const rootLedger = openLedger(join(folder, 'root.json'));
  issuingLedger.recordIssued([seal, timeStamp, ocsp].map(({ certificate }) => certificate.serialNumber));
  rootLedger.recordIssued([issuing.certificate.serialNumber]);
  server.on('request', respondWith(answersOf(hierarchy, issuingLedger, rootLedger, now)));
  return {
    url,
    port,
    sealKeyPem: seal.keyPem,
    sealCertificatesPem: seal.certificatePem + issuing.certificatePem,
    rootPem: root.certificatePem,
    async revoke(serialNumber) {
      const isOfRoot = serialNumber.toUpperCase() === issuing.certificate.serialNumber;
      (isOfRoot ? rootLedger : issuingLedger).revoke(serialNumber, now());
    },
    stop: () => stopServer(server),
  };
}

const PORT_FILE = 'port';

/** Gives the port to listen on: the kept one, or at first start the one asked for. */
function choosePort({ folder, port }: PkiOptions): number {
  const path = join(folder, PORT_FILE);
  if (!existsSync(path)) return port;
  const kept = Number(readFileSync(path, 'utf8'));
  if (port !== 0 && port !== kept) {
    throw new ServiceError(
      'embeddedPartFailed',
      `the certificates in ${folder} name port ${kept}, not ${port}: start on that port or remove the folder`,
    );
  }
  return kept;
}

function addressesOf(url: string, authority: 'root' | 'issuing'): Addresses {
  return {
    ocsp: `${url}/ocsp`,
    issuerCertificate: `${url}/${authority}.crt`,
    crl: `${url}/${authority}.crl`,
  };
}

function answersOf(
  hierarchy: Hierarchy,
  issuingLedger: Ledger,
  rootLedger: Ledger,
  now: () => Date,
): PkiAnswers {
  const { issuing, root, ocsp, timeStamp } = hierarchy;
  const responder = {
    authority: issuing,
    signer: ocsp,
    certificate: ocsp.certificate.der,
    statusOf: (serial: Buffer) => issuingLedger.statusOf(serial),
  };
  const timeStampSigner = loadPemSigner(
    'time-stamp',
    timeStamp.keyPem,
    timeStamp.certificatePem + issuing.certificatePem,
  );
  return {
    answerOcsp: (request) => answerOcsp(request, responder, now()),
    answerTimeStamp: (request) => answerTimeStamp(request, timeStampSigner, now()),
    issuingCrl: keepCrl(issuing, issuingLedger, now),
    rootCrl: keepCrl(root, rootLedger, now),
    issuingCertificate: issuing.certificate.der,
    rootCertificate: root.certificate.der,
  };
}

function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
