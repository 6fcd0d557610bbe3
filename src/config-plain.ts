/** Which connections production refuses, as persons' data would travel over them in plain. */
import type { Values } from './setting-values.ts';

const THIS_MACHINE = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** The words of `sslmode` by which the connection is not made without TLS (libpq). */
const DATABASE_TLS = /[?&]sslmode=(?:require|verify-ca|verify-full)(?:&|$)/;

/** Says what is wrong with the addresses of database and store. Mail demands TLS by itself. */
export function plainFaults({ databaseUrl, s3Endpoint, plainConnections = [] }: Values): string[] {
  // What is no address was named before.
  const isElsewhere = (url = '') => URL.canParse(url) && !THIS_MACHINE.test(new URL(url).hostname);
  const faults: string[] = [];
  const isOpen = (name: 'database' | 'store') => !plainConnections.includes(name);
  if (isOpen('database') && isElsewhere(databaseUrl) && !DATABASE_TLS.test(databaseUrl ?? ''))
    faults.push(
      'DATABASE_URL is without TLS; add sslmode=verify-full, or name database in PLAIN_CONNECTIONS.',
    );
  if (isOpen('store') && isElsewhere(s3Endpoint) && new URL(s3Endpoint ?? '').protocol === 'http:')
    faults.push('S3_ENDPOINT is without TLS; take https, or name store in PLAIN_CONNECTIONS.');
  return faults;
}
