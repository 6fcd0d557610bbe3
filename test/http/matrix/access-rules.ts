/** Who may do what at the API of access, and on what is allowed there: part of the rules of the API. */
import type { ApiRule } from './api-rules.ts';
import { PARTIES, type Party } from './callers.ts';
import { decisionFor, dossierFor, LEGAL_CONTEXT, mandateOf, useOf } from './grounds.ts';
import type { Thing } from './world.ts';

const json = (body: unknown) => ({ type: 'application/json', body: JSON.stringify(body) });
const reasons = () => json({ reasons: 'No longer needed' });
const orInstitution = (party: Party, { owner }: Thing) => party === owner || party === 'institution';

/** The institution alone, whatever scopes a token has. */
const deciding = { may: 'client', onlyFor: ['institution'], isAllowed: () => true } as const;
/** The employer who gave it, the agency that has it, and the institution. */
const ofMandate = {
  may: 'client',
  isAllowed: (party: Party, thing: Thing) =>
    orInstitution(party, thing) || party === thing.owner.replace('agency', 'employer'),
} as const;
const citizenOf = ({ owner }: Thing) => PARTIES[owner === 'agencyB' ? 'amelie' : 'lukasz'].number;
const named = (deliberationId: string) => ({ deliberationId, legalContext: LEGAL_CONTEXT });

export const ACCESS_RULES: Readonly<Record<string, ApiRule>> = {
  'POST /register/v1/statuses/query': {
    may: 'client',
    about: 'deliberation',
    otherwise: 403,
    ask: (thing) => json({ ...named(thing.id), status: 'quarantine', ssins: [citizenOf(thing)] }),
  },
  'POST /register/v1/simulations': {
    may: 'client',
    about: 'deliberation',
    otherwise: 403,
    ask: (thing) => json({ ...named(thing.id), attestationType: 'quarantine', unitValue: 1 }),
  },
  'GET /statistics/v1/tables': { may: 'client' },
  'GET /statistics/v1/tables/{tableId}': {
    may: 'client',
    about: 'deliberation',
    otherwise: 403,
    ask: (thing) => {
      const asked = { ...named(thing.id), status: 'quarantine', from: '2020-09' };
      return { query: `?${new URLSearchParams(asked).toString()}` };
    },
  },
  'POST /statistics/v1/extracts': {
    may: 'client',
    about: 'deliberation',
    otherwise: 403,
    ask: (thing) => json({ ...named(thing.id), statuses: ['quarantine'], from: '2020-09', until: '2020-10' }),
  },
  'POST /attestations/v1/attestations/query': {
    may: 'client',
    about: 'deliberation',
    otherwise: 403,
    ask: (thing) => json({ ...named(thing.id), type: 'quarantine', ssin: citizenOf(thing) }),
  },
  'GET /attestations/v1/attestations/{attestationId}': {
    may: 'client',
    about: 'consulted',
    ask: ({ second = '' }) => ({ query: `?${new URLSearchParams(named(second)).toString()}` }),
  },
  'POST /access/v1/requests': {
    may: 'client',
    works: 201,
    ask: (_thing, party) => json({ ...useOf(party ?? 'outsider'), legalContext: 'CITY:NEW' }),
  },
  'GET /access/v1/requests': { may: 'client' },
  'GET /access/v1/requests/{requestId}': { may: 'client', about: 'dataRequest', isAllowed: orInstitution },
  'POST /access/v1/requests/{requestId}/analysis': { ...deciding, about: 'openRequest', works: 204 },
  'POST /access/v1/requests/{requestId}/decision': {
    ...deciding,
    about: 'undecidedRequest',
    works: 204,
    ask: () => json({ outcome: 'refused', reasons: 'No deliberation allows this' }),
  },
  'POST /access/v1/deliberations': { ...deciding, works: 201, ask: () => json(decisionFor('outsider')) },
  'GET /access/v1/deliberations': { may: 'client' },
  'GET /access/v1/deliberations/{deliberationId}': {
    may: 'client',
    about: 'deliberation',
    isAllowed: orInstitution,
  },
  'GET /access/v1/deliberations/{deliberationId}/versions/{version}': {
    may: 'client',
    about: 'deliberation',
    isAllowed: orInstitution,
  },
  'POST /access/v1/deliberations/{deliberationId}/versions': {
    ...deciding,
    about: 'changedDeliberation',
    works: 201,
    ask: ({ owner }) => {
      const { organization: _organization, ...change } = decisionFor(owner === 'agencyB' ? owner : 'agencyA');
      return json({ changes: 1, ...change });
    },
  },
  'POST /access/v1/deliberations/{deliberationId}/termination': {
    ...deciding,
    about: 'endedDeliberation',
    works: 204,
    ask: reasons,
  },
  'POST /access/v1/dossiers': {
    may: 'client',
    about: 'dossierGround',
    works: 201,
    otherwise: 403,
    ask: (thing) => json(dossierFor(thing.id, citizenOf(thing))),
  },
  // Not even the institution: whose dossiers they are is theirs.
  'GET /access/v1/dossiers/{dossierId}': { may: 'client', about: 'dossier' },
  'POST /access/v1/dossiers/{dossierId}/closure': {
    may: 'client',
    about: 'closedDossier',
    works: 204,
    worksOnce: 409,
  },
  'POST /access/v1/mandates': {
    may: 'client',
    onlyFor: ['employerA', 'institution'],
    works: 201,
    ask: () => json(mandateOf('employerA', 'agencyA')),
  },
  'GET /access/v1/mandates': { may: 'client' },
  'GET /access/v1/mandates/{mandateId}': { ...ofMandate, about: 'mandate' },
  'POST /access/v1/mandates/{mandateId}/revocation': {
    ...ofMandate,
    about: 'revokedMandate',
    works: 204,
    worksOnce: 409,
    ask: reasons,
  },
  'GET /myData/v1/decisions': { may: 'person' },
  'GET /myData/v1/mandates': { may: 'person' },
};
