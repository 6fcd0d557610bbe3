/** Form of a Dimona file (schema 2022/3) → declaration, with everything the form itself has wrong. */
import type { AnomalyCode } from '../domain/anomaly.ts';
import type { Action, Declaration } from '../domain/declaration.ts';
import { brusselsDate, brusselsInstant, type LocalDate } from '../domain/period.ts';
import { isPrintable } from '../domain/text.ts';
import { ACTION_TAGS } from './blocks.ts';
import { readAction, valueOf, zone } from './form-action.ts';
import { checkForm, invalidZone } from './form-check.ts';
import type { FormXml, XmlElement } from './form-reader.ts';
import { isZoneValue } from './zones.ts';

/** A reference that the declarant gave the form (block 90082). */
export interface Reference {
  /** 1 the form itself, 6 a refused declaration, 7 the employer, 8 the worker. */
  readonly type: '1' | '6' | '7' | '8';
  readonly number: string;
}

/** How a form names itself, as received; the answer repeats it. */
export interface FormHead {
  readonly identification?: string;
  readonly creationDate?: string;
  readonly creationHour?: string;
  readonly attestationStatus?: string;
  readonly typeForm?: string;
}

/** One form, read. */
export interface ReadDeclaration {
  readonly declaration: Declaration;
  readonly head: FormHead;
  /** The first of each type. */
  readonly references: readonly Reference[];
  /** The reference by which the declarant knows this form again (type 1). */
  readonly messageReference?: string;
}

/**
 * Reads one form; never fails. Every anomaly of the form is in `formAnomalies`, and what could be read is there for the
 * other checks. `receivedAt` stands in for a creation time that cannot be read or lies later than receipt.
 */
export function toDeclaration(form: FormXml, receivedAt: Date): ReadDeclaration {
  const { root } = form;
  const receivedOn = brusselsDate(receivedAt);
  const references = readReferences(root);
  const messageReference = references.find(({ type }) => type === '1')?.number;
  const actionBlocks = root.children.filter(({ name }) => (ACTION_TAGS as readonly string[]).includes(name));
  const codes = [
    ...checkForm(root),
    ...checkHead(root, receivedOn),
    ...checkReferences(root),
    ...checkActions(actionBlocks),
  ];
  const [block] = actionBlocks;
  const action = actionBlocks.length === 1 && block ? ACTIONS_BY_TAG[block.name] : undefined;
  const declaredAt = createdAt(root, receivedAt);
  const declaration: Declaration = {
    declaredAt,
    declaredOn: brusselsDate(declaredAt),
    receivedOn,
    ...(action && block && { action, ...readAction(block) }),
    formAnomalies: [...new Set(codes)].sort().map((code) => ({ code })),
  };
  const head = {
    ...zone(root, 'identification', 'Identification'),
    ...zone(root, 'creationDate', 'FormCreationDate'),
    ...zone(root, 'creationHour', 'FormCreationHour'),
    ...zone(root, 'attestationStatus', 'AttestationStatus'),
    ...zone(root, 'typeForm', 'TypeForm'),
  };
  return { declaration, head, references, ...(messageReference !== undefined && { messageReference }) };
}

/** Daily registrations are for other worker types: this service does not take them. */
const ACTIONS_BY_TAG: Readonly<Record<string, Action>> = {
  DimonaIn: 'in',
  DimonaOut: 'out',
  DimonaUpdate: 'update',
  DimonaCancel: 'cancel',
};

/** What the glossary demands beyond the schema: status 0, and no creation in the future. Older forms may be replayed. */
function checkHead(form: XmlElement, receivedOn: LocalDate): AnomalyCode[] {
  const codes: AnomalyCode[] = [];
  const status = valueOf(form, 'AttestationStatus');
  if (status !== undefined && status !== '0') codes.push(invalidZone('AttestationStatus'));
  const date = valueOf(form, 'FormCreationDate');
  if (date !== undefined && date > receivedOn) codes.push(invalidZone('FormCreationDate'));
  return codes;
}

/**
 * "Too many identical occurrences": each of the four types once, as the four references allow. And a reference by which a
 * form is known again, and which its answer repeats, must be one that people can see.
 */
function checkReferences(form: XmlElement): AnomalyCode[] {
  const types = form.children
    .filter(({ name }) => name === 'Reference')
    .map((reference) => valueOf(reference, 'ReferenceType'))
    .filter((type) => type !== undefined);
  const isUnseen = readReferences(form).some(({ number }) => !isPrintable(number));
  return [
    ...(new Set(types).size < types.length ? (['90082-006'] as const) : []),
    ...(isUnseen ? [invalidZone('ReferenceNbr')] : []),
  ];
}

function checkActions(blocks: readonly XmlElement[]): AnomalyCode[] {
  if (blocks.length === 0) return ['90059-134'];
  return blocks.some(({ name }) => name === 'DailyRegistrationDeclaration') ? ['90480-003'] : [];
}

function readReferences(form: XmlElement): Reference[] {
  const references: Reference[] = [];
  for (const element of form.children.filter(({ name }) => name === 'Reference')) {
    const type = (['1', '6', '7', '8'] as const).find((one) => one === valueOf(element, 'ReferenceType'));
    const number = valueOf(element, 'ReferenceNbr');
    if (type === undefined || number === undefined || !isZoneValue('ReferenceNbr', number)) continue;
    if (!references.some((one) => one.type === type)) references.push({ type, number });
  }
  return references;
}

function createdAt(form: XmlElement, receivedAt: Date): Date {
  const date = valueOf(form, 'FormCreationDate');
  const hour = valueOf(form, 'FormCreationHour');
  if (date === undefined || !isZoneValue('FormCreationDate', date)) return receivedAt;
  if (hour === undefined || !isZoneValue('FormCreationHour', hour)) return receivedAt;
  // `isZoneValue` has just said that it is a day.
  const created = brusselsInstant(date as LocalDate, hour);
  return created < receivedAt ? created : receivedAt;
}
