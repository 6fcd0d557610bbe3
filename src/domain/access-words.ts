/** What people are told of an access to their data: what was done, and why it was allowed, in their language. */
import type { AuditAction, GroundKind, Purpose } from './evidence.ts';
import { purposeOf } from './evidence.ts';
import type { PageLanguage } from './language.ts';

/** A text in each language of the pages. */
export type Words = Readonly<Record<PageLanguage, string>>;

/** Who it was: officials are named by their organisation alone, and people only to themselves. */
export type AccessedBy = 'yourself' | 'organization' | 'service' | 'holder';

const words = (nl: string, fr: string, de: string, en: string): Words => ({ nl, fr, de, en });

const ACTIONS: Readonly<Record<AuditAction, Words>> = {
  'declaration.report': words('Aangifte gedaan', 'Déclaration faite', 'Meldung gemacht', 'Declaration made'),
  'declaration.judge': words(
    'Aangifte behandeld toen u bekend was',
    'Déclaration traitée dès que vous étiez connu',
    'Meldung bearbeitet, sobald Sie bekannt waren',
    'Declaration handled once you were known',
  ),
  'declaration.consult': words(
    'Antwoord op een aangifte geraadpleegd',
    'Réponse à une déclaration consultée',
    'Antwort auf eine Meldung eingesehen',
    'Answer to a declaration consulted',
  ),
  'batch.submit': words('Bestand ingediend', 'Fichier introduit', 'Datei eingereicht', 'File submitted'),
  'batch.start': words('Bestand gestart', 'Fichier lancé', 'Datei gestartet', 'File started'),
  'batch.consult': words('Bestand geraadpleegd', 'Fichier consulté', 'Datei eingesehen', 'File consulted'),
  'person.load': words(
    'Uw gegevens in het register bijgewerkt',
    'Vos données mises à jour dans le registre',
    'Ihre Daten im Register aktualisiert',
    'Your data in the register updated',
  ),
  'attestation.issue': words(
    'Attest opgemaakt',
    'Attestation délivrée',
    'Bescheinigung ausgestellt',
    'Attestation issued',
  ),
  'attestation.supersede': words(
    'Attest vervangen',
    'Attestation remplacée',
    'Bescheinigung ersetzt',
    'Attestation replaced',
  ),
  'attestation.revoke': words(
    'Attest ingetrokken',
    'Attestation révoquée',
    'Bescheinigung widerrufen',
    'Attestation revoked',
  ),
  'attestation.withdraw': words(
    'Attest niet opgemaakt: de gegevens veranderden',
    'Attestation non délivrée : les données ont changé',
    'Bescheinigung nicht ausgestellt: Die Daten haben sich geändert',
    'Attestation not issued: the data changed',
  ),
  'attestation.verify': words(
    'Attest gecontroleerd',
    'Attestation vérifiée',
    'Bescheinigung geprüft',
    'Attestation verified',
  ),
  'message.list': words(
    'Lijst van berichten bekeken',
    'Liste des messages consultée',
    'Liste der Nachrichten angesehen',
    'List of messages viewed',
  ),
  'message.consult': words('Bericht bekeken', 'Message consulté', 'Nachricht angesehen', 'Message viewed'),
  'message.read': words('Document geopend', 'Document ouvert', 'Dokument geöffnet', 'Document opened'),
  'message.status': words(
    'Nagegaan of een bericht gelezen is',
    'Vérifié si un message a été lu',
    'Geprüft, ob eine Nachricht gelesen wurde',
    'Asked whether a message was read',
  ),
  'message.notify': words(
    'E-mail gestuurd dat er een bericht is',
    'E-mail envoyé pour annoncer un message',
    'E-Mail über eine Nachricht gesendet',
    'E-mail sent that there is a message',
  ),
  'access.list': words(
    'Deze lijst bekeken',
    'Cette liste consultée',
    'Diese Liste angesehen',
    'This list viewed',
  ),
  'evidence.consult': words(
    'Nagekeken wie uw gegevens raadpleegde',
    'Contrôlé qui a consulté vos données',
    'Nachgesehen, wer Ihre Daten eingesehen hat',
    'Looked up who consulted your data',
  ),
};

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
  duty: words('wettelijke opdracht', 'mission légale', 'gesetzlicher Auftrag', 'a duty set by law'),
};

const WHO: Readonly<Record<AccessedBy, Words>> = {
  yourself: { nl: 'uzelf', fr: 'vous-même', de: 'Sie selbst', en: 'yourself' },
  organization: { nl: 'organisatie', fr: 'organisme', de: 'Einrichtung', en: 'organisation' },
  service: { nl: 'deze dienst', fr: 'ce service', de: 'dieser Dienst', en: 'this service' },
  holder: {
    nl: 'wie het document heeft',
    fr: 'qui détient le document',
    de: 'wer das Dokument hat',
    en: 'whoever holds the document',
  },
};

/** Who it was, where no name is told. */
export function whoOf(by: AccessedBy): Words {
  return WHO[by];
}

/** Says what was done. */
export function whatOf(action: AuditAction): Words {
  return ACTIONS[action];
}

/** Says what it served and why it was allowed, in one line. */
export function whyOf(action: AuditAction, ground: GroundKind): Words {
  const [purpose, allowed] = [PURPOSES[purposeOf(action)], GROUNDS[ground]];
  const line = (language: PageLanguage) => `${purpose[language]} – ${allowed[language]}`;
  return words(line('nl'), line('fr'), line('de'), line('en'));
}
