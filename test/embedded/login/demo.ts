/** The programs and persons of the login tests. */

import { parseEnterpriseNumber } from '../../../src/domain/enterprise-number.ts';
import { parseLocalDate } from '../../../src/domain/period.ts';
import { parseSsin, type Ssin } from '../../../src/domain/ssin.ts';
import type { DemoClient, DemoPerson } from '../../../src/embedded/login/directory.ts';
import { type Login, startLogin } from '../../../src/embedded/login/login.ts';

export const AUDIENCE = 'https://ebox.example.be';
export const CALLBACK = 'http://127.0.0.1:9/callback';

const organization = parseEnterpriseNumber('0206731645');
const today = parseLocalDate('2026-11-20');

function ssin(text: string): Ssin {
  return parseSsin(text, today!)!;
}

export const PERSONS: readonly DemoPerson[] = [
  {
    personId: 'an',
    ssin: ssin('81050003552'),
    givenName: 'An',
    familyName: 'Peeters',
    language: 'nl',
    description: { nl: 'in quarantaine', fr: 'en quarantaine', de: 'in Quarantäne', en: 'in quarantine' },
  },
  {
    personId: 'luc',
    ssin: ssin('92200006963'),
    givenName: 'Luc',
    familyName: '<b>Dubois</b> "l\'Aîné"',
    language: 'fr',
  },
];

export const CLIENTS: readonly DemoClient[] = [
  {
    kind: 'machine',
    clientId: 'agency',
    organization: organization!,
    scopes: ['dimona:declare', 'ebox:publish'],
  },
  {
    kind: 'web',
    clientId: 'pages',
    name: 'My <attestations>',
    confidential: false,
    redirectUris: [CALLBACK],
    postLogoutRedirectUris: ['http://127.0.0.1:9/bye'],
    scopes: ['ebox:consult'],
  },
  {
    kind: 'web',
    clientId: 'desk',
    name: 'Desk',
    confidential: true,
    redirectUris: [`${CALLBACK}/desk`],
    scopes: ['ebox:consult', 'statistics:read'],
  },
];

/** Starts a login with these clients and persons. */
export function startDemoLogin(
  folder: string,
  changes: { port?: number; audience?: string; mutualPort?: number } = {},
): Promise<Login> {
  return startLogin({ folder, port: 0, audience: AUDIENCE, clients: CLIENTS, persons: PERSONS, ...changes });
}
