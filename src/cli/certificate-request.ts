/** Writes certificate requests (PKCS#10, RFC 2986) for keys that lie in a file or in a token. */
import type { KeyObject } from 'node:crypto';
import { ATTRIBUTE, type NameParts, writeName } from '../embedded/pki/certificate.ts';
import { ServiceError } from '../errors.ts';
import { bitString, element, integer, oid, sequence, TAG, tagged } from '../pades/der.ts';

/** A key whose certificate is asked for. */
export interface RequestKey {
  readonly publicKey: KeyObject;
  /** SHA-384 with P-384, SHA-256 with all others; ECDSA in DER. */
  sign(data: Buffer): Promise<Buffer>;
}

/** The names of attributes as people write them → object identifiers (RFC 4514 §3; ETSI EN 319 412-1 §5.1.4). */
const TYPES: Readonly<Record<string, string>> = {
  cn: ATTRIBUTE.commonName,
  c: ATTRIBUTE.country,
  o: ATTRIBUTE.organisation,
  organizationidentifier: ATTRIBUTE.organisationIdentifier,
  ou: '2.5.4.11',
  l: '2.5.4.7',
  serialnumber: '2.5.4.5',
};

/** Reads a subject such as `C=BE,O=Our Institution,CN=Our seal`; a comma inside a value is written `\,`. Throws `configurationInvalid`. */
export function parseSubject(text: string): NameParts {
  return text.split(/(?<!\\),/).map((part) => {
    const [, type = '', value = ''] = /^\s*([A-Za-z]+)\s*=\s*(.*\S)\s*$/.exec(part) ?? [];
    const identifier = TYPES[type.toLowerCase()];
    if (identifier === undefined || value === '') {
      const known = Object.keys(TYPES).join(', ');
      throw new ServiceError(
        'configurationInvalid',
        `"${part}" is no part of a subject; it may have ${known}`,
      );
    }
    return [identifier, value.replaceAll('\\,', ',')] as const;
  });
}

/** Gives the request as PEM. The issuer adds the extensions it wants. */
export async function writeRequest(key: RequestKey, subject: NameParts): Promise<string> {
  const info = sequence(
    integer(0),
    writeName(subject),
    key.publicKey.export({ format: 'der', type: 'spki' }),
    tagged(0),
  );
  const der = sequence(info, signatureAlgorithmOf(key.publicKey), bitString(await key.sign(info)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE REQUEST-----', ...lines, '-----END CERTIFICATE REQUEST-----', ''].join(
    '\n',
  );
}

/** sha256WithRSAEncryption, ecdsa-with-SHA256 or, for P-384, ecdsa-with-SHA384. */
function signatureAlgorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Buffer {
  if (asymmetricKeyType === 'rsa') return sequence(oid('1.2.840.113549.1.1.11'), element(TAG.null));
  const isP384 = asymmetricKeyDetails?.namedCurve === 'secp384r1';
  return sequence(oid(isP384 ? '1.2.840.10045.4.3.3' : '1.2.840.10045.4.3.2'));
}
