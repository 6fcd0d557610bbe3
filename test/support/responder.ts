/** An OCSP responder that answers for several authorities, each with its own key, and knows some certificates as revoked. */
import { answerOcsp } from '../../src/embedded/pki/ocsp.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { integer } from '../../src/pades/der.ts';
import { parseOcspAnswer } from '../../src/pades/ocsp.ts';
import type { Authority } from './pki.ts';

/** Gives the answer (DER) of the authority that issued the certificate asked about; else one that knows nothing. */
export function answerRevoked(
  request: Buffer,
  authorities: readonly Authority[],
  revoked: readonly Buffer[],
): Buffer {
  const serials = revoked.map((der) => parseCertificate(der).serial);
  const answers = authorities.map((authority) =>
    answerOcsp(
      request,
      {
        authority,
        signer: authority,
        certificate: authority.certificate,
        statusOf: (serial) =>
          serials.some((one) => one.equals(integer(serial)))
            ? { status: 'revoked', since: new Date(0) }
            : { status: 'good' },
      },
      new Date(),
    ),
  );
  const says = (der: Buffer) => parseOcspAnswer(der).entries.some(({ status }) => status !== 'unknown');
  return answers.find(says) ?? answers[0] ?? Buffer.alloc(0);
}
