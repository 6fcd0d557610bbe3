/** Reads a file of Dimona forms piece by piece: each form as a small tree, with its own text. */
import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { EncodingError, readText } from './form-text.ts';
import { FormFileRefusal, type RefusalReason } from './refusal.ts';

/** An element with what it holds. Names in a namespace, which the message does not have, begin with `{`. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** All text directly inside, comments left out. */
  readonly text: string;
  /** Whether it has attributes other than hints at a schema's place. */
  readonly hasAttributes: boolean;
}

/** One form of a file. */
export interface FormXml {
  /** Its place in the file, from 1. */
  readonly number: number;
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** Its text from `<Form` to `</Form>`, which `readForm` reads again. */
  readonly raw: string;
  readonly root: XmlElement;
}

/** What a file may hold. */
export interface FormLimits {
  /** Bytes of one form, and of anything between forms. */
  readonly maxFormBytes: number;
  readonly maxForms?: number;
}

/** The schema's deepest element stands at 7. */
const MAX_DEPTH = 16;
/** So many characters are parsed before limits are looked at. */
const SLICE = 16_384;
const SCHEMA_INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';

/**
 * Reads `Dimona > Form+`. Nothing is resolved or expanded but the five entities and character references.
 * Forms come while the file is still being read, so only the end tells that the whole file is well-formed.
 * @throws FormFileRefusal when the file cannot be read; forms that came before it belong to a refused file
 */
export async function* readForms(
  chunks: AsyncIterable<Uint8Array | string>,
  limits: FormLimits,
): AsyncGenerator<FormXml> {
  const text = readText();
  const reader = new FormReader(limits);
  for await (const chunk of chunks) yield* reader.read(() => text.read(chunk));
  yield* reader.read(() => text.end());
  reader.end();
}

/**
 * Reads one form again from the text that `readForms` gave of it. What the file's root declared is not there any more:
 * prefixes other than `xsi` stand for namespaces that the message does not know, as they did before.
 * @throws FormFileRefusal when the text is not one form
 */
export function readForm(raw: string): FormXml {
  const reader = new FormReader({ maxFormBytes: Number.POSITIVE_INFINITY, maxForms: 1 }, undeclaredNamespace);
  const [form] = [...reader.read(() => `<Dimona>${raw}</Dimona>`)];
  reader.end();
  if (form === undefined) throw new FormFileRefusal('noForm', 'no form', { line: 1, column: 0 });
  return form;
}

/** The parser asks for the namespace of elements without prefix too. */
function undeclaredNamespace(prefix: string): string {
  if (prefix === '') return '';
  return prefix === 'xsi' ? SCHEMA_INSTANCE : `urn:undeclared:${prefix}`;
}

interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}

/** The state of a file being read. */
class FormReader {
  readonly #parser: SaxesParser<{ xmlns: true }>;
  readonly #limits: FormLimits;
  /** The elements that are open inside the root, the form first. */
  readonly #open: OpenElement[] = [];
  #isInRoot = false;
  #ready: FormXml[] = [];
  #count = 0;
  #line = 1;
  /** What was parsed since the last form began or ended, and the position of its first character. */
  #text = '';
  #start = 0;

