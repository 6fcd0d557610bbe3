/** Checks one form against the tables of blocks and zones, and names what differs by its NSSO anomaly. */
import { type AnomalyCode, isAnomalyCode } from '../domain/anomaly.ts';
import { BLOCKS, type BlockTag, isBlockTag, type Slot } from './blocks.ts';
import type { XmlElement } from './form-reader.ts';
import { isZoneTag, isZoneValue, ZONES, type ZoneTag } from './zones.ts';

/** The form itself is wrong: an element, attribute or text that the schema does not have there. Ours: see `anomalies.ts`. */
const MISFORMED: AnomalyCode = '90059-003';

/** Gives every anomaly that the schema finds in a form; none when `Dimona_20223.xsd` takes it. */
export function checkForm(form: XmlElement): AnomalyCode[] {
  return checkBlock(form, 'Form');
}

/** The anomaly of a zone that is there with a value of wrong form. */
export function invalidZone(tag: ZoneTag): AnomalyCode {
  return zoneAnomaly(tag, '003');
}

function checkBlock(element: XmlElement, tag: BlockTag): AnomalyCode[] {
  const { slots } = BLOCKS[tag];
  const codes = checkInside(element);
  let current = -1;
  let count = 0;
  for (const child of element.children) {
    const index = slots.findIndex(({ names }) => (names as readonly string[]).includes(child.name));
    const slot = slots[index];
    if (slot === undefined || index < current) codes.push(MISFORMED);
    else {
      count = index === current ? count + 1 : 1;
      current = index;
      if (count > slot.most) codes.push(child.name === 'Reference' ? '90082-006' : MISFORMED);
    }
    // What stands in the wrong place is looked at all the same, so that all anomalies are told at once.
    if (slot !== undefined) codes.push(...checkElement(child));
  }
  return [...codes, ...slots.flatMap((slot) => checkPresence(slot, element))];
}

/** A block holds no text, and no element of the message has attributes. */
function checkInside({ text, hasAttributes }: XmlElement): AnomalyCode[] {
  return hasAttributes || /[^ \t\n\r]/.test(text) ? [MISFORMED] : [];
}

function checkElement(element: XmlElement): AnomalyCode[] {
  const { name } = element;
  if (isBlockTag(name)) return checkBlock(element, name);
  const codes: AnomalyCode[] = element.hasAttributes || element.children.length > 0 ? [MISFORMED] : [];
  if (isZoneTag(name) && !isZoneValue(name, element.text)) codes.push(invalidZone(name));
  return codes;
}

function checkPresence({ names, least }: Slot, element: XmlElement): AnomalyCode[] {
  const [name] = names;
  if (least === 0 || name === undefined || element.children.some((child) => child.name === name)) return [];
  // The one block that is mandatory: a worker who is not there at all is not identified either.
  return [isZoneTag(name) ? zoneAnomaly(name, '001') : '90017-363'];
}

/** The glossary has no "invalid" for the risk of an activity (00041): there the form is at fault. */
function zoneAnomaly(tag: ZoneTag, kind: '001' | '003'): AnomalyCode {
  const code = `${ZONES[tag].code}-${kind}`;
  return isAnomalyCode(code) ? code : MISFORMED;
}
