/**
 * Writes numbers and amounts of euro as Belgium does: thousands apart, a comma before the decimals.
 * As with days, nothing is asked of the runtime: the same facts must print the same bytes on every machine.
 */
import type { DocumentLanguage } from '../domain/language.ts';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Between thousands; a number in French may not be broken there. */
const SEPARATORS: Readonly<Record<DocumentLanguage, string>> = { nl: '.', fr: '\u00a0', de: '.' };

/** Writes a decimal number, `1234.5`: `1.234,5`, in French `1 234,5`. Undefined when the text is none. */
export function formatNumber(text: string, language: DocumentLanguage): string | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', decimals] = match;
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, SEPARATORS[language]);
  return `${sign === '' ? '' : '−'}${grouped}${decimals === undefined ? '' : `,${decimals}`}`;
}

/**
 * Writes an amount of euro, `1234.5`: `€ 1.234,50`, in French and German the sign behind it. Undefined when the text is
 * no number, or has more than two decimals.
 */
export function formatAmount(text: string, language: DocumentLanguage): string | undefined {
  const decimals = DECIMAL.exec(text)?.[3] ?? '';
  if (decimals.length > 2) return undefined;
  const whole = text.replace(/\.\d+$/, '');
  const number = formatNumber(`${whole}.${decimals.padEnd(2, '0')}`, language);
  if (number === undefined) return undefined;
  return language === 'nl' ? `€\u00a0${number}` : `${number}\u00a0€`;
}
