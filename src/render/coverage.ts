/** Looks at the start whether the typeface has what the templates say, and not when the first document is due. */
import type { AttestationType, Issuer } from '../domain/attestation-type.ts';
import { DOCUMENT_LANGUAGES } from '../domain/language.ts';
import { ServiceError } from '../errors.ts';

/**
 * Checks the words of the types and what is printed of the issuer, in each language.
 * @throws ServiceError `templateInvalid` naming the type, the language and the key
 */
export function checkCoverage(
  types: Iterable<AttestationType>,
  issuer: Issuer,
  canPrint: (text: string) => boolean,
): void {
  const check = (place: string, text: string) => {
    // What a placeholder stands for is looked at where it comes in.
    if (text.split(/\{\w+\}/).every(canPrint)) return;
    throw new ServiceError(
      'templateInvalid',
      `Templates, ${place}: holds a character that the typeface does not have; change it, or the typeface.`,
    );
  };
  for (const language of DOCUMENT_LANGUAGES) {
    for (const text of [issuer.name[language], issuer.shortName[language], ...issuer.address[language]])
      check(`brand, ${language}, name or address`, text);
  }
  for (const text of Object.values(issuer.contact)) check('brand, contact', text);
  for (const { id, texts } of types) {
    for (const language of DOCUMENT_LANGUAGES) {
      check(`${id}, ${language}, title`, texts[language].title);
      for (const [key, text] of Object.entries(texts[language].words))
        check(`${id}, ${language}, key ${key}`, text);
    }
  }
}
