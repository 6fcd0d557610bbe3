/** Lays out one attestation: what stands where, from the letterhead down to the footer. */
import type { Emblem, Issuer, LayoutBlock } from '../domain/attestation-type.ts';
import { formatInstant } from './calendar.ts';
import { prepareCheckPanel } from './check-panel.ts';
import { type ColumnContent, writeColumns } from './columns.ts';
import { type CommitteeName, writeDayTable } from './day-table.ts';
import { Flow } from './flow.ts';
import type { Fonts } from './font.ts';
import { drawFurniture, drawLetterhead } from './letterhead.ts';
import { Sheet } from './sheet.ts';
import { BODY, PAGE, SECTION_GAP } from './style.ts';
import type { Phrase } from './text.ts';
import type { Wording, WordingInput } from './wording.ts';

/** What all documents of an institution have in common. */
export interface House {
  readonly issuer: Issuer;
  readonly emblem: Emblem;
  /** Gives the short name of a joint committee, printed behind its number. */
  readonly jointCommitteeName: CommitteeName;
}

/** One document to lay out. */
export interface LayoutInput extends WordingInput {
  readonly issuedAt: Date;
  /** The number of the attestation that this one replaces. */
  readonly supersedes?: string;
}

/**
 * Lays out one document.
 * @throws ServiceError `renderingFailed` as `Renderer.render` does
 */
export function layOut(house: House, fonts: Fonts, wording: Wording, input: LayoutInput): Sheet {
  const { issuer, emblem, jointCommitteeName } = house;
  const number = wording.print('number', input.number);
  const author = wording.fixed('issuer', issuer.name[wording.language]).text;
  const sheet = new Sheet(fonts, issuer.colour, [wording.language, author]);
  const start = drawLetterhead(sheet, wording, issuer, emblem);
  const panel = prepareCheckPanel(sheet, wording, input);
  const panelY = PAGE.footer - SECTION_GAP - panel.height;

  const flow = new Flow(sheet, start, panelY - SECTION_GAP);
  writeIdentity(flow, wording, number, input);
  for (const blocks of groupBlocks(input.type.layout))
    writeBlocks(flow, wording, blocks, input, jointCommitteeName);
  sheet.turnTo(0);
  panel.draw(sheet.root, panelY);
  sheet.addField(sheet.addElement(sheet.root, 'Form'), wording.word('sealName'));
  drawFurniture(sheet, wording, issuer, number);
  return sheet.finish();
}

/** Number, date of issue and what the document replaces, below the title. */
function writeIdentity(flow: Flow, wording: Wording, number: Phrase, input: LayoutInput): void {
  const value = (key: 'number' | 'issuedOn' | 'supersedes', text: Phrase) => ({
    label: wording.word(key),
    value: text,
    isAbsent: false,
  });
  const { supersedes, issuedAt } = input;
  const replaced =
    supersedes === undefined ? [] : [value('supersedes', wording.print('supersedes', supersedes))];
  const issuedOn = wording.print('issuedOn', formatInstant(issuedAt, wording.language));
  writeColumns(flow, [
    { kind: 'values', values: [value('number', number), ...replaced] },
    { kind: 'values', values: [value('issuedOn', issuedOn)] },
  ]);
}

/** Two blocks of fields, or two notices, that follow each other go side by side. */
function groupBlocks(layout: readonly LayoutBlock[]): LayoutBlock[][] {
  const groups: LayoutBlock[][] = [];
  for (const block of layout) {
    const last = groups.at(-1);
    const mayPair = block.kind === 'fields' || block.kind === 'notice';
    if (mayPair && last?.length === 1 && last[0]?.kind === block.kind) last.push(block);
    else groups.push([block]);
  }
  return groups;
}

function writeBlocks(
  flow: Flow,
  wording: Wording,
  blocks: readonly LayoutBlock[],
  { facts }: LayoutInput,
  committeeName: CommitteeName,
): void {
  const columns: ColumnContent[] = [];
  for (const block of blocks) {
    switch (block.kind) {
      case 'paragraph':
        flow.y += SECTION_GAP;
        flow.writeText('P', BODY, wording.word(block.text));
        break;
      case 'days':
        writeDayTable(flow, wording, block.heading, block.columns, facts.days, committeeName);
        break;
      case 'fields': {
        const values = block.fields.map((name) => wording.field(name));
        columns.push({ kind: 'values', heading: wording.word(block.heading), values });
        break;
      }
      case 'notice':
        columns.push({ kind: 'text', heading: wording.word(block.heading), text: wording.word(block.text) });
        break;
    }
  }
  if (columns.length > 0) writeColumns(flow, columns);
}
