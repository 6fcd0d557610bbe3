/**
 * The one notice we mail: so many documents are waiting in your eBox, from these senders. It says nothing of the documents
 * nor of the person, and names no sender who does not want it: mail is read on locked screens and by others. No image and no address with an id in it, so nothing tells
 * who read it.
 */
import { ServiceError } from '../errors.ts';
import { button, escapeHtml, frameMail, labelled, paragraph, plainText, writtenAddress } from './frame.ts';

/** A sentence about one document, and about `{count}` of them. */
export interface Counted {
  readonly one: string;
  readonly other: string;
}

/** The words of the notice in one language; `{issuerName}`, `{count}` and `{senders}` are the only things put into them. */
export interface NoticeTexts {
  readonly language: 'nl' | 'fr' | 'de' | 'en';
  readonly subject: Counted;
  readonly heading: Counted;
  /** Why this mail comes and what to do. */
  readonly paragraphs: readonly string[];
  /** Whom the documents come from, as `{senders}`. */
  readonly senders: string;
  /** On the link to the inbox. */
  readonly link: string;
  /** Before the written-out address, for those who rather type it. */
  readonly address: string;
  /** How to log in. */
  readonly login: string;
  /** Before the address where one changes address and language, or has no more mail. */
  readonly settings: string;
  /** What we never ask, so that false mails are recognised. */
  readonly caution: string;
  /** Who sends this and that answers are not read. */
  readonly footer: string;
}

export interface NoticeValues {
  /** Where one logs in and finds the inbox; the same address for everybody. */
  readonly inboxUrl: string;
  /** Where one changes how mail comes; the same address for everybody. Undefined: nothing is said of it. */
  readonly settingsUrl: string | undefined;
  /** How many documents wait, at least one. */
  readonly count: number;
  /** The institution that issues documents, in the language of the texts. */
  readonly issuerName: string;
  /** Who sent the documents, as people call them. Empty: nothing is said of it. */
  readonly senders: readonly string[];
}

export interface Notice {
  readonly subject: string;
  /** Goes into the header `List-Unsubscribe` (RFC 2369 §3.2). */
  readonly settingsUrl: string | undefined;
  readonly text: string;
  readonly html: string;
}

/** Writes the notice in one language. Throws `configurationInvalid` when an address is no plain web address. */
export function composeNotice(texts: NoticeTexts, values: NoticeValues): Notice {
  const url = plainAddress(values.inboxUrl);
  const settingsUrl = values.settingsUrl === undefined ? undefined : plainAddress(values.settingsUrl);
  const fill = (template: string) =>
    template
      .replaceAll('{count}', String(values.count))
      .replace(/\{(issuerName|senders)\}/g, (_whole, name) =>
        name === 'senders' ? listOf(values.senders, texts.language) : values.issuerName,
      );
  const paragraphs = values.senders.length === 0 ? texts.paragraphs : [texts.senders, ...texts.paragraphs];
  const choose = ({ one, other }: Counted) => fill(values.count === 1 ? one : other);
  const filled: Filled = {
    language: texts.language,
    subject: choose(texts.subject),
    heading: choose(texts.heading),
    paragraphs: paragraphs.map((paragraph) => fill(paragraph)),
    link: fill(texts.link),
    address: fill(texts.address),
    login: fill(texts.login),
    settings: settingsUrl === undefined ? undefined : { label: fill(texts.settings), url: settingsUrl },
    caution: fill(texts.caution),
    footer: fill(texts.footer),
  };
  return {
    subject: filled.subject,
    settingsUrl,
    text: writeText(filled, url),
    html: writeHtml(filled, url, values.issuerName),
  };
}

interface Filled extends Omit<NoticeTexts, 'subject' | 'heading' | 'senders' | 'settings'> {
  readonly subject: string;
  readonly heading: string;
  readonly settings: { readonly label: string; readonly url: string } | undefined;
}

/** Each once, in the order of the alphabet: that of the documents would say something of them. */
function listOf(names: readonly string[], language: NoticeTexts['language']): string {
  const sorted = [...new Set(names)].toSorted((one, other) => one.localeCompare(other, language));
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(sorted);
}

/** A query or fragment could tell readers apart; the notice of one must be the notice of all. */
function plainAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    `${url.search}${url.hash}${url.username}` !== ''
  )
    throw new ServiceError('configurationInvalid', 'the addresses in mails have to be plain web addresses');
  return url.href;
}

function writeText(texts: Filled, url: string): string {
  return plainText([
    texts.heading,
    ...texts.paragraphs,
    texts.login,
    `${texts.address}\n${url}`,
    texts.caution,
    `-- \n${texts.footer}${texts.settings === undefined ? '' : `\n${texts.settings.label}\n${texts.settings.url}`}`,
  ]);
}

function writeHtml(texts: Filled, url: string, issuerName: string): string {
  const { settings } = texts;
  const footer = escapeHtml(texts.footer);
  return frameMail({
    language: texts.language,
    title: texts.subject,
    issuerName,
    heading: texts.heading,
    main: [
      ...texts.paragraphs.map(paragraph),
      paragraph(texts.login),
      button(url, texts.link),
      writtenAddress(texts.address, url),
    ],
    small: [
      escapeHtml(texts.caution),
      ...(settings === undefined ? [footer] : [footer, labelled(settings.label, settings.url)]),
    ],
  });
}
