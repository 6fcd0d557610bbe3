/** Attacks with tokens that are bound to a certificate, by somebody who does not have it. */
import { X509Certificate } from 'node:crypto';
import type { Json } from '../../access/issuer.ts';
import type { TlsEnd } from '../../support/tls.ts';
import type { Attack, Maker, Sent, Surroundings } from './maker.ts';
import { SCOPE } from './maker.ts';

export function bindingAttacks({ certificate, otherCertificate }: Surroundings, { token }: Maker): Attack[] {
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
