/** Attacks on how a token is signed: another algorithm, another key, a signature that is none. */
import { createPublicKey, sign } from 'node:crypto';
import { base64url, makeHmacToken } from '../../access/issuer.ts';
import type { Attack, Maker, Surroundings } from './maker.ts';
import { HEADER, newKey } from './maker.ts';

export function algorithmAttacks({ issuer }: Surroundings, { claims, token }: Maker): Attack[] {
  const publicRsa = createPublicKey(issuer.rsa);
  const secrets: Readonly<Record<string, string | Buffer>> = {
    'its public key in PEM': publicRsa.export({ format: 'pem', type: 'spki' }),
    'its public key in PEM of PKCS#1': publicRsa.export({ format: 'pem', type: 'pkcs1' }),
    'its public key in DER': publicRsa.export({ format: 'der', type: 'spki' }),
    'its public key as JWK': JSON.stringify(publicRsa.export({ format: 'jwk' })),
    'its modulus': publicRsa.export({ format: 'jwk' }).n ?? '',
    nothing: '',
  };
  const rsa = (alg: string) => () => token({}, { alg, kid: 'rsa' }, issuer.rsa);
  const signedAs = (written: string, actual: string) => () => {
    const input = `${base64url(JSON.stringify({ ...HEADER, alg: written, kid: 'rsa' }))}.${base64url(JSON.stringify(claims()))}`;
    const padding = actual === 'PS256' ? 6 : 1;
    const bytes = sign('sha256', Buffer.from(input), { key: issuer.rsa, padding, saltLength: 32 });
    return `${input}.${bytes.toString('base64url')}`;
  };
  return [
    ...['none', 'None', 'NONE', 'nOnE', ''].map((alg) => ({
      name: `algorithm "${alg}" with some signature`,
      defect: alg === '' ? 'malformed' : 'algorithm',
      bad: () => makeHmacToken('', { ...HEADER, alg }, claims()),
      twin: () => token(),
    })),
    ...Object.entries(secrets).map(([name, secret]) => ({
      name: `HS256 with ${name} as secret`,
      defect: 'algorithm',
      bad: () => makeHmacToken(secret, { ...HEADER, alg: 'HS256', kid: 'rsa' }, claims()),
      twin: rsa('RS256'),
    })),
    {
      name: 'HMAC that calls itself RS256',
      defect: 'signature',
      bad: () =>
        makeHmacToken(
          secrets['its public key in PEM'] ?? '',
          { ...HEADER, alg: 'RS256', kid: 'rsa' },
          claims(),
        ),
      twin: rsa('RS256'),
    },
    {
      name: 'PS256 that calls itself RS256',
      defect: 'signature',
      bad: signedAs('RS256', 'PS256'),
      twin: signedAs('RS256', 'RS256'),
    },
    {
      name: 'RS256 that calls itself PS256',
      defect: 'signature',
      bad: signedAs('PS256', 'RS256'),
      twin: signedAs('PS256', 'PS256'),
    },
    {
      name: 'an algorithm that is not configured, with a key of the issuer',
      defect: 'algorithm',
      bad: () => token({}, { alg: 'EdDSA', kid: 'ed' }, issuer.ed),
      twin: () => token(),
    },
    {
      name: 'a longer hash than is configured',
      defect: 'algorithm',
      bad: () => token({}, { alg: 'RS512', kid: 'rsa' }, issuer.rsa),
      twin: rsa('RS256'),
    },
    {
      name: 'RS256 with the id of the elliptic key',
      defect: 'unknownKey',
      bad: () => token({}, { alg: 'RS256' }, issuer.rsa),
      twin: rsa('RS256'),
    },
    {
      name: 'no algorithm',
      defect: 'malformed',
      bad: () => token({}, { alg: undefined }),
      twin: () => token(),
    },
    {
      name: 'a list of algorithms',
      defect: 'malformed',
      bad: () => token({}, { alg: ['ES256', 'none'] }),
      twin: () => token(),
    },
  ];
}

export function signatureAttacks({ issuer, partner }: Surroundings, { claims, token }: Maker): Attack[] {
  const withSignature = (change: (bytes: Buffer, input: string) => Buffer | string) => () => {
    const [header, payload, signature = ''] = token().split('.');
    const changed = change(Buffer.from(signature, 'base64url'), `${header}.${payload}`);
    return `${header}.${payload}.${typeof changed === 'string' ? changed : changed.toString('base64url')}`;
  };
  const asItIs = withSignature((bytes) => bytes);
  const bad = (name: string, change: Parameters<typeof withSignature>[0], defect = 'signature'): Attack => ({
    name,
    defect,
    bad: withSignature(change),
    twin: asItIs,
  });
  const swapped = (part: 0 | 1) => () => {
    const parts = token().split('.');
    const other = part === 0 ? { ...HEADER, note: 'x' } : claims({ 'cbe-number': '1900078956' });
    return parts.with(part, base64url(JSON.stringify(other))).join('.');
  };
  return [
    bad('the signature left away', () => '', 'malformed'),
    bad('half of the signature', (bytes) => bytes.subarray(0, 32)),
    bad('a signature with a byte more', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
    bad('one bit of the signature changed', (bytes) =>
      Buffer.from(bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte))),
    ),
    bad('r and s of zero', () => Buffer.alloc(64)),
    bad('r of zero and s of one', () => Buffer.concat([Buffer.alloc(63), Buffer.from([1])])),
    bad('r and s as large as the order of the curve', () => Buffer.concat([ORDER, ORDER])),
    bad('s and r in the wrong order', (bytes) => Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)])),
    bad('the signature in DER', (_bytes, input) => sign('sha256', Buffer.from(input), issuer.ec)),
    bad('the signature over SHA-512', (_bytes, input) =>
      sign('sha512', Buffer.from(input), { key: issuer.ec, dsaEncoding: 'ieee-p1363' }),
    ),
    bad(
      'bits that base64url leaves over',
      (bytes) => lastBitChanged(bytes.toString('base64url')),
      'malformed',
    ),
    bad('base64 with padding', (bytes) => `${bytes.toString('base64url')}==`, 'malformed'),
    { name: 'claims changed after signing', defect: 'signature', bad: swapped(1), twin: () => token() },
    {
      name: 'a header changed after signing',
      defect: 'signature',
      bad: swapped(0),
      twin: () => token({}, { note: 'x' }),
    },
    {
      name: 'the signature of another token',
      defect: 'signature',
      bad: () => [...token().split('.').slice(0, 2), token({ sub: 'x' }).split('.')[2]].join('.'),
      twin: () => token(),
    },
    {
      name: 'a key of another issuer that is trusted',
      defect: 'signature',
      bad: () => token({}, {}, partner.ec),
      twin: () => token(),
    },
    { name: 'a key of nobody', defect: 'signature', bad: () => token({}, {}, newKey()), twin: () => token() },
  ];
}

/** The order of P-256 (SEC 2 §2.4.2). */
const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');

/** 64 bytes leave four bits over in the last character, of which the decoder of Node.js takes no notice. */
function lastBitChanged(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1) ?? '') ^ 1];
}
