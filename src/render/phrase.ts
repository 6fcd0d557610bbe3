/** The texts that a document prints, each with what was found out about it. */
import { type Fonts, set } from './font.ts';
import type { Setting } from './shared-face.ts';
import type { Face, TextStyle } from './style.ts';

/** A text that can be printed. */
export interface Phrase {
  readonly text: string;
  /** Whether every document of the type and language has it: then it is compiled, otherwise filled in. */
  readonly isFixed: boolean;
  /** Tells fixed phrases apart; 0 for all others. */
  readonly id: number;
  /** How each face sets it on one line, once that was asked for. */
  regular: Setting | undefined;
  bold: Setting | undefined;
}

/** Takes a text as a phrase. */
export function phraseOf(text: string, isFixed = false): Phrase {
  return { text, isFixed, id: isFixed ? nextId() : 0, regular: undefined, bold: undefined };
}

/** Sets a phrase on one line. */
export function settingOf(fonts: Fonts, face: Face, phrase: Phrase): Setting {
  const setting = phrase[face] ?? set(fonts[face], phrase.text);
  phrase[face] = setting;
  return setting;
}

/** Measures a phrase on one line, in points. */
export function widthOf(fonts: Fonts, { face, size }: TextStyle, phrase: Phrase): number {
  return (settingOf(fonts, face, phrase).width * size) / fonts[face].unitsPerEm;
}

let lastId = 0;

/** Gives a number above zero that nothing else has. */
export function nextId(): number {
  lastId += 1;
  return lastId;
}