  constructor(limits: FormLimits, resolvePrefix?: (prefix: string) => string) {
    this.#limits = limits;
    this.#parser = new SaxesParser({
      xmlns: true,
      defaultXMLVersion: '1.0',
      forceXMLVersion: true,
      ...(resolvePrefix && { resolvePrefix }),
    });
    this.#parser.on('error', (error) => this.#refuse('illFormed', error.message.replace(/^\d+:\d+: /, '')));
    this.#parser.on('doctype', () => this.#refuse('doctypeForbidden', 'a document type declaration'));
    this.#parser.on('processinginstruction', () =>
      this.#refuse('processingInstructionForbidden', 'a processing instruction'),
    );
    this.#parser.on('opentagstart', (tag) => this.#startTag(tag.name));
    this.#parser.on('opentag', (tag) => this.#openTag(tag));
    this.#parser.on('closetag', () => this.#closeTag());
    this.#parser.on('text', (text) => this.#addText(text));
    this.#parser.on('cdata', (text) => this.#addText(text));
  }

  /** Parses more text and gives the forms that are complete with it. */
  *read(decode: () => string): Generator<FormXml> {
    const text = this.#decoded(decode);
    for (let index = 0; index < text.length; index += SLICE) {
      const slice = text.slice(index, index + SLICE);
      this.#text += slice;
      this.#parser.write(slice);
      if (this.#text.length > this.#limits.maxFormBytes) this.#refuseSize();
      const ready = this.#ready;
      this.#ready = [];
      yield* ready;
    }
  }

  end(): void {
    this.#parser.close();
    if (this.#count === 0) this.#refuse('noForm', 'no form');
  }

  #decoded(decode: () => string): string {
    try {
      return decode();
    } catch (error) {
      if (error instanceof EncodingError) this.#refuse('wrongEncoding', error.message);
      throw error;
    }
  }

  /** A tag's name has been read, and one character more. */
  #startTag(name: string): void {
    if (this.#open.length >= MAX_DEPTH) this.#refuse('tooDeep', 'elements too deep');
    if (!this.#isInRoot || this.#open.length > 0) return;
    const { position, line } = this.#parser;
    this.#dropUntil(this.#start + this.#text.lastIndexOf('<', position - this.#start - 1));
    const isLineEnd = /[\r\n]/.test(this.#text.charAt(name.length + 1));
    this.#line = isLineEnd ? line - 1 : line;
  }

  #openTag(tag: SaxesTagNS): void {
    const element: OpenElement = {
      name: tag.uri === '' ? tag.local : `{${tag.uri}}${tag.local}`,
      children: [],
      text: '',
      hasAttributes: Object.values(tag.attributes).some((attribute) => !isSchemaHint(attribute)),
    };
    if (!this.#isInRoot) {
      if (element.name !== 'Dimona') this.#refuse('wrongRoot', 'the root is not Dimona');
      if (element.hasAttributes) this.#refuse('unexpectedContent', 'an attribute of the root');
      this.#isInRoot = true;
      this.#dropUntil(this.#parser.position);
      return;
    }
    if (this.#open.length === 0 && element.name !== 'Form')
      this.#refuse('unexpectedContent', 'an element beside the forms');
    this.#open.at(-1)?.children.push(element);
    this.#open.push(element);
  }

  #closeTag(): void {
    const root = this.#open.pop();
    if (root === undefined || this.#open.length > 0) return;
    this.#count += 1;
    if (this.#count > (this.#limits.maxForms ?? Number.POSITIVE_INFINITY))
      this.#refuse('tooManyForms', 'too many forms');
    const raw = this.#text.slice(0, this.#parser.position - this.#start);
    if (Buffer.byteLength(raw) > this.#limits.maxFormBytes) this.#refuseSize();
    this.#ready.push({ number: this.#count, line: this.#line, raw, root });
    this.#dropUntil(this.#parser.position);
  }

  #addText(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += text;
    else if (this.#isInRoot && /[^ \t\n\r]/.test(text))
      this.#refuse('unexpectedContent', 'text beside the forms');
  }

  #dropUntil(position: number): void {
    this.#text = this.#text.slice(position - this.#start);
    this.#start = position;
  }

  #refuseSize(): never {
    const { maxFormBytes } = this.#limits;
    return this.#refuse(
      'formTooLarge',
      `a form or what stands beside it has more than ${maxFormBytes} bytes`,
    );
  }

  #refuse(reason: RefusalReason, message: string): never {
    throw new FormFileRefusal(reason, message, this.#parser);
  }
}

/** The two attributes that any element may have: where the sender's copy of the schema lies. Nobody looks there. */
function isSchemaHint({ uri, local, prefix }: SaxesAttributeNS): boolean {
  if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns')) return true;
  return uri === SCHEMA_INSTANCE && (local === 'noNamespaceSchemaLocation' || local === 'schemaLocation');
}
