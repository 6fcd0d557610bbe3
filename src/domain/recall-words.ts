/** What a person is told when an attestation is taken back, in the languages of documents. */
import type { DocumentLanguage } from './language.ts';

type Text = (number: string) => string;

const SUBJECTS: Readonly<Record<DocumentLanguage, Text>> = {
  nl: (number) => `Attest ${number} geldt niet meer`,
  fr: (number) => `L’attestation ${number} n’est plus valable`,
  de: (number) => `Bescheinigung ${number} gilt nicht mehr`,
};

const BODIES: Readonly<Record<DocumentLanguage, Text>> = {
  nl: (number) =>
    `Attest ${number} werd u bij vergissing gestuurd en is ingetrokken. Gebruik het niet meer: wie het controleert, ziet dat het niet meer geldt. U hoeft niets te doen.`,
  fr: (number) =>
    `L’attestation ${number} vous a été envoyée par erreur et a été révoquée. Ne l’utilisez plus : quiconque la vérifie voit qu’elle n’est plus valable. Vous n’avez rien à faire.`,
  de: (number) =>
    `Bescheinigung ${number} wurde Ihnen irrtümlich gesandt und ist widerrufen. Verwenden Sie sie nicht mehr: Wer sie prüft, sieht, dass sie nicht mehr gilt. Sie brauchen nichts zu tun.`,
};

/** Says that an attestation was taken back. */
export function recallText(
  number: string,
  language: DocumentLanguage,
): { readonly subject: string; readonly body: string } {
  return { subject: SUBJECTS[language](number), body: BODIES[language](number) };
}
