/**
 * Strict JSON: UTF-8 without a mark (RFC 8259 §8.1), no name twice in one object, no `__proto__`, no deep nesting.
 *
 * Why: two readers of the same bytes must not see two declarations. RFC 8259 §4 leaves open what a name given twice
 * means, and readers differ.
 */

/** Writes the place of a value as Belgif does, `items[0].ssin`; empty for the whole. */
export function writePath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

/** How deep objects and arrays may lie in each other. */
const DEEPEST = 32;

/** What the bytes say, or why they are refused; `name` tells where, such as `items[0].ssin`. */
export type StrictJson =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly detail: string; readonly name?: string };

/** Reads one JSON value from its bytes. Never throws. */
export function parseStrictJson(bytes: Buffer): StrictJson {
  const text = decode(bytes);
  return text === undefined ? { kind: 'refused', detail: 'is not UTF-8' } : parseStrictText(text);
}

/** Reads one JSON value from text. Never throws. */
export function parseStrictText(text: string): StrictJson {
  try {
    // What follows relies on the syntax that this has checked.
    const value: unknown = JSON.parse(text);
    return findAmbiguity(text) ?? { kind: 'value', value };
  } catch {
    return { kind: 'refused', detail: 'is not JSON' };
  }
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A string, or one of the characters that give a value its structure; numbers and words are passed over. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/** An object or array that is open at some place of the text. */
interface Open {
  /** The names seen so far; undefined in an array. */
  readonly names: Set<string> | undefined;
  /** The member or element that is being read. */
  at: string;
  expectsName: boolean;
}

/** Looks for what another reader might understand differently, in text that is JSON. */
function findAmbiguity(text: string): (StrictJson & { readonly kind: 'refused' }) | undefined {
  const open: Open[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const inner = open.at(-1);
    if (token === '{' || token === '[') {
      if (open.length === DEEPEST) return { kind: 'refused', detail: `nested deeper than ${DEEPEST} levels` };
      const isObject = token === '{';
      open.push({
        names: isObject ? new Set() : undefined,
        at: isObject ? '' : '[0]',
        expectsName: isObject,
      });
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ',') {
      if (inner) moveOn(inner);
    } else if (token !== ':' && inner?.names && inner.expectsName) {
      const name = JSON.parse(token) as string;
      inner.at = name;
      inner.expectsName = false;
      if (inner.names.has(name)) return refused(open, 'this property is given twice');
      if (name === '__proto__') return refused(open, 'this property is not known');
      inner.names.add(name);
    }
  }
  return undefined;
}

function moveOn(inner: Open): void {
  if (inner.names) inner.expectsName = true;
  else inner.at = `[${Number(inner.at.slice(1, -1)) + 1}]`;
}

function refused(open: readonly Open[], detail: string): StrictJson & { readonly kind: 'refused' } {
  const name = open.map(({ at, names }, index) => (names && index > 0 ? `.${at}` : at)).join('');
  return { kind: 'refused', detail, name };
}
