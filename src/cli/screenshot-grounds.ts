/** What an agency may do, before pages are photographed: deliberations, requests in each state, and who acts for whom. */

import { addDays, brusselsDate } from '../domain/period.ts';
import { DEMO_CITIZENS } from '../embedded/demo.ts';
import type { Wire } from './demo-wire.ts';

/** Of the programs of the demonstration. */
const CITY = '1900080144';
const PAYROLL = '1900045601';

export interface ToldGrounds {
  /** Lets the city look up who was in quarantine. */
  readonly support: string;
  /** Lets the city count, and receive the counts for Statbel; ends soon. */
  readonly counts: string;
  /** The address of the page of the request that nobody decided on yet. */
  readonly asked: string;
  /** And of one that was refused. */
  readonly refused: string;
}

const SUPPORT = {
  legalContext: 'CITY:SUPPORT_GRANT',
  purpose: {
    nl: 'Gemeentelijke steun na quarantaine',
    fr: 'Aide communale après une quarantaine',
    de: 'Kommunale Beihilfe nach einer Quarantäne',
    en: 'Municipal support after quarantine',
  },
  statuses: ['quarantine'],
  attestationTypes: ['quarantine'],
  attributes: ['month', 'numberOfDays'],
};
const COUNTS = {
  legalContext: 'STATISTICS:SOCIAL_STATUS',
  purpose: {
    nl: 'Statistiek van sociale statuten',
    fr: 'Statistique des statuts sociaux',
    de: 'Statistik der Sozialstatus',
    en: 'Statistics of social statuses',
  },
  statuses: ['quarantine', 'temporaryUnemployment', 'bridgingRight', 'coronaParentalLeave', 'pension'],
  flows: ['statbel-statuses'],
  attributes: ['municipality', 'status', 'sex', 'ageClass'],
};
const CHILD_CARE = {
  legalContext: 'CITY:CHILD_CARE',
  purpose: {
    nl: 'Lagere prijs voor kinderopvang',
    fr: 'Tarif réduit pour l’accueil des enfants',
    de: 'Ermäßigter Preis für Kinderbetreuung',
    en: 'A lower price for child care',
  },
  statuses: ['temporaryUnemployment', 'increasedIntervention'],
  municipalities: ['24062'],
};
const POOL = {
  legalContext: 'CITY:SWIMMING_POOL',
  purpose: {
    nl: 'Abonnement op het zwembad',
    fr: 'Abonnement à la piscine',
    de: 'Abonnement für das Schwimmbad',
    en: 'Season ticket for the swimming pool',
  },
  statuses: ['disabilityAllowance'],
};

/** Records them as the institution does, and asks as the city does. */
export async function tellGrounds(wire: Wire): Promise<ToldGrounds> {
  const issuer = await wire.client('issuer', 'access:manage');
  const city = await wire.client('city', 'access:manage');
  const today = brusselsDate(new Date());
  const send = (path: string, token: string, body: unknown) =>
    wire.post(`/access/v1/${path}`, 'application/json', JSON.stringify(body), token);
  const allow = async (number: string, use: object, days: number) => {
    const term = { validFrom: addDays(today, -10), validUntil: addDays(today, days) };
    const decision = { number, decidedOn: addDays(today, -30), organization: CITY };
    return partsOf(await send('deliberations', issuer, { ...decision, ...use, ...term }))[4] ?? '';
  };
  const ask = async (use: object) => {
    const term = { validFrom: today, validUntil: addDays(today, 365) };
    return partsOf(await send('requests', city, { ...use, ...term })).at(-1) ?? '';
  };
  const decide = (request: string, decision: object) =>
    send(`requests/${request}/decision`, issuer, decision);

  const support = await allow('20/123', SUPPORT, 365);
  const counts = await allow('21/007', COUNTS, 40);
  await decide(await ask(SUPPORT), { outcome: 'granted', deliberationId: support });
  const refused = await ask(POOL);
  await decide(refused, { outcome: 'refused', reasons: 'Een abonnement vraagt deze gegevens niet.' });
  const asked = await ask(CHILD_CARE);
  const headers = { authorization: `Bearer ${issuer}` };
  await wire.call(`/access/v1/requests/${asked}/analysis`, { method: 'POST', headers });
  for (const mandate of mandatesOf(today)) await send('mandates', issuer, mandate);
  const page = (id: string) => `/desk/access/requests/${id}`;
  return { support, counts, asked: page(asked), refused: page(refused) };
}

/** Amélie acts for Lena, and the payroll provider for two employers. */
function mandatesOf(today: Parameters<typeof addDays>[0]): readonly object[] {
  const ssinOf = (name: string) => DEMO_CITIZENS.find(({ personId }) => personId === name)?.ssin;
  const validFrom = addDays(today, -10);
  const employers = ['1900012343', '1900101227'].map((employer) => ({
    kind: 'employer',
    agent: PAYROLL,
    employer,
    rights: ['declare', 'consult'],
    validFrom,
  }));
  const person = {
    kind: 'administrator',
    agentSsin: ssinOf('amelie'),
    representedSsin: ssinOf('lena'),
    rights: ['inbox', 'accesses'],
    validFrom,
    validUntil: addDays(today, 100),
  };
  return [person, ...employers];
}

/** The parts of the address of what was made. */
function partsOf(response: Response): string[] {
  const location = response.headers.get('location');
  return location === null ? [] : new URL(location).pathname.split('/');
}
