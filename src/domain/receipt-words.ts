/** What a printed evidence of a message says, in the languages of documents. */
import type { DocumentLanguage } from './language.ts';
import type { MessageState, ReceiptKind } from './receipt.ts';

type InEach = Readonly<Record<DocumentLanguage, string>>;
const words = (nl: string, fr: string, de: string): InEach => ({ nl, fr, de });

const KINDS: Readonly<Record<ReceiptKind, InEach>> = {
  published: words('In de eBox geplaatst', 'Déposé dans l’eBox', 'In der eBox abgelegt'),
  refused: words('Geweigerd', 'Refusé', 'Abgelehnt'),
  notified: words('Aangekondigd', 'Annoncé', 'Angekündigt'),
  notificationFailed: words('Aankondiging mislukt', 'Annonce échouée', 'Ankündigung gescheitert'),
  reminded: words('Herinnerd', 'Rappelé', 'Erinnert'),
  expiryAlerted: words('Vervaldatum aangekondigd', 'Échéance annoncée', 'Ablauf angekündigt'),
  read: words('Geopend', 'Ouvert', 'Geöffnet'),
  neverRead: words('Nooit geopend', 'Jamais ouvert', 'Nie geöffnet'),
  printed: words('Op papier verstuurd', 'Envoyé sur papier', 'Auf Papier versandt'),
};

const WORDS = {
  title: words('Bewijs van een eBox-bericht', 'Preuve d’un message eBox', 'Nachweis zu einer eBox-Nachricht'),
  statement: words(
    'Dit document zegt wat er met het bericht gebeurde, en wanneer. Elk feit staat in een verzegeld logboek. Het bijgevoegde bestand evidence.json bewijst dat en kan zonder internet worden gecontroleerd.',
    'Ce document dit ce qu’est devenu le message, et quand. Chaque fait figure dans un journal scellé. Le fichier joint evidence.json le prouve et se vérifie sans internet.',
    'Dieses Dokument sagt, was aus der Nachricht wurde und wann. Jede Tatsache steht in einem versiegelten Protokoll. Die beigefügte Datei evidence.json beweist das und lässt sich ohne Internet prüfen.',
  ),
  message: words('Bericht', 'Message', 'Nachricht'),
  sender: words(
    'Ondernemingsnummer van de afzender',
    'Numéro d’entreprise de l’expéditeur',
    'Unternehmensnummer des Absenders',
  ),
  receivedAt: words('Ontvangen op', 'Reçu le', 'Eingegangen am'),
  expiresAt: words('Beschikbaar tot', 'Disponible jusqu’au', 'Verfügbar bis'),
  state: words('Stand', 'État', 'Stand'),
  document: words('SHA-256 van het document', 'SHA-256 du document', 'SHA-256 des Dokuments'),
  receipts: words('Wat er gebeurde', 'Ce qui s’est passé', 'Was geschah'),
  kind: words('Feit', 'Fait', 'Tatsache'),
  etsiEvent: words('ETSI EN 319 522', 'ETSI EN 319 522', 'ETSI EN 319 522'),
  eventTime: words('Wanneer', 'Quand', 'Wann'),
  recordedTime: words('Opgetekend', 'Consigné', 'Aufgezeichnet'),
  reportedBy: words('Volgens', 'Selon', 'Laut'),
} as const satisfies Record<string, InEach>;

export type EvidenceWord = keyof typeof WORDS;

/** Gives a word of the page; undefined for any other key. */
export function evidenceWord(key: string, language: DocumentLanguage): string | undefined {
  return Object.hasOwn(WORDS, key) ? WORDS[key as EvidenceWord][language] : undefined;
}

/** Says what a receipt or the state of a message is. */
export function kindWord(kind: ReceiptKind | MessageState, language: DocumentLanguage): string {
  return KINDS[kind][language];
}
