/** Who calls the API in the matrix: every party with a token that is right, and tokens that are wrong in every way. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importJWK, type JWK, SignJWT } from 'jose';
import { SCOPES } from '../../../src/access/caller.ts';
import { demoSsin, type TestService } from '../../support/service.ts';
import { enterpriseFrom, ssinFrom } from '../scene.ts';

/** A person or an organisation that calls; each has something of their own but `stranger` and `outsider`. */
export const PARTIES = {
  lukasz: { kind: 'person', number: demoSsin('lukasz') },
  amelie: { kind: 'person', number: demoSsin('amelie') },
  /** Acts for lukasz by a mandate. */
  serban: { kind: 'person', number: demoSsin('serban') },
  /** Not in the register. */
  stranger: { kind: 'person', number: ssinFrom('680229997') },
  employerA: { kind: 'client', number: enterpriseFrom('19005550') },
  employerB: { kind: 'client', number: enterpriseFrom('19006660') },
  agencyA: { kind: 'client', number: '1900045601' },
  agencyB: { kind: 'client', number: enterpriseFrom('19007770') },
  /** The authentic source of persons. */
  source: { kind: 'client', number: '1900078956' },
  /** The one that runs the service. */
  institution: { kind: 'client', number: '1912345694' },
  outsider: { kind: 'client', number: enterpriseFrom('19008880') },
} as const satisfies Readonly<
  Record<string, { readonly kind: 'person' | 'client'; readonly number: string }>
>;

export type Party = keyof typeof PARTIES;
export type Kind = 'person' | 'client';

/** What is the matter with a caller, before anything is known of what they ask. */
export type TokenState = 'right' | 'none' | 'refused' | 'expired' | 'withoutScope';

export interface Caller {
  readonly name: string;
  readonly state: TokenState;
  /** Who stands behind the token, where there is one that is accepted. */
  readonly party: Party | undefined;
  /** The mandate that the request names, and for whom it lets this caller act; nobody where it does not. */
  readonly acting?: { readonly mandateId: string; readonly for: Party | undefined };
  /** The header for a route of this scope. */
  authorization(scope: string): string | undefined;
}

export const kindOf = (party: Party): Kind => PARTIES[party].kind;

type Claims = Readonly<Record<string, unknown>>;

/** Makes all callers. Tokens are signed with the very key of the service's own login, or with another of the same name. */
export async function makeCallers({ service, dataDir }: TestService): Promise<readonly Caller[]> {
  const { keys } = JSON.parse(readFileSync(join(dataDir, 'login', 'signing-keys.json'), 'utf8')) as {
    readonly keys: readonly JWK[];
  };
  const [jwk] = keys;
  if (jwk === undefined) throw new Error('the login has no signing key');
  const key = await importJWK(jwk, 'ES256');
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const now = Math.floor(Date.now() / 1000);
  const sign = (claims: Claims, signer: typeof key | typeof foreign = key, typ = 'at+jwt') =>
    new SignJWT({
      iss: service.composition.parts.issuer,
      aud: 'urn:citizen-ebox',
      jti: randomUUID(),
      iat: now,
      exp: now + 3600,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', typ, ...(jwk.kid !== undefined && { kid: jwk.kid }) })
      .sign(signer);
  const all = SCOPES.join(' ');
  const allBut = (scope: string) => SCOPES.filter((one) => one !== scope).join(' ');
  const right = await Promise.all(
    partyNames.map(
      async (party): Promise<Caller> => fixed(party, 'right', party, await sign(claimsOf(party, all))),
    ),
  );
  const wrong = await Promise.all(
    (['lukasz', 'employerA'] as const).map(async (party): Promise<readonly Caller[]> => {
      const claims = claimsOf(party, all);
      const refused = async (name: string, token: Promise<string>) =>
        fixed(`${party}, ${name}`, 'refused', undefined, await token);
      const withoutScope = new Map(
        await Promise.all(
          SCOPES.map(async (scope) => [scope as string, await sign(claimsOf(party, allBut(scope)))] as const),
        ),
      );
      return [
        fixed(
          `${party}, expired`,
          'expired',
          undefined,
          await sign({ ...claims, iat: now - 600, exp: now - 300 }),
        ),
        await refused('for another audience', sign({ ...claims, aud: 'urn:other' })),
        await refused('of another issuer', sign({ ...claims, iss: 'https://other.example.be' })),
        await refused('not yet', sign({ ...claims, nbf: now + 600 })),
        await refused('forged', sign(claims, foreign)),
        await refused('an ID token', sign(claims, key, 'JWT')),
        await refused(
          'both person and organisation',
          sign({ ...claimsOf('lukasz', all), ...claimsOf('employerA', all) }),
        ),
        {
          name: `${party}, without the scope`,
          state: 'withoutScope',
          party,
          authorization: (scope) => `Bearer ${withoutScope.get(scope) ?? ''}`,
        },
      ];
    }),
  );
  return [
    { name: 'nobody', state: 'none', party: undefined, authorization: () => undefined },
    {
      name: 'another scheme',
      state: 'none',
      party: undefined,
      authorization: () => 'Basic cGF5cm9sbDpzZWNyZXQ=',
    },
    fixed('malformed', 'refused', undefined, 'no.token'),
    ...right,
    ...wrong.flat(),
  ];
}

const partyNames = Object.keys(PARTIES) as Party[];

function claimsOf(party: Party, scope: string): Claims {
  const { kind, number } = PARTIES[party];
  const who = kind === 'person' ? { egovNRN: number } : { 'cbe-number': number };
  return { sub: party, client_id: party, scope, ...who };
}

function fixed(name: string, state: TokenState, party: Party | undefined, token: string): Caller {
  return { name, state, party, authorization: () => `Bearer ${token}` };
}

/** A party by its right token, with a mandate. */
export function actingAs(
  callers: readonly Caller[],
  party: Party,
  what: string,
  acting: NonNullable<Caller['acting']>,
): Caller {
  const caller = callers.find((one) => one.state === 'right' && one.party === party);
  if (caller === undefined) throw new Error(`${party} does not call`);
  return { ...caller, name: `${party}, ${what}`, acting };
}
