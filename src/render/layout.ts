/** Lays out one attestation: what stands where, from the letterhead down to the footer. */
import type { Emblem, Issuer } from '../domain/attestation-type.ts';
import type { LayoutBlock } from '../domain/page-layout.ts';
import { prepareSeal, sectionsOf, writeSection } from './blocks.ts';
import { prepareCheckPanel } from './check-panel.ts';
import type { NameIn } from './fact-text.ts';
import { BOTTOM, Flow } from './flow.ts';
import type { Fonts } from './font.ts';
import { drawFurniture, drawLetterhead, drawWatermark } from './letterhead.ts';
import { Sheet } from './sheet.ts';
import { PAGE, SECTION_GAP } from './style.ts';
import type { Wording, WordingInput } from './wording.ts';

/** What all documents of an institution have in common. */
export interface House {
  readonly issuer: Issuer;
  readonly emblem: Emblem;
  /** Gives the short name of a joint committee, printed behind its number. */
  readonly jointCommitteeName: NameIn;
  /** Gives the name of a municipality by its NIS code. */
  readonly municipalityName: NameIn;
}

/** One document to lay out. */
export interface LayoutInput extends WordingInput {
  /** A preview: every page says so, and there is no field for a seal. */
  readonly isSpecimen?: boolean;
}

/**
 * Lays out one document.
 * @throws ServiceError `renderingFailed` as `Renderer.render` does
 */
export function layOut(house: House, fonts: Fonts, wording: Wording, input: LayoutInput): Sheet {
  const { issuer, emblem } = house;
  const { type, isSpecimen = false } = input;
  const number = wording.print('number', input.number);
  const author = wording.fixed('issuer', issuer.name[wording.language]).text;
  const sheet = new Sheet(fonts, issuer.colour, [wording.language, author]);
  const drawUnder = () => {
    if (isSpecimen) drawWatermark(sheet, wording);
  };
  drawUnder();
  const start = drawLetterhead(sheet, wording, issuer, emblem);
  const sections = sectionsOf(type.layout);
  const foot = sections.find(({ blocks }) => isAtFoot(blocks[0]));
  const panel = foot?.check && prepareCheckPanel(sheet, wording, input, foot.check);
  const panelY = panel === undefined ? PAGE.footer : PAGE.footer - SECTION_GAP - panel.height;

  const flow = new Flow(sheet, start, panel === undefined ? BOTTOM : panelY - SECTION_GAP, drawUnder);
  for (const section of sections) if (section !== foot) writeSection(flow, wording, section, input);
  sheet.turnTo(0);
  panel?.draw(sheet.root, panelY);
  const seal = foot?.blocks.find(({ kind }) => kind === 'seal');
  if (seal?.kind === 'seal') prepareSeal(sheet, wording, seal, isSpecimen);
  drawFurniture(sheet, wording, issuer, number);
  return sheet.finish();
}

function isAtFoot(block: LayoutBlock | undefined): boolean {
  return block?.kind === 'check' && block.place === 'foot';
}
