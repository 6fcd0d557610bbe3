/** The courtesy translation of a document: what its paragraphs and notices say, for whoever cannot read the sealed one. */
import type { AttestationTexts, AttestationType } from './attestation-type.ts';
import type { PageLanguage } from './language.ts';

/** It has no legal value: only the sealed document counts. */
export interface Courtesy {
  readonly title: string;
  readonly paragraphs: readonly { readonly heading?: string; readonly text: string }[];
}

/** What a type is called on a page: in English by its translation, or in Dutch where it has none. */
export function titleOf(
  { texts, courtesy }: Pick<AttestationType, 'texts' | 'courtesy'>,
  language: PageLanguage,
): string {
  return language === 'en' ? (courtesy ?? texts.nl).title : texts[language].title;
}

/** Stands where a value is not known to whoever shows it. */
const UNKNOWN = '…';

/** Translates what a document says in sentences; undefined for a type that has no translation. */
export function translate(
  { layout, courtesy }: Pick<AttestationType, 'layout' | 'courtesy'>,
  values: Readonly<Record<string, string | undefined>>,
): Courtesy | undefined {
  if (courtesy === undefined) return undefined;
  const say = (key: string) => fill(courtesy, key, values);
  const paragraphs = layout.flatMap((block) => {
    if (block.kind === 'paragraph') return [{ text: say(block.text) }];
    return block.kind === 'notice' ? [{ heading: say(block.heading), text: say(block.text) }] : [];
  });
  return { title: courtesy.title, paragraphs: paragraphs.filter(({ text }) => text !== '') };
}

/** The words of the frame are not translated: they are about the paper. */
function fill(
  { words }: AttestationTexts,
  key: string,
  values: Readonly<Record<string, string | undefined>>,
): string {
  return (words[key] ?? '').replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? UNKNOWN);
}
