/** Requests, deliberations and mandates of the parties of the matrix, made over HTTP as they would be. */

import { randomUUID } from 'node:crypto';
import { RESEARCH } from '../../../src/domain/deliberation.ts';
import { daysFromNow, deliberation } from '../../support/grounds.ts';
import type { TestService } from '../../support/service.ts';
import { actingAs, type Caller, PARTIES, type Party } from './callers.ts';
import type { Asker, Thing } from './world.ts';

/** The two agencies, each with the citizen it has to do with and the municipality where that one lives. */
const AGENCIES = [
  { agency: 'agencyA', employer: 'employerA', citizen: 'Łukasz', nisCode: '63023' },
  { agency: 'agencyB', employer: 'employerB', citizen: 'Amélie', nisCode: '92094' },
] as const;

export const LEGAL_CONTEXT = 'CITY:SUPPORT_GRANT';

/** What an agency may use, as it is sent. */
export function useOf(agency: Party) {
  const municipalities = AGENCIES.filter((one) => one.agency === agency).map(({ nisCode }) => nisCode);
  const { organization: _organization, number: _number, decidedOn: _decidedOn, ...use } = deliberation();
  const attributes = [...use.attributes, RESEARCH];
  return {
    ...use,
    attributes,
    validUntil: daysFromNow(90),
    ...(municipalities.length > 0 && { municipalities }),
  };
}

/** A decision for an agency, as it is sent. */
export function decisionFor(agency: Party) {
  return {
    number: '20/123',
    decidedOn: daysFromNow(-30),
    organization: PARTIES[agency].number,
    ...useOf(agency),
    validUntil: daysFromNow(365),
  };
}

/** A dossier, as it is sent. */
export function dossierFor(deliberationId: string, ssin: string) {
  return { deliberationId, legalContext: LEGAL_CONTEXT, ssin, validFrom: daysFromNow(-1) };
}

/** A mandate that an employer gives, as it is sent. */
export function mandateOf(employer: Party, agent: Party) {
  return {
    kind: 'employer',
    agent: PARTIES[agent].number,
    employer: PARTIES[employer].number,
    rights: ['declare', 'consult'],
    validFrom: daysFromNow(-1),
  };
}

/** Sends what makes something, and gives its id. */
function senderOf(ask: Asker) {
  return async (party: Party, path: string, body: object): Promise<string> => {
    const text = JSON.stringify(body);
    const answer = await ask(party, 'access:manage', `/access/v1/${path}`, 'application/json', text);
    return answer.headers.location?.split('/access/v1/')[1]?.split('/')[1] ?? '';
  };
}

/** A mandate by which one person acts for another, as it is sent. */
function administration(agent: Party, represented: Party) {
  return {
    kind: 'administrator',
    agentSsin: PARTIES[agent].number,
    representedSsin: PARTIES[represented].number,
    rights: ['inbox', 'accesses'],
    validFrom: daysFromNow(-1),
  };
}

/** Makes mandates and gives who acts by them: by their own, by another's, by one that is over, by one that is not there. */
export async function makeMandates(ask: Asker, callers: readonly Caller[]): Promise<readonly Caller[]> {
  const send = senderOf(ask);
  const acting = async (body: object, agent: Party, represented: Party, other: Party) => {
    const [mandateId, revoked] = [
      await send('institution', 'mandates', body),
      await send('institution', 'mandates', body),
    ];
    await send('institution', `mandates/${revoked}/revocation`, { reasons: 'It is over' });
    return [
      actingAs(callers, agent, `for ${represented}`, { mandateId, for: represented }),
      actingAs(callers, agent, 'by a mandate that is over', { mandateId: revoked, for: undefined }),
      actingAs(callers, agent, 'by no mandate', { mandateId: randomUUID(), for: undefined }),
      actingAs(callers, other, `by the mandate of ${agent}`, { mandateId, for: undefined }),
    ];
  };
  return [
    ...(await acting(mandateOf('employerA', 'agencyA'), 'agencyA', 'employerA', 'agencyB')),
    ...(await acting(administration('serban', 'lukasz'), 'serban', 'lukasz', 'amelie')),
  ];
}

/** Makes what the routes of access are about. */
export async function makeGrounds(ask: Asker, { database }: TestService) {
  const send = senderOf(ask);
  const kinds = (names: readonly string[]) => names.map((name) => `CITY:${name}`);
  const [read, open, undecided] = kinds(['READ', 'OPEN', 'UNDECIDED']);
  const nobody: Thing = { owner: 'nobody', id: randomUUID(), second: '1' };
  const malformed: Thing = { owner: 'malformed', id: 'not-a-uuid', second: '1' };
  const each = async (make: (agency: Party, employer: Party) => Promise<string>) => {
    const own: Thing[] = [];
    for (const { agency, employer } of AGENCIES)
      own.push({ owner: agency, id: await make(agency, employer), second: '1' });
    return [...own, nobody, malformed];
  };
  const request = (legalContext = '') =>
    each((agency) => send(agency, 'requests', { ...useOf(agency), legalContext }));
  const decide = () => each((agency) => send('institution', 'deliberations', decisionFor(agency)));
  const mandate = () => each((agency, employer) => send(employer, 'mandates', mandateOf(employer, agency)));
  const deliberations = await decide();
  const dossierOf = async (agency: Party) => {
    const decision = { ...decisionFor(agency), ownDossiers: true, municipalities: undefined };
    const deliberationId = await send('institution', 'deliberations', decision);
    const ssin = PARTIES[agency === 'agencyB' ? 'amelie' : 'lukasz'].number;
    return send(agency, 'dossiers', { ...dossierFor(deliberationId, ssin) });
  };
  const dossiers = await each(dossierOf);
  return {
    dataRequest: await request(read),
    openRequest: await request(open),
    undecidedRequest: await request(undecided),
    deliberation: deliberations,
    changedDeliberation: await decide(),
    endedDeliberation: await decide(),
    dossier: dossiers,
    closedDossier: await each(dossierOf),
    dossierGround: await groundsOf(database, dossiers),
    mandate: await mandate(),
    revokedMandate: await mandate(),
    consulted: [...(await attestationsOf(database, deliberations)), { ...malformed, second: randomUUID() }],
  };
}

/** The deliberations of dossiers: what a dossier is registered for. */
async function groundsOf(
  database: TestService['database'],
  dossiers: readonly Thing[],
): Promise<readonly Thing[]> {
  const rows = await database.query<{ dossier: string; id: string }>(
    'select dossier_id::text as dossier, deliberation_id::text as id from dossier',
  );
  return dossiers.map((one) => ({
    ...one,
    id: rows.find(({ dossier }) => dossier === one.id)?.id ?? one.id,
  }));
}

/** Each citizen's attestation under each agency's deliberation: that of the other's citizen covers nobody. */
async function attestationsOf(
  database: TestService['database'],
  deliberations: readonly Thing[],
): Promise<Thing[]> {
  const found: Thing[] = [];
  for (const { agency, citizen } of AGENCIES) {
    const [row] = await database.query<{ id: string }>(
      `select attestation_id::text as id from attestation join person using (person_id)
       where given_name = $1 and state = 'issued' order by attestation_id limit 1`,
      [citizen],
    );
    for (const { owner, id } of deliberations.filter((one) => one.owner.startsWith('agency')))
      found.push({ owner: owner === agency ? owner : 'mixed', id: row?.id ?? '', second: id });
  }
  return [...found, { owner: 'nobody', id: randomUUID(), second: deliberations[0]?.id ?? '' }];
}
