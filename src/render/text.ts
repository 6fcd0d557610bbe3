/** Breaks text into lines. */
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Breaks a text into lines: at spaces, after hyphens and slashes, and within a word only where one is wider than
 * the line. A no-break space holds together. A line keeps the space it was broken at: who reads the document aloud or
 * copies it must find the words apart.
 */
export function wrap(text: string, width: number, widthOf: (text: string) => number): string[] {
  const whole = text.trimEnd();
  if (whole === '' || widthOf(whole) <= width) return whole === '' ? [] : [whole];
  const space = widthOf(' ');
  const lines: string[] = [];
  let line = '';
  let lineWidth = 0;
  for (const part of text.split(/(?<=[ /–-])/)) {
    const partWidth = widthOf(part);
    const ending = part.endsWith(' ') ? space : 0;
    if (lineWidth + partWidth - ending <= width) {
      line += part;
      lineWidth += partWidth;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakWord(part.trimEnd(), width, widthOf);
    lines.push(...pieces.slice(0, -1));
    line = (pieces.at(-1) ?? '') + (part.endsWith(' ') ? ' ' : '');
    lineWidth = widthOf(line);
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()];
}

/** Breaks a word into pieces no wider than the line, between whole characters; nearly always it is one piece. */
function breakWord(word: string, width: number, widthOf: (text: string) => number): string[] {
  if (widthOf(word) <= width) return [word];
  const pieces = [''];
  for (const { segment } of graphemes.segment(word)) {
    const piece = pieces.at(-1) ?? '';
    if (piece === '' || widthOf(piece + segment) <= width) pieces[pieces.length - 1] = piece + segment;
    else pieces.push(segment);
  }
  return pieces;
}
