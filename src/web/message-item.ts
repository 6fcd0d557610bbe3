/** A message as every page shows it: who sent it, what it concerns, until when it can be read. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { PageLanguage } from '../domain/language.ts';
import type { InboxMessage } from '../workflows/inbox.ts';

/** From so many days before its end on, a page says so beside the message. */
const SOON_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;

/** Senders have names in the official languages; in English they are called as in the message. */
function senderName({ issuer, senders }: Catalogue, message: InboxMessage, language: PageLanguage): string {
  const { senderOrganizationId: id } = message;
  if (id === issuer.enterpriseNumber) return issuer.name[language];
  const official = language === 'en' ? message.language : language;
  return senders.organizations.get(id)?.longName[official] ?? id;
}

/** What a list and the page of a message say of it alike. */
export function itemOf(catalogue: Catalogue, message: InboxMessage, language: PageLanguage, now: Date) {
  const { messageId, subject, receivedAt, expiresAt, readAt, standing } = message;
  return {
    href: `/inbox/${messageId}`,
    subject,
    // The message was written in the language of the person, whatever the page is read in.
    lang: message.language === language ? undefined : message.language,
    sender: senderName(catalogue, message, language),
    receivedAt,
    expiresAt,
    endsSoon: expiresAt.getTime() - now.getTime() < SOON_DAYS * DAY_MS,
    isArchived: !message.isVisible,
    isUnread: readAt === null,
    state: standing?.state ?? 'issued',
    attestationNumber: standing?.number,
    concernedMonth: standing?.subject?.month,
    employer: standing?.subject?.employer?.name,
  };
}
