/** Access tokens as forgers make them: each attack with its twin, the same request without the one thing that is wrong. */
import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  X509Certificate,
} from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { base64url, type Issuer, type Json, makeHmacToken, makeToken } from '../access/issuer.ts';
import type { TlsEnd } from '../support/tls.ts';

/** What is sent: a token, or headers and a query around it. */
export type Sent =
  | string
  | { readonly headers: Readonly<Record<string, string | string[]>>; readonly query?: string };

/** `none` and `expired` are told to the caller, everything else is for the security log alone. */
export interface Attack {
  readonly name: string;
  readonly defect: string;
  readonly bad: () => Sent | Promise<Sent>;
  readonly twin: () => Sent | Promise<Sent>;
}

export interface Surroundings {
  readonly issuer: Issuer;
  readonly partner: Issuer;
  /** Where nobody must ever call. */
  readonly trap: string;
  /** Of the client whose tokens are bound. */
  readonly certificate: TlsEnd;
  readonly otherCertificate: TlsEnd;
}

export const AUDIENCE = 'urn:citizen-ebox';
const SCOPE = 'batches:submit';
const HEADER: Json = { alg: 'ES256', typ: 'at+jwt', kid: 'ec' };
const now = () => Math.floor(Date.now() / 1000);

/** Lists every attack against a service that trusts `issuer`, and `partner` for organisations with RS256. */
export function attacksOn(where: Surroundings): Attack[] {
  const make = makerOf(where);
  return [
    ...algorithmAttacks(where, make),
    ...signatureAttacks(where, make),
    ...headerAttacks(where, make),
    ...keyAttacks(where, make),
    ...claimAttacks(make),
    ...timeAttacks(make),
    ...callerAttacks(make),
    ...issuerAttacks(where, make),
    ...bindingAttacks(where, make),
    ...formAttacks(make),
  ];
}

interface Maker {
  claims(changes?: Json): Json;
  /** A token that is in order but for what is changed. */
  token(claims?: Json, header?: Json, key?: KeyObject): string;
  partnerToken(claims?: Json, header?: Json, key?: KeyObject): string;
}

function makerOf({ issuer, partner }: Surroundings): Maker {
  const claims = (changes: Json = {}): Json => ({
    iss: issuer.url,
    aud: AUDIENCE,
    sub: 'program',
    client_id: 'program',
    jti: randomUUID(),
    iat: now() - 5,
    exp: now() + 300,
    scope: SCOPE,
    'cbe-number': '1900045601',
    ...changes,
  });
  return {
    claims,
    token: (changes, header = {}, key = issuer.ec) =>
      makeToken(key, { ...HEADER, ...header }, claims(changes)),
    partnerToken: (changes, header = {}, key = partner.rsa) =>
      makeToken(
        key,
        { ...HEADER, alg: 'RS256', kid: 'rsa', ...header },
        claims({ iss: partner.url, aud: 'urn:ebox-at-partner', ...changes }),
      ),
  };
}

function algorithmAttacks({ issuer }: Surroundings, { claims, token }: Maker): Attack[] {
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

function signatureAttacks({ issuer, partner }: Surroundings, { claims, token }: Maker): Attack[] {
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

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** 64 bytes leave four bits over in the last character, of which the decoder of Node.js takes no notice. */
function lastBitChanged(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1) ?? '') ^ 1];
}

function headerAttacks({ trap }: Surroundings, { token, claims }: Maker): Attack[] {
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

/** A token of these texts with somebody's signature: it must be refused before that is looked at. */
function signedText(other: string, header: string, claims: string): string {
  return `${base64url(header)}.${base64url(claims)}.${other.split('.')[2]}`;
}

function keyAttacks({ issuer, trap, otherCertificate }: Surroundings, { token }: Maker): Attack[] {
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
      name: 'several keys that fit and no key id',
      defect: 'signature',
      bad: () => token({}, { kid: undefined }, forger),
      twin: () => token({}, { kid: undefined }, issuer.ec),
    },
  ];
}

