/** The courtesy translation beside a document, on pages that are read in English. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import { type Courtesy, translate } from '../domain/courtesy.ts';
import type { LocalDate, LocalMonth } from '../domain/period.ts';
import type { VerifiedAttestation } from '../domain/verification.ts';
import type { Texts } from './texts.ts';

type Facts = VerifiedAttestation['facts'];

/** What a page knows of the document. */
export type TranslatedDocument = Pick<VerifiedAttestation, 'type' | 'number'> & {
  readonly facts: Pick<Facts, 'employer' | 'month' | 'rule' | 'referenceDate' | 'holder'>;
};

/** Translates a document for a page; undefined in the languages that documents are written in. */
export function courtesyOf(
  { types, issuer }: Pick<Catalogue, 'types' | 'issuer'>,
  { language, month, day }: Texts,
  document: TranslatedDocument | undefined,
): Courtesy | undefined {
  const type = document && types.get(document.type);
  if (language !== 'en' || document === undefined || type === undefined) return undefined;
  const { holder, employer, month: ofMonth, rule, referenceDate } = document.facts;
  return translate(type, {
    ...issuer.contact,
    issuer: issuer.name.en,
    number: document.number,
    holder: [holder?.familyName, holder?.givenName].filter(Boolean).join(', ') || undefined,
    employer: employer?.name,
    // Printed, so written by us as a month and a day.
    month: ofMonth && month(ofMonth as LocalMonth),
    rule,
    referenceDate: referenceDate && day(referenceDate as LocalDate),
  });
}
