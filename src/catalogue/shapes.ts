/** Shapes of the small values that several template files share. */
import { z } from 'zod';
import { DOCUMENT_LANGUAGES } from '../domain/language.ts';
import { parseLocalDate } from '../domain/period.ts';
import { isPrintable } from '../domain/text.ts';

/** Words to be printed, brought into Unicode NFC; a character that nobody can see is never meant. */
export const words = z
  .string()
  .trim()
  .min(1, 'words are expected')
  .refine(isPrintable, 'it holds a line break, another control character, or one that nobody can see')
  .transform((text) => text.normalize('NFC'));

/** Words in each official language. */
export const localizedWords = z.strictObject({ nl: words, fr: words, de: words });

/** Words in each official language and in English. */
export const fourLanguageWords = z.strictObject({ nl: words, fr: words, de: words, en: words });

export const documentLanguage = z.enum(DOCUMENT_LANGUAGES);

/** A day of the calendar, `yyyy-MM-dd`. */
export const localDate = z.string().transform((text, context) => {
  const date = parseLocalDate(text);
  if (date !== undefined) return date;
  context.issues.push({ code: 'custom', message: 'a day yyyy-MM-dd is expected', input: text });
  return z.NEVER;
});