function claimAttacks({ token, claims }: Maker): Attack[] {
  const claim = (name: string, defect: string, wrong: Json, right: Json = {}): Attack => ({
    name,
    defect,
    bad: () => token(wrong),
    twin: () => token(right),
  });
  const twice = (name: string, value: unknown): Attack => ({
    name: `${name} given twice`,
    defect: 'malformed',
    bad: () =>
      signedText(
        token(),
        JSON.stringify(HEADER),
        JSON.stringify(claims()).replace('{', `{"${name}":${JSON.stringify(value)},`),
      ),
    twin: () => token(),
  });
  return [
    claim(
      'another audience',
      'audience',
      { aud: 'https://other.example.be' },
      { aud: ['https://other.example.be', AUDIENCE] },
    ),
    claim('an audience that begins with ours', 'audience', { aud: `${AUDIENCE}.evil.example` }),
    claim('our audience in capitals', 'audience', { aud: AUDIENCE.toUpperCase() }),
    claim('a list of audiences without ours', 'audience', { aud: ['a', 'b'] }, { aud: [AUDIENCE] }),
    claim('an empty list of audiences', 'audience', { aud: [] }),
    claim('our audience inside something else', 'audience', { aud: { aud: AUDIENCE } }),
    {
      name: 'an ID token',
      defect: 'type',
      bad: () => token({ aud: 'citizen-ebox', nonce: 'n', scope: undefined }, { typ: 'JWT' }),
      twin: () => token(),
    },
    claim('an ID token with the type of an access token', 'audience', { aud: 'citizen-ebox', nonce: 'n' }),
    ...['aud', 'exp', 'iat', 'jti', 'sub', 'client_id'].map((name) =>
      claim(`no ${name}`, 'claims', { [name]: undefined }),
    ),
    claim('no iss', 'issuer', { iss: undefined }),
    claim('a subject of null', 'claims', { sub: null }),
    claim('a client id with a line break', 'claims', { client_id: 'a\nb' }),
    claim('a client id that the database cannot hold', 'claims', { client_id: 'a\u0000b' }),
    claim('a list of scopes', 'claims', { scope: ['batches:submit'] }, { scope: 'batches:submit' }),
    claim('an object of scopes', 'claims', { scope: { 'batches:submit': true } }),
    twice('aud', 'https://other.example.be'),
    twice('cbe-number', '1900078956'),
    twice('iss', 'https://other.example.be'),
    {
      name: 'claims in the prototype',
      defect: 'malformed',
      bad: () =>
        signedText(
          token(),
          JSON.stringify(HEADER),
          JSON.stringify(claims()).replace('{', '{"__proto__":{"x":1},'),
        ),
      twin: () => token(),
    },
    claim('claims in fifty layers', 'malformed', { x: layers(50) }, { x: layers(20) }),
  ];
}

function layers(depth: number): unknown {
  return depth === 0 ? 1 : [layers(depth - 1)];
}

function timeAttacks({ token }: Maker): Attack[] {
  const time = (name: string, defect: string, wrong: () => Json, right: () => Json): Attack => ({
    name,
    defect,
    bad: () => token(wrong()),
    twin: () => token(right()),
  });
  const day = 24 * 3600;
  return [
    time(
      'a token of yesterday',
      'expired',
      () => ({ iat: now() - 9000, exp: now() - 8700 }),
      () => ({ iat: now() - 9000 }),
    ),
    time(
      'a token that ended a little longer ago than clocks may differ',
      'expired',
      () => ({ iat: now() - 300, exp: now() - 31 }),
      () => ({ iat: now() - 300, exp: now() - 5 }),
    ),
    time(
      'a token that is not yet good',
      'time',
      () => ({ nbf: now() + 90 }),
      () => ({ nbf: now() + 5 }),
    ),
    time(
      'a token from the future',
      'time',
      () => ({ iat: now() + 90 }),
      () => ({ iat: now() + 5 }),
    ),
    time(
      'a token that ended before it began',
      'time',
      () => ({ iat: now(), exp: now() - 5 }),
      () => ({ iat: now() - 6, exp: now() - 5 }),
    ),
    time(
      'a token that lives for ever',
      'expired',
      () => ({ iat: now() - day - 60, exp: now() + 1e9 }),
      () => ({ iat: now() - day + 600, exp: now() + 1e9 }),
    ),
    time(
      'an end that is infinite',
      'expired',
      () => ({ iat: now() - day - 60, exp: 8.64e15 }),
      () => ({ exp: 8.64e15 }),
    ),
    time(
      'an end as text',
      'claims',
      () => ({ exp: '9999999999' }),
      () => ({ exp: now() + 60 }),
    ),
    time(
      'an end of null',
      'claims',
      () => ({ exp: null }),
      () => ({ exp: now() + 60.5 }),
    ),
    time(
      'a beginning as text',
      'claims',
      () => ({ nbf: '0' }),
      () => ({ nbf: 0 }),
    ),
    time(
      'a beginning as list',
      'claims',
      () => ({ iat: [now()] }),
      () => ({ iat: now() }),
    ),
  ];
}

