/** The line that callers come over: plain, or TLS with the files of the settings, which are read again while it stands. */
import { Server as TlsServer } from 'node:https';
import { logRefusal } from './access/security-log.ts';
import { composeOcsp, type OcspPace } from './compose-ocsp.ts';
import type { Config } from './config.ts';
import type { TlsConfig } from './config-identity.ts';
import { describeError, ServiceError } from './errors.ts';
import { createListener, type Listener } from './http/listener.ts';
import { endRevoked, renewTls } from './http/tls.ts';
import { readCertificates } from './keys/signer.ts';
import { readTlsFiles, type TlsMaterial } from './keys/tls-files.ts';
import type { Log } from './log.ts';
import { type Certificate, parseCertificate } from './pades/certificate.ts';
import { parseRevocationList } from './pades/revocation-list.ts';
import { keepClientLists } from './remote/client-lists.ts';
import { createRevocationFetch } from './remote/revocation-fetch.ts';

export interface Line {
  readonly server: Listener;
  /** Reads the files of TLS again; what cannot be read leaves things as they were. */
  readonly reload: () => void;
}

/** How often lists and responders are looked at, where it is not as usual. */
export interface LinePace extends OcspPace {
  readonly crlTickMs?: number;
  readonly crlLongestAgeMs?: number;
}

type LineConfig = Pick<Config, 'tls' | 'readers' | 'environment'>;

/** Makes the server, which does not listen yet. Throws `keyUnfit` when the files of TLS cannot be used. */
export function composeLine({ tls, readers, environment }: LineConfig, log: Log, pace: LinePace = {}): Line {
  if (tls === undefined) return { server: createListener({ readers }), reload: () => undefined };
  let files = readTlsFiles(tls, new Date());
  let authorities = authoritiesOf(tls, files);
  const issuers = () => authorities;
  const ocsp = composeOcsp({ tls, environment, log, issuers, pace });
  const server = createListener({
    readers,
    tls: {
      material: files,
      isClientCertificateRequired: tls.isClientCertificateRequired,
      isRevocationChecked: tls.clientCrlUrls !== undefined,
      ...(ocsp && { judge: ocsp.judge }),
      onRefused: (defect) =>
        logRefusal(log, { operation: 'connect', problem: 'clientCertificateRefused', defect }),
    },
  });
  let crl: readonly string[] | undefined;
  const renew = () => {
    if (server instanceof TlsServer) renewTls(server, { ...files, ...(crl && { crl }) });
  };
  const onLists = (lists: readonly Buffer[]) => {
    crl = lists.map(toPem);
    renew();
    if (server instanceof TlsServer) endRevoked(server, isIn(lists));
  };
  keepLists({ tls, log, environment, pace, server, onLists, issuers });
  ocsp?.watch(server);
  return {
    server,
    reload() {
      try {
        const read = readTlsFiles(tls, new Date());
        authorities = authoritiesOf(tls, read);
        files = read;
        renew();
      } catch (error) {
        log.error({ reason: describeError(error) }, 'TLS stays as it was: its files could not be read again');
      }
    },
  };
}

/** What revocation is asked for by; none where nobody asks. Throws `keyUnfit` where one cannot be read. */
function authoritiesOf({ clientCrlUrls, clientOcspUrls }: TlsConfig, { ca }: TlsMaterial) {
  if (clientCrlUrls === undefined && clientOcspUrls === undefined) return [];
  return readCertificates('TLS_CLIENT_CA_FILE', String(ca ?? '')).map(({ raw }): Certificate => {
    try {
      return parseCertificate(raw);
    } catch (cause) {
      const reason = describeError(cause);
      throw new ServiceError('keyUnfit', `TLS_CLIENT_CA_FILE: revocation cannot be asked for: ${reason}`, {
        cause,
      });
    }
  });
}

/** Lists of large authorities: the citizens of a country. */
const MOST_LIST_BYTES = 32 * 1024 * 1024;

function keepLists({
  tls,
  log,
  environment,
  pace,
  server,
  onLists,
  issuers,
}: Pick<LineConfig, 'environment'> & {
  readonly tls: TlsConfig;
  readonly log: Log;
  readonly pace: LinePace;
  readonly server: Listener;
  readonly onLists: (lists: readonly Buffer[]) => void;
  readonly issuers: () => readonly Certificate[];
}): void {
  if (tls.clientCrlUrls === undefined) return;
  const lists = keepClientLists({
    urls: tls.clientCrlUrls,
    issuers,
    fetch: createRevocationFetch({
      allowLoopback: environment !== 'production',
      timeoutMs: 30_000,
      maxBytes: MOST_LIST_BYTES,
    }),
    clock: () => new Date(),
    log,
    onLists,
    ...(pace.crlTickMs !== undefined && { tickMs: pace.crlTickMs }),
    ...(pace.crlLongestAgeMs !== undefined && { longestAgeMs: pace.crlLongestAgeMs }),
  });
  server.once('close', () => lists.stop());
}

/** Whether a certificate stands on the list of its issuer. */
function isIn(lists: readonly Buffer[]): (certificate: Buffer) => boolean {
  const read = lists.map(parseRevocationList);
  return (der) => {
    const { issuer, serialNumber } = parseCertificate(der);
    return read.some((list) => list.issuer.equals(issuer) && list.revoked.has(serialNumber));
  };
}

/** As Node.js takes a list (RFC 7468 §6). */
function toPem(list: Buffer): string {
  const lines = list.toString('base64').replace(/(.{64})/g, '$1\n');
  return `-----BEGIN X509 CRL-----\n${lines}\n-----END X509 CRL-----\n`;
}
