/** Leaves out of a style sheet what no page needs: a phone reads every rule before it shows the first word. */

/** Rules that hold others. */
const HOLDING = /^@(?:media|supports|layer|container)\b/;

/** Names such as `govuk-button`; one that ends in `-` is the beginning of names. */
export type Names = ReadonlySet<string>;

/**
 * Finds the names with a prefix in the text of pages. A name whose end is written by the page, such as
 * `govuk-input--width-<%= width %>`, stands for all that begin so.
 */
export function namesIn(texts: readonly string[], prefix: string): Names {
  const pattern = new RegExp(`${prefix}[a-z0-9_-]*`, 'g');
  return new Set(texts.flatMap((text) => text.match(pattern) ?? []));
}

/** Gives the style without rules that only concern names with this prefix which are not among `used`. */
export function pruneStyle(style: string, prefix: string, used: Names): string {
  const beginnings = [...used].filter((name) => name.endsWith('-'));
  const isUsed = (name: string) =>
    !name.startsWith(prefix) || used.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
  const prune = (text: string): string =>
    rulesIn(text)
      .map(({ head, body }) => {
        if (body === undefined) return head;
        if (HOLDING.test(head)) return braced(head, prune(body));
        return head.startsWith('@') ? braced(head, body) : braced(selectorsKept(head, isUsed), body);
      })
      .join('');
  return prune(style);
}

/** Takes out what is there for people who read the style: comments and the room at the beginning of lines. */
export function tightenStyle(style: string): string {
  return style.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s*\n\s*/g, '\n');
}

interface Rule {
  readonly head: string;
  /** Undefined for a statement without braces. */
  readonly body: string | undefined;
}

/** Braces, ends of statements, and what hides them: quoted text and addresses. */
const TOKENS = /"[^"]*"|'[^']*'|url\([^)]*\)|[{};]/g;

function rulesIn(text: string): readonly Rule[] {
  const rules: Rule[] = [];
  let from = 0;
  let opened = 0;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === '{') {
      if (depth === 0) opened = index;
      depth += 1;
    } else if (token === '}') {
      depth -= 1;
      if (depth > 0) continue;
      rules.push({ head: text.slice(from, opened).trim(), body: text.slice(opened + 1, index) });
      from = index + 1;
    } else if (token === ';' && depth === 0) {
      rules.push({ head: text.slice(from, index + 1).trim(), body: undefined });
      from = index + 1;
    }
  }
  return rules;
}

/** A selector counts when every name in it does; what it rules out (`:not`) need not be there. */
function selectorsKept(head: string, isUsed: (name: string) => boolean): string {
  return head
    .split(/,(?![^(]*\))/)
    .filter((selector) => {
      const names = selector.replace(/:not\([^)]*\)/g, '').matchAll(/\.([\w-]+)/g);
      return [...names].every(([, name = '']) => isUsed(name));
    })
    .join(',');
}

function braced(head: string, body: string): string {
  return head === '' || body === '' ? '' : `${head}{${body}}`;
}
