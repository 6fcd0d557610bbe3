/** What OpenSSL itself signs a second on this machine: no seal can be faster than its signature. */
import { spawnSync } from 'node:child_process';

export const KEYS = ['p-256', 'rsa-2048', 'rsa-3072'] as const;
export type Key = (typeof KEYS)[number];

export function isKey(text: string): text is Key {
  return (KEYS as readonly string[]).includes(text);
}

const NAMES: Readonly<Record<Key, string>> = {
  'p-256': 'ecdsap256',
  'rsa-2048': 'rsa2048',
  'rsa-3072': 'rsa3072',
};

/** Signatures a second on one core; undefined where there is no `openssl`. */
export function signaturesPerSecond(key: Key): number | undefined {
  const args = ['speed', '-mr', '-seconds', '1', NAMES[key]];
  const { status, stdout } = spawnSync('openssl', args, { encoding: 'utf8' });
  // `+F2:` for RSA and `+F4:` for ECDSA: number, bits, signatures a second, checks a second.
  const [, rate] = /^\+F[24]:\d+:\d+:([\d.]+):/m.exec(stdout ?? '') ?? [];
  return status === 0 && rate !== undefined ? Number(rate) : undefined;
}
