/** Lays out one attestation, from the letterhead down to the footer: first across the page, then down. */
import type { Emblem, Issuer } from '../domain/attestation-type.ts';
import type { LayoutBlock } from '../domain/page-layout.ts';
import { measureSeal, measureSection, sectionsOf } from './blocks.ts';
import { measureCheckPanel } from './check-panel.ts';
import type { NameIn } from './fact-text.ts';
import { BOTTOM, Flow } from './flow.ts';
import type { Fonts } from './font.ts';
import { measureFurniture, measureLetterhead, placeWatermark } from './letterhead.ts';
import { Measure } from './measure.ts';
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

/** A document that was measured. */
export interface Layout {
  /** Its texts; documents of one key differ in nothing else. */
  readonly measure: Measure;
  readonly key: readonly number[];
  /**
   * Places everything.
   * @throws ServiceError `renderingFailed` when what must stay together is longer than a page
   */
  readonly place: () => Sheet;
}

/**
 * Measures one document.
 * @throws ServiceError `renderingFailed` as `Renderer.render` does
 */
export function layOut(house: House, fonts: Fonts, wording: Wording, input: LayoutInput): Layout {
  const { issuer, emblem } = house;
  const { type, isSpecimen = false } = input;
  const measure = new Measure(fonts);
  const { id, sections } = sectionsOf(type.layout);
  measure.note(id);
  measure.note(isSpecimen ? 1 : 0);
  const placeLetterhead = measureLetterhead(measure, wording, issuer, emblem);
  const foot = sections.find(({ blocks }) => isAtFoot(blocks[0]));
  const panel = foot?.check && measureCheckPanel(measure, wording, input, foot.check);
  const places = sections.flatMap((one) =>
    one === foot ? [] : measureSection(measure, wording, one, input),
  );
  const seal = foot?.blocks.find(({ kind }) => kind === 'seal');
  const placeSeal = seal?.kind === 'seal' ? measureSeal(measure, wording, seal, isSpecimen) : undefined;
  const placeFurniture = measureFurniture(measure, wording, issuer);
  const place = () => {
    const sheet = new Sheet(fonts, issuer.colour);
    const drawUnder = () => {
      if (isSpecimen) placeWatermark(sheet, wording);
    };
    drawUnder();
    const start = placeLetterhead(sheet);
    const panelY = panel === undefined ? PAGE.footer : PAGE.footer - SECTION_GAP - panel.height;
    const flow = new Flow(sheet, start, panel === undefined ? BOTTOM : panelY - SECTION_GAP, drawUnder);
    for (const placeNext of places) placeNext(flow);
    sheet.turnTo(0);
    panel?.place(sheet, panelY);
    placeSeal?.({ sheet });
    placeFurniture(sheet);
    return sheet;
  };
  return { measure, key: measure.finish(), place };
}

function isAtFoot(block: LayoutBlock | undefined): boolean {
  return block?.kind === 'check' && block.place === 'foot';
}
