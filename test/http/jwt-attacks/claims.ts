/** Attacks by what a token claims: for whom it is, how long it lasts, whom it names. */
import type { Json } from '../../access/issuer.ts';
import type { Attack, Maker } from './maker.ts';
import { AUDIENCE, HEADER, now, signedText } from './maker.ts';

export function claimAttacks({ token, claims }: Maker): Attack[] {
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

export function timeAttacks({ token }: Maker): Attack[] {
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

export function callerAttacks({ token }: Maker): Attack[] {
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
