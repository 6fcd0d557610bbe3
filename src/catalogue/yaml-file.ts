/** Reads one YAML file of the templates and checks it; whatever is wrong is told with file, line and key. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ServiceError } from '../errors.ts';

/** The steps from the top of a file to a key: names of maps and positions in lists. */
export type KeyPath = readonly PropertyKey[];

/** What a file holds, and how to complain of it when it is looked at together with other files. */
export interface CheckedFile<T> {
  readonly value: T;
  /** Makes the error that names the file, the line of a key and the problem with it. */
  readonly fault: (key: KeyPath, problem: string) => ServiceError;
}

/**
 * Reads a YAML file and checks it against a schema.
 * @param folder the templates folder
 * @param name the file's path inside it, as errors name it
 * @throws ServiceError `templateInvalid` that says everything that is wrong, one sentence a line: file, line, key, problem
 */
export async function readYamlFile<T>(
  folder: string,
  name: string,
  schema: z.ZodType<T>,
): Promise<CheckedFile<T>> {
  const text = await readTemplateFile(folder, name);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  throwAll(
    [...document.errors, ...document.warnings].map((mistake) =>
      invalid(name, counter.linePos(mistake.pos[0]).line, undefined, mistake.message, mistake),
    ),
  );
  const fault = (key: KeyPath, problem: string) =>
    invalid(name, lineOf(document, counter, key), key, problem);
  const content: unknown = document.toJS();
  const result = schema.safeParse(content);
  if (result.success) return { value: result.data, fault };
  throwAll(
    result.error.issues.flatMap((issue) => keysOf(issue).map((key) => fault(key, problemOf(issue, content)))),
  );
  throw fault([], 'is not as it should be');
}

/** Throws one error that says all of these, one sentence a line; does nothing when there are none. */
export function throwAll(faults: readonly ServiceError[]): void {
  const [first] = faults;
  if (first === undefined) return;
  if (faults.length === 1) throw first;
  throw new ServiceError('templateInvalid', faults.map(({ message }) => message).join('\n'), {
    cause: first,
  });
}

/**
 * Waits for everything that is read and gives it in order.
 * @throws ServiceError `templateInvalid` that says what is wrong with any of it; what is no fault of the templates as it is
 */
export async function gather<T extends readonly unknown[] | []>(
  work: T,
): Promise<{ -readonly [At in keyof T]: Awaited<T[At]> }> {
  const reasons = (await Promise.allSettled(work)).flatMap((one): unknown[] =>
    one.status === 'rejected' ? [one.reason] : [],
  );
  const faults = reasons.filter(
    (reason): reason is ServiceError => reason instanceof ServiceError && reason.code === 'templateInvalid',
  );
  if (faults.length < reasons.length) throw reasons.find((reason) => !faults.some((one) => one === reason));
  throwAll(faults);
  return Promise.all(work);
}

/** Reads a file of the templates as text. @throws ServiceError `templateInvalid` when it cannot be read */
export async function readTemplateFile(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (cause) {
    throw new ServiceError('templateInvalid', `Template file ${name} cannot be read in ${folder}.`, {
      cause,
    });
  }
}

/** Makes the error that every unfit template ends in; without a key the whole line is meant. */
export function invalid(
  name: string,
  line: number,
  key: KeyPath | undefined,
  problem: string,
  cause?: unknown,
): ServiceError {
  const where = key === undefined || key.length === 0 ? '' : `key ${writeKey(key)} `;
  const sentence = `Template file ${name}, line ${line}: ${where}${problem}`;
  return new ServiceError(
    'templateInvalid',
    sentence.endsWith('.') ? sentence : `${sentence}.`,
    cause === undefined ? undefined : { cause },
  );
}

function writeKey(key: KeyPath): string {
  return key
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return index === 0 ? String(step) : `.${String(step)}`;
    })
    .join('');
}

/** Unknown keys are themselves the places; any other issue lies where zod says. */
function keysOf(issue: z.core.$ZodIssue): KeyPath[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

function problemOf(issue: z.core.$ZodIssue, content: unknown): string {
  if (issue.code === 'unrecognized_keys') return 'is not known';
  if (valueAt(content, issue.path) === undefined) return 'is missing';
  return `is not right: ${issue.message}`;
}

function valueAt(content: unknown, path: KeyPath): unknown {
  let found = content;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found;
}

/** Finds the line of a key; of a missing one, the line of the nearest key around it. */
function lineOf(document: Document.Parsed, counter: LineCounter, key: KeyPath): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of key) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      if (isScalar(item) || isMap(item) || isSeq(item)) offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  return counter.linePos(offset).line;
}
