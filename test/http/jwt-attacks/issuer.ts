/** Attacks across issuers: names that are almost right, and the word of one issuer for what another one vouches for. */
import type { Attack, Maker, Surroundings } from './maker.ts';
import { AUDIENCE } from './maker.ts';

export function issuerAttacks({ issuer, partner }: Surroundings, { token, partnerToken }: Maker): Attack[] {
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
