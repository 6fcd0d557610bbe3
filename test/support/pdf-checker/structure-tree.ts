/** Reads the structure tree (ISO 32000-1, 14.7.2). */
import type { PdfFile } from './file.ts';
import { asName, type Dictionary, isDictionary, isReference, type Value } from './values.ts';

export interface StructureElement {
  readonly number: number;
  /** Its type, `/H1`. */
  readonly type: string;
  readonly dictionary: Dictionary;
  readonly parent: StructureElement | undefined;
  readonly children: readonly StructureElement[];
  /** Its marked content: identifiers of its page, or where they say so of another. */
  readonly content: readonly { readonly page: Value | undefined; readonly mcid: number }[];
  /** References to objects such as annotations. */
  readonly objects: readonly Value[];
}

/** Lists all elements in the order in which they are read aloud. */
export function readStructure(file: PdfFile): StructureElement[] {
  const root = file.dictionary(file.catalog.get('/StructTreeRoot'));
  const found: StructureElement[] = [];
  for (const kid of kidsOf(file, root)) addElement(file, kid, undefined, found);
  return found;
}

/** Gives an attribute of an element (ISO 32000-1, 14.7.5). */
export function attributeOf(
  file: PdfFile,
  { dictionary }: StructureElement,
  name: string,
): Value | undefined {
  const attributes = file.resolve(dictionary.get('/A'));
  const all = Array.isArray(attributes) ? (attributes as readonly Value[]) : [attributes];
  return all.map((one) => file.dictionary(one).get(name)).find((one) => one !== undefined);
}

function kidsOf(file: PdfFile, dictionary: Dictionary): readonly Value[] {
  const kids = dictionary.get('/K');
  if (kids === undefined) return [];
  const list = file.list(kids);
  return list.length > 0 ? list : [kids];
}

function addElement(
  file: PdfFile,
  kid: Value,
  parent: StructureElement | undefined,
  found: StructureElement[],
): void {
  if (!isReference(kid) || found.some(({ number }) => number === kid.ref)) return;
  const dictionary = file.dictionary(kid);
  const children: StructureElement[] = [];
  const content: { page: Value | undefined; mcid: number }[] = [];
  const objects: Value[] = [];
  const type = asName(file.resolve(dictionary.get('/S')));
  const element: StructureElement = { number: kid.ref, type, dictionary, parent, children, content, objects };
  found.push(element);
  if (parent !== undefined) (parent.children as StructureElement[]).push(element);
  for (const one of kidsOf(file, dictionary)) {
    const inner = file.resolve(one);
    if (typeof one === 'number') content.push({ page: dictionary.get('/Pg'), mcid: one });
    else if (isDictionary(inner) && inner.get('/Type') === '/OBJR') objects.push(inner.get('/Obj') ?? null);
    else if (isDictionary(inner) && inner.get('/Type') === '/MCR') {
      const mcid = inner.get('/MCID');
      content.push({
        page: inner.get('/Pg') ?? dictionary.get('/Pg'),
        mcid: typeof mcid === 'number' ? mcid : -1,
      });
    } else addElement(file, one, element, found);
  }
}
