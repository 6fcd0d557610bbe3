/** What people are told of an access to their data: why it was allowed, in their language. */

import type { NamedDeliberation } from './deliberation.ts';
import type { AuditAction, GroundKind, Purpose } from './evidence.ts';
import { purposeOf } from './evidence.ts';
import type { PageLanguage } from './language.ts';
import { type Words, words } from './words.ts';

const PURPOSES: Readonly<Record<Purpose, Words>> = {
  declaration: words(
    'Verplichte aangifte van uw tewerkstelling (Dimona)',
    'Déclaration obligatoire de votre emploi (Dimona)',
    'Vorgeschriebene Meldung Ihrer Beschäftigung (Dimona)',
    'The declaration of your employment that the law demands (Dimona)',
  ),
  registerUpkeep: words(
    'Het register juist houden',
    'Tenir le registre à jour',
    'Das Register aktuell halten',
    'Keeping the register correct',
  ),
  attestation: words(
    'U het attest bezorgen waarop u recht hebt',
    'Vous délivrer l’attestation à laquelle vous avez droit',
    'Ihnen die Bescheinigung ausstellen, die Ihnen zusteht',
    'Giving you the attestation you are entitled to',
  ),
  verification: words(
    'Nagaan of een document echt is',
    'Vérifier si un document est authentique',
    'Prüfen, ob ein Dokument echt ist',
    'Checking that a document is genuine',
  ),
  ownData: words(
    'Uw eigen gegevens bekijken',
    'Consulter vos propres données',
    'Ihre eigenen Daten ansehen',
    'Looking at your own data',
  ),
  delivery: words(
    'Een bericht in uw eBox bezorgen',
    'Remettre un message dans votre eBox',
    'Eine Nachricht in Ihre eBox zustellen',
    'Delivering a message to your eBox',
  ),
  supervision: words(
    'Toezicht op het gebruik van uw gegevens',
    'Contrôle de l’utilisation de vos données',
    'Aufsicht über die Nutzung Ihrer Daten',
    'Supervising the use of your data',
  ),
  privacy: words(
    'Uw gegevens beschermen en op tijd wissen',
    'Protéger vos données et les effacer à temps',
    'Ihre Daten schützen und rechtzeitig löschen',
    'Protecting your data and erasing them in time',
  ),
  deliberation: words(
    'Een doel dat het Informatieveiligheidscomité toeliet',
    'Une finalité autorisée par le Comité de sécurité de l’information',
    'Ein vom Ausschuss für Informationssicherheit erlaubter Zweck',
    'A purpose that the Information Security Committee allowed',
  ),
  authorisation: words(
    'Regelen wie uw gegevens mag gebruiken',
    'Régler qui peut utiliser vos données',
    'Regeln, wer Ihre Daten nutzen darf',
    'Settling who may use your data',
  ),
};

const GROUNDS: Readonly<Record<GroundKind, Words>> = {
  ownData: words('het zijn uw gegevens', 'ce sont vos données', 'es sind Ihre Daten', 'it is your data'),
  declarant: words(
    'de organisatie die aangeeft, mag haar aangifte volgen',
    'l’organisme qui déclare peut suivre sa déclaration',
    'die meldende Einrichtung darf ihre Meldung verfolgen',
    'who declares may follow the declaration',
  ),
  sender: words(
    'de afzender mag zijn bericht volgen',
    'l’expéditeur peut suivre son message',
    'der Absender darf seine Nachricht verfolgen',
    'the sender may follow the message',
  ),
  source: words(
    'authentieke bron van deze gegevens',
    'source authentique de ces données',
    'authentische Quelle dieser Daten',
    'authentic source of this data',
  ),
  holder: words(
    'wie het document of de code heeft, mag het controleren',
    'qui détient le document ou le code peut le vérifier',
    'wer das Dokument oder den Code hat, darf es prüfen',
    'whoever holds the document or its code may verify it',
  ),
  mandate: words(
    'wie namens u mag handelen',
    'qui peut agir en votre nom',
    'wer in Ihrem Namen handeln darf',
    'who may act on your behalf',
  ),
  deliberation: words(
    'beraadslaging van het Informatieveiligheidscomité',
    'délibération du Comité de sécurité de l’information',
    'Beschluss des Ausschusses für Informationssicherheit',
    'deliberation of the Information Security Committee',
  ),
  duty: words('wettelijke opdracht', 'mission légale', 'gesetzlicher Auftrag', 'a duty set by law'),
};

/** Who it was: officials are named by their organisation alone, and people only to themselves. */
export type AccessedBy = 'yourself' | 'mandatary' | 'organization' | 'service' | 'holder' | 'sharedWith';

const WHO: Readonly<Record<AccessedBy, Words>> = {
  yourself: words('uzelf', 'vous-même', 'Sie selbst', 'yourself'),
  mandatary: words('wie voor u handelt', 'qui agit pour vous', 'wer für Sie handelt', 'who acts for you'),
  organization: words('organisatie', 'organisme', 'Einrichtung', 'organisation'),
  service: words('deze dienst', 'ce service', 'dieser Dienst', 'this service'),
  holder: words(
    'wie het document heeft',
    'qui détient le document',
    'wer das Dokument hat',
    'whoever holds the document',
  ),
  sharedWith: words(
    'wie een deelcode van u heeft',
    'qui a un code de partage de vous',
    'wer einen Freigabecode von Ihnen hat',
    'whoever has a share code of yours',
  ),
};

/** Who it was, where no name is told. */
export function whoOf(by: AccessedBy): Words {
  return WHO[by];
}

/** Says what it served and why it was allowed, in one line; a deliberation says it with its own purpose and number. */
export function whyOf(action: AuditAction, ground: GroundKind, deliberation?: NamedDeliberation): Words {
  const served: Words = deliberation
    ? { ...deliberation.purpose, en: deliberation.purpose.en ?? deliberation.purpose.fr }
    : PURPOSES[purposeOf(action)];
  const number = deliberation === undefined ? '' : ` ${deliberation.number}`;
  const line = (language: PageLanguage) => `${served[language]} – ${GROUNDS[ground][language]}${number}`;
  return words(line('nl'), line('fr'), line('de'), line('en'));
}
