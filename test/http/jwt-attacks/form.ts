/** Attacks by how a token is sent: where it does not belong, twice, or in another form. */
import { generateKeyPairSync } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import type { Attack, Maker, Sent } from './maker.ts';
import { HEADER, signedText } from './maker.ts';

export function formAttacks({ token, claims }: Maker): Attack[] {
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
