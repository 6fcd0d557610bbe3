/** The line that callers come over: plain, or TLS with the files of the settings, which are read again while it stands. */
import { Server as TlsServer } from 'node:https';
import { logRefusal } from './access/security-log.ts';
import type { Config } from './config.ts';
import { describeError } from './errors.ts';
import { createListener, type Listener } from './http/listener.ts';
import { renewTls } from './http/tls.ts';
import { readTlsFiles } from './keys/tls-files.ts';
import type { Log } from './log.ts';

export interface Line {
  readonly server: Listener;
  /** Reads the files of TLS again; what cannot be read leaves things as they were. */
  readonly reload: () => void;
}

/** Makes the server, which does not listen yet. Throws `keyUnfit` when the files of TLS cannot be used. */
export function composeLine({ tls, readers }: Pick<Config, 'tls' | 'readers'>, log: Log): Line {
  if (tls === undefined) return { server: createListener({ readers }), reload: () => undefined };
  const server = createListener({
    readers,
    tls: {
      material: readTlsFiles(tls, new Date()),
      isClientCertificateRequired: tls.isClientCertificateRequired,
      onRefused: (defect) =>
        logRefusal(log, { operation: 'connect', problem: 'clientCertificateRefused', defect }),
    },
  });
  return {
    server,
    reload() {
      try {
        if (server instanceof TlsServer) renewTls(server, readTlsFiles(tls, new Date()));
      } catch (error) {
        log.error({ reason: describeError(error) }, 'TLS stays as it was: its files could not be read again');
      }
    },
  };
}