function callerAttacks({ token }: Maker): Attack[] {
  const caller = (name: string, wrong: Json, right: Json = {}): Attack => ({
    name,
    defect: 'claims',
    bad: () => token(wrong),
    twin: () => token(right),
  });
  return [
    caller('a person and an organisation', { egovNRN: '81050003552' }),
    caller('a person of null beside an organisation', { egovNRN: null }),
    caller('neither person nor organisation', { 'cbe-number': undefined }),
    caller('an enterprise number of letters', { 'cbe-number': 'abcdefghij' }),
    caller(
      'an enterprise number with wrong check digits',
      { 'cbe-number': '1900045602' },
      { 'cbe-number': '0206731645' },
    ),
    caller('an enterprise number of two digits', { 'cbe-number': '97' }, { 'cbe-number': '206731645' }),
    caller('an enterprise number with a blank', { 'cbe-number': '1900045601 ' }),
    caller('an enterprise number with dots', { 'cbe-number': '1900.045.601' }),
    caller('an enterprise number of other digits', { 'cbe-number': '١٩٠٠٠٤٥٦٠١' }),
    caller('an enterprise number as number', { 'cbe-number': 1900045601 }, { 'cbe-number': '1900045601' }),
    caller('a list of enterprise numbers', { 'cbe-number': ['1900045601'] }),
    caller('an establishment unit number', { 'cbe-number': '2000000041' }),
    caller('the organisation under another spelling', { 'cbe-number': undefined, CBE_NUMBER: '1900045601' }),
  ];
}

function issuerAttacks({ issuer, partner }: Surroundings, { token, partnerToken }: Maker): Attack[] {
  const named = (name: string, iss: unknown): Attack => ({
    name,
    defect: 'issuer',
    bad: () => token({ iss }),
    twin: () => token({ iss: issuer.url }),
  });
  const other = (name: string, defect: string, bad: () => string): Attack => ({
    name,
    defect,
    bad,
    twin: () => partnerToken(),
  });
  return [
    named('an issuer nobody trusts', 'https://evil.example.be'),
    named('the issuer with a slash', `${issuer.url}/`),
    named('the issuer in capitals', issuer.url.toUpperCase()),
    named('the issuer with a name before it', issuer.url.replace('//', '//x@')),
    named('the issuer with a blank', ` ${issuer.url}`),
    named('two issuers', [issuer.url]),
    named('the issuer called constructor', 'constructor'),
    other('a token of one issuer in the name of another', 'signature', () =>
      partnerToken({}, {}, issuer.rsa),
    ),
    other('an algorithm that only the other issuer may use', 'algorithm', () =>
      partnerToken({}, { alg: 'ES256', kid: 'ec' }, partner.ec),
    ),
    other('the audience of the other issuer', 'audience', () => partnerToken({ aud: AUDIENCE })),
    other('a person, of an issuer that vouches for organisations', 'claims', () =>
      partnerToken({ 'cbe-number': undefined, egovNRN: '81050003552' }),
    ),
    other('a key id of the other issuer', 'unknownKey', () => partnerToken({}, { kid: 'ec' }, issuer.rsa)),
  ];
}

