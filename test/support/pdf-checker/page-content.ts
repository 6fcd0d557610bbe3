/** Follows the operators of a page: what is tagged, what is an artifact, which fonts show which codes, which colours. */
import type { PdfFile } from './file.ts';
import {
  asName,
  type Dictionary,
  isDictionary,
  listOf,
  type Operation,
  readOperations,
  type Value,
} from './values.ts';

export interface PageContent {
  readonly page: Dictionary;
  readonly operations: readonly Operation[];
  /** The marked content that has an identifier, by number, with its tag. */
  readonly marked: ReadonlyMap<number, string>;
  /** Identifiers that occur twice. */
  readonly repeated: readonly number[];
  /** Operators that draw outside any tagged content or artifact. */
  readonly unmarked: readonly string[];
  /** Tagged content within artifacts, and artifacts within tagged content. */
  readonly mixed: readonly string[];
  /** Whether every sequence that is opened is closed, for marked content, text and graphics state. */
  readonly isBalanced: boolean;
  readonly deepestState: number;
  /** By name in the resources of the page: the strings that it shows. */
  readonly shown: ReadonlyMap<string, readonly Buffer[]>;
}

/** Operators that put something on the page. */
const DRAWING = new Set([
  'S',
  's',
  'f',
  'F',
  'f*',
  'B',
  'B*',
  'b',
  'b*',
  'sh',
  'Do',
  'EI',
  'Tj',
  'TJ',
  "'",
  '"',
]);

interface State {
  readonly open: string[];
  readonly marked: Map<number, string>;
  readonly repeated: number[];
  readonly unmarked: string[];
  readonly mixed: string[];
  readonly shown: Map<string, Buffer[]>;
  font: string;
  depth: number;
  deepest: number;
  texts: number;
  isBalanced: boolean;
}

export function readPage(file: PdfFile, page: Dictionary): PageContent {
  const operations = readOperations(file.content(page.get('/Contents')));
  const state: State = {
    open: [],
    marked: new Map(),
    repeated: [],
    unmarked: [],
    mixed: [],
    shown: new Map(),
    font: '',
    depth: 0,
    deepest: 0,
    texts: 0,
    isBalanced: true,
  };
  for (const operation of operations) follow(state, operation);
  const { open, marked, repeated, unmarked, mixed, shown, depth, deepest, texts } = state;
  const isBalanced = state.isBalanced && open.length === 0 && depth === 0 && texts === 0;
  return { page, operations, marked, repeated, unmarked, mixed, isBalanced, deepestState: deepest, shown };
}

function follow(state: State, { operator, operands }: Operation): void {
  switch (operator) {
    case 'BMC':
    case 'BDC':
      open(state, operands);
      break;
    case 'EMC':
      state.isBalanced &&= state.open.pop() !== undefined;
      break;
    case 'q':
      state.depth += 1;
      state.deepest = Math.max(state.deepest, state.depth);
      break;
    case 'Q':
      state.depth -= 1;
      state.isBalanced &&= state.depth >= 0;
      break;
    case 'BT':
    case 'ET':
      state.texts += operator === 'BT' ? 1 : -1;
      state.isBalanced &&= state.texts === 0 || state.texts === 1;
      break;
    case 'Tf':
      state.font = asName(operands[0]);
      break;
  }
  if (!DRAWING.has(operator)) return;
  if (state.open.length === 0) state.unmarked.push(operator);
  const strings = operands.flatMap((one) => (Array.isArray(one) ? listOf(one) : [one])).filter(isString);
  if (strings.length > 0) state.shown.set(state.font, [...(state.shown.get(state.font) ?? []), ...strings]);
}

/** A sequence counts as tagged when it has an identifier, as artifact by its tag. */
function open(state: State, [tag, properties]: readonly Value[]): void {
  const name = asName(tag);
  const number = isDictionary(properties) ? properties.get('/MCID') : undefined;
  const kind = typeof number === 'number' ? 'tagged' : name === '/Artifact' ? 'artifact' : 'other';
  const outer = state.open.find((one) => one !== 'other');
  if (outer !== undefined && kind !== 'other') state.mixed.push(`${kind} in ${outer}`);
  if (kind === 'other' && outer === undefined) state.mixed.push(`${name} that is neither`);
  state.open.push(kind);
  if (typeof number !== 'number') return;
  if (state.marked.has(number)) state.repeated.push(number);
  state.marked.set(number, name);
}

function isString(value: Value): value is Buffer {
  return Buffer.isBuffer(value);
}
