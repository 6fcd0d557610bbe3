/** Attacks by the header of a token: its type, what it calls critical, and the keys that it names or brings along. */
import { createPublicKey } from 'node:crypto';
import type { Json } from '../../access/issuer.ts';
import type { Attack, Maker, Surroundings } from './maker.ts';
import { newKey, signedText } from './maker.ts';

export function headerAttacks({ trap }: Surroundings, { token, claims }: Maker): Attack[] {
  const header = (name: string, defect: string, wrong: Json, right: Json = {}): Attack => ({
    name,
    defect,
    bad: () => token({}, wrong),
    twin: () => token({}, right),
  });
  return [
    header('type JWT, as ID tokens have', 'type', { typ: 'JWT' }, { typ: 'AT+JWT' }),
    header('no type', 'type', { typ: undefined }, { typ: 'application/at+jwt' }),
    header('the type of a logout token', 'type', { typ: 'logout+jwt' }, { typ: 'Application/At+Jwt' }),
    header('a type that only begins right', 'type', { typ: 'at+jwt2' }),
    header('a type that is a list', 'type', { typ: ['at+jwt'] }),
    header('a critical extension that nobody knows', 'criticalHeader', { crit: ['x'], x: true }, { x: true }),
    header('a critical extension that is one we use', 'criticalHeader', { crit: ['typ'] }),
    header('an empty list of critical extensions', 'criticalHeader', { crit: [] }),
    header('a payload that is not encoded', 'criticalHeader', { b64: false, crit: ['b64'] }),
    header('a payload that is not encoded, without saying that it matters', 'criticalHeader', { b64: false }),
    header(
      'a critical extension where its address would be fetched',
      'criticalHeader',
      { crit: ['jku'], jku: trap },
      { jku: trap },
    ),
    {
      name: 'a header name given twice',
      defect: 'malformed',
      bad: () =>
        signedText(
          token(),
          `{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"ec"}`,
          JSON.stringify(claims()),
        ),
      twin: () => token(),
    },
    {
      name: 'a header that is a list',
      defect: 'malformed',
      bad: () => signedText(token(), '["ES256"]', JSON.stringify(claims())),
      twin: () => token(),
    },
  ];
}

export function keyAttacks({ issuer, trap, otherCertificate }: Surroundings, { token }: Maker): Attack[] {
  const forger = newKey();
  const jwk = { ...createPublicKey(forger).export({ format: 'jwk' }), kid: 'forger' };
  const x5c = [otherCertificate.der.toString('base64')];
  const unknown = (kid: unknown, defect = 'unknownKey'): Attack => ({
    name: `the key id ${JSON.stringify(kid).slice(0, 40)}`,
    defect,
    bad: () => token({}, { kid }),
    twin: () => token({}, { kid: 'ec' }),
  });
  /** A key that the token itself brings, or says where it is: under the id of the issuer's key, and under one of its own. */
  const brought = (name: string, header: Json): Attack[] => [
    {
      name: `${name}, under the issuer’s key id`,
      defect: 'signature',
      bad: () => token({}, header, forger),
      twin: () => token({}, header),
    },
    {
      name: `${name}, under an id of its own`,
      defect: 'unknownKey',
      bad: () => token({}, { ...header, kid: 'forger' }, forger),
      twin: () => token({}, header),
    },
  ];
  return [
    unknown('nobody'),
    unknown('../../../../dev/null'),
    unknown(`${trap}/keys`),
    unknown("ec' or '1'='1"),
    unknown('ec\u0000'),
    unknown('EC'),
    unknown('__proto__'),
    unknown('x'.repeat(4000)),
    unknown(7, 'malformed'),
    unknown(['ec'], 'malformed'),
    unknown(null, 'malformed'),
    ...brought('a key in the header', { jwk }),
    ...brought('the address of a key set', { jku: `${trap}/keys` }),
    ...brought('the address of a certificate', { x5u: `${trap}/certificate` }),
    ...brought('a certificate in the header', { x5c, 'x5t#S256': otherCertificate.thumbprint }),
    {
      name: 'a key of nobody and no key id',
      defect: 'signature',
      bad: () => token({}, { kid: undefined }, forger),
      twin: () => token({}, { kid: undefined }, issuer.ec),
    },
  ];
}