function bindingAttacks({ certificate, otherCertificate }: Surroundings, { token }: Maker): Attack[] {
  const cnf = { 'x5t#S256': certificate.thumbprint };
  const over = (text: string, header?: string): Sent => ({
    headers: { authorization: `Bearer ${text}`, ...(header !== undefined && { 'client-cert': header }) },
  });
  const shown = ({ der }: TlsEnd) => `:${der.toString('base64')}:`;
  const bound = (name: string, bad: () => Sent, defect = 'binding', claims: Json = { cnf }): Attack => ({
    name,
    defect,
    bad,
    twin: () => over(token(claims), shown(certificate)),
  });
  const pem = new X509Certificate(certificate.der).toString();
  return [
    bound('a token bound to a certificate, without one', () => over(token({ cnf }))),
    bound('a token bound to a certificate, with another one of its name', () =>
      over(token({ cnf }), shown(otherCertificate)),
    ),
    bound('a token bound to a certificate, with its thumbprint', () =>
      over(token({ cnf }), certificate.thumbprint),
    ),
    bound('a token bound to a certificate, with text around that', () =>
      over(token({ cnf }), pem.replaceAll('\n', ' ')),
    ),
    bound('a token bound to a certificate, with two of them', () => ({
      headers: {
        authorization: `Bearer ${token({ cnf })}`,
        'client-cert': [shown(otherCertificate), shown(certificate)],
      },
    })),
    bound('a token bound to a certificate in hexadecimal', () =>
      over(
        token({ cnf: { 'x5t#S256': Buffer.from(certificate.thumbprint, 'base64url').toString('hex') } }),
        shown(certificate),
      ),
    ),
    bound('a token bound to a key', () =>
      over(token({ cnf: { jkt: certificate.thumbprint } }), shown(certificate)),
    ),
    bound('a token bound to a key as well', () =>
      over(token({ cnf: { ...cnf, jkt: 'x' } }), shown(certificate)),
    ),
    bound('a token bound to nothing', () => over(token({ cnf: {} }), shown(certificate))),
    bound('a token bound to null', () => over(token({ cnf: null }), shown(certificate))),
    bound('a token bound to no certificate, by none', () => over(token({ cnf: { 'x5t#S256': null } }))),
    bound(
      'a scope that needs a bound token, unbound',
      () => over(token({ scope: `${SCOPE} register:report` }), shown(certificate)),
      'unbound',
      {
        cnf,
        scope: `${SCOPE} register:report`,
      },
    ),
  ];
}

function formAttacks({ token, claims }: Maker): Attack[] {
  const sent = (headers: Readonly<Record<string, string | string[]>>, query?: string): Sent => ({
    headers,
    ...(query !== undefined && { query }),
  });
  const form = (name: string, defect: string, bad: Attack['bad']): Attack => ({
    name,
    defect,
    bad,
    twin: () => token(),
  });
  const json = (text: string) => {
    const [header, payload, signature] = text.split('.');
    return JSON.stringify({ protected: header, payload, signature });
  };
  return [
    form('no token', 'none', () => sent({})),
    form('a token in the address', 'none', () => sent({}, `?access_token=${token()}`)),
    form('a token in a cookie', 'none', () => sent({ cookie: `access_token=${token()}` })),
    form('a token under another scheme', 'none', () => sent({ authorization: `DPoP ${token()}` })),
    form('a token without scheme', 'none', () => sent({ authorization: token() })),
    form('no token behind the scheme', 'malformed', () => sent({ authorization: 'Bearer ' })),
    form('two good tokens in two headers', 'malformed', () =>
      sent({ authorization: [`Bearer ${token()}`, `Bearer ${token()}`] }),
    ),
    form('a good token in the second header', 'none', () =>
      sent({ authorization: ['Basic eDp5', `Bearer ${token()}`] }),
    ),
    form('two good tokens in one header', 'malformed', () =>
      sent({ authorization: `Bearer ${token()}, Bearer ${token()}` }),
    ),
    form('a token in quotes', 'malformed', () => sent({ authorization: `Bearer "${token()}"` })),
    form('a token in the form of JSON', 'malformed', () =>
      sent({ authorization: `Bearer ${json(token())}` }),
    ),
    form('a token with a blank in it', 'malformed', () => token().replace('.', '. ')),
    form('a token with a part more', 'malformed', () => `${token()}.x`),
    form('a token with a part less', 'malformed', () => token().split('.').slice(0, 2).join('.')),
    form('a token in another alphabet', 'malformed', () => `${token().slice(0, -4)}+/+/`),
    form('an encrypted token', 'malformed', () => encrypted(token())),
    form('a token as the content of another', 'malformed', () =>
      signedText(token(), JSON.stringify({ ...HEADER, cty: 'JWT' }), token()),
    ),
    form('claims behind a byte order mark', 'malformed', () =>
      signedText(token(), JSON.stringify(HEADER), `\ufeff${JSON.stringify(claims())}`),
    ),
    {
      name: 'a token of twelve thousand characters',
      defect: 'malformed',
      bad: () => token({ x: 'x'.repeat(8800) }),
      twin: () => token({ x: 'x'.repeat(5000) }),
    },
  ];
}

async function encrypted(token: string): Promise<string> {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new CompactEncrypt(Buffer.from(token))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', kid: 'rsa' })
    .encrypt(publicKey);
}
