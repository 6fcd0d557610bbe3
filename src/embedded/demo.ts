/**
 * Who can log in at the embedded login, and what the demonstration's register starts from. Everybody is made up: serial
 * numbers 996 to 998 of a birth day are never reached by real SSINs, the enterprise numbers are unassigned.
 */

import type { DeskRight } from '../domain/desk-right.ts';
import { type EnterpriseNumber, parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import type { DocumentLanguage, PageLanguage } from '../domain/language.ts';
import { AFTER_LOGOUT_PATH, LOGIN_CALLBACK_PATH } from '../domain/login-path.ts';
import type { LocalDate } from '../domain/period.ts';
import { parseSsin, type Ssin } from '../domain/ssin.ts';
import { ServiceError } from '../errors.ts';
import type { DemoClient, DemoPerson } from './login/directory.ts';

/** A demo person as the population register would report them, and as they log in. */
export interface DemoCitizen {
  /** How `ebox token --person` names them. */
  readonly personId: string;
  readonly ssin: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly birthDate: string;
  /** The language chosen for documents; undefined: none was chosen. */
  readonly language?: DocumentLanguage;
  readonly nisCode: string;
  readonly email: string;
  /** A number that this one replaced. */
  readonly replaces?: string;
}

export const DEMO_CITIZENS: readonly DemoCitizen[] = [
  {
    personId: 'lena',
    ssin: '88031499863',
    givenName: 'Lena',
    familyName: 'Vermeulen',
    birthDate: '1988-03-14',
    language: 'nl',
    nisCode: '24062',
    email: 'lena@example.org',
  },
  {
    personId: 'amelie',
    ssin: '72061799846',
    givenName: 'Amélie',
    familyName: 'Noël-Lefèvre',
    birthDate: '1972-06-17',
    nisCode: '92094',
    email: 'amelie@example.org',
  },
  {
    personId: 'lukasz',
    ssin: '90100599737',
    givenName: 'Łukasz',
    familyName: 'Kühn-Wiśniewski',
    birthDate: '1990-10-05',
    nisCode: '63023',
    email: 'lukasz@example.org',
  },
  {
    personId: 'serban',
    ssin: '94072199708',
    givenName: 'Șerban',
    familyName: 'Ionescu',
    birthDate: '1994-07-21',
    nisCode: '21004',
    email: 'serban@example.org',
    replaces: '94272199751',
  },
];

/** Somebody who acts for an organisation at its desk; the population register of the demonstration does not know them. */
export interface DemoOfficial {
  readonly personId: string;
  readonly ssin: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly language: DocumentLanguage;
  readonly organization: string;
  /** What they may do at the desk beside sending batches. */
  readonly rights: readonly DeskRight[];
  readonly description: Readonly<Record<PageLanguage, string>>;
}

/** Two of the issuing institution, as one may have to start what the other sent; one of the payroll provider, one of the city. */
export const DEMO_OFFICIALS: readonly DemoOfficial[] = [
  {
    personId: 'hanne',
    ssin: '79041299838',
    givenName: 'Hanne',
    familyName: 'Claeys',
    language: 'nl',
    organization: '1912345694',
    rights: ['register:query', 'statistics:read', 'events:subscribe', 'access:manage', 'operations:manage'],
    description: {
      nl: 'werkt bij de dienst die attesten uitreikt',
      fr: 'travaille au service qui délivre les attestations',
      de: 'arbeitet beim Dienst, der Bescheinigungen ausstellt',
      en: 'works at the service that issues attestations',
    },
  },
  {
    personId: 'joris',
    ssin: '86110899863',
    givenName: 'Joris',
    familyName: 'Peeters',
    language: 'nl',
    organization: '1912345694',
    rights: [],
    description: {
      nl: 'werkt bij dezelfde dienst en start er zendingen van collega’s',
      fr: 'travaille au même service et y démarre les envois de collègues',
      de: 'arbeitet beim selben Dienst und startet dort Sendungen anderer',
      en: 'works at the same service and starts batches of colleagues there',
    },
  },
  {
    personId: 'thomas',
    ssin: '85092399863',
    givenName: 'Thomas',
    familyName: 'Lejeune',
    language: 'fr',
    organization: '1900045601',
    rights: ['events:subscribe', 'access:manage'],
    description: {
      nl: 'werkt bij een sociaal secretariaat',
      fr: 'travaille dans un secrétariat social',
      de: 'arbeitet bei einem Sozialsekretariat',
      en: 'works at a payroll provider',
    },
  },
  {
    personId: 'nadia',
    ssin: '83021599818',
    givenName: 'Nadia',
    familyName: 'El Amrani',
    language: 'nl',
    organization: '1900080144',
    rights: ['register:query', 'statistics:read', 'flows:run', 'events:subscribe', 'access:manage'],
    description: {
      nl: 'werkt bij een stad',
      fr: 'travaille pour une ville',
      de: 'arbeitet bei einer Stadt',
      en: 'works for a city',
    },
  },
];

/** The organisations of the officials. */
export function demoAgencies(): EnterpriseNumber[] {
  const agencies = DEMO_OFFICIALS.map(({ personId, organization }) => enterpriseOf(personId, organization));
  return [...new Set(agencies)];
}

/** The programs that call the service: a payroll provider, the population register, the issuing institution, a city. */
const MACHINES = [
  {
    clientId: 'payroll',
    organization: '1900045601',
    scopes: ['dimona:declare', 'dimona:consult', 'verifications:bulk', 'access:manage'],
  },
  { clientId: 'population', organization: '1900078956', scopes: ['register:report'] },
  {
    clientId: 'issuer',
    organization: '1912345694',
    scopes: [
      'register:report',
      'ebox:publish',
      'events:subscribe',
      'deliveries:consult',
      'deliveries:print',
      'attestations:consult',
      'batches:submit',
      'batches:approve',
      'evidence:consult',
      'access:manage',
    ],
  },
  {
    clientId: 'city',
    organization: '1900080144',
    scopes: [
      'access:manage',
      'register:query',
      'statistics:read',
      'attestations:consult',
      'ebox:publish',
      'flows:run',
    ],
  },
] as const;

/** The program through which demo persons log in. */
export const INBOX_CLIENT = 'inbox';

/** The clients that the embedded login knows. */
export function demoClients(publicUrl: string): DemoClient[] {
  const machines = MACHINES.map(
    ({ clientId, organization, scopes }): DemoClient => ({
      kind: 'machine',
      clientId,
      organization: enterpriseOf(clientId, organization),
      scopes,
    }),
  );
  const inbox: DemoClient = {
    kind: 'web',
    clientId: INBOX_CLIENT,
    name: 'Citizen eBox',
    confidential: true,
    redirectUris: [`${publicUrl}${LOGIN_CALLBACK_PATH}`],
    postLogoutRedirectUris: [`${publicUrl}${AFTER_LOGOUT_PATH}`],
    scopes: ['ebox:consult'],
  };
  return [...machines, inbox];
}

/** The persons who can log in, as of a day: citizens first. */
export function demoPersons(today: LocalDate): DemoPerson[] {
  const citizens = DEMO_CITIZENS.map((citizen): DemoPerson => {
    const { personId, givenName, familyName, language } = citizen;
    const ssin = ssinOf(personId, citizen.ssin, today);
    return { personId, ssin, givenName, familyName, language: language ?? 'fr' };
  });
  const officials = DEMO_OFFICIALS.map(
    (official): DemoPerson => ({
      ...official,
      ssin: ssinOf(official.personId, official.ssin, today),
      organization: enterpriseOf(official.personId, official.organization),
    }),
  );
  return [...citizens, ...officials];
}

function ssinOf(personId: string, text: string, today: LocalDate): Ssin {
  const ssin = parseSsin(text, today);
  if (ssin === undefined) throw new ServiceError('embeddedPartFailed', `demo person ${personId} has no SSIN`);
  return ssin;
}

function enterpriseOf(name: string, text: string): EnterpriseNumber {
  const number = parseEnterpriseNumber(text);
  if (number === undefined) throw new ServiceError('embeddedPartFailed', `${name} has no organisation`);
  return number;
}
