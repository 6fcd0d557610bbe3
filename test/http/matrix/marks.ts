/** What gives a party away: names, numbers and ids, each with those who may come to see it. */
import assert from 'node:assert/strict';
import { DEMO_CITIZENS } from '../../../src/embedded/demo.ts';
import type { TestService } from '../../support/service.ts';
import { PARTIES, type Party } from './callers.ts';
import type { Thing, ThingKind } from './world.ts';

export interface Marks {
  readonly count: number;
  /**
   * Finds the marks in a text that none of the parties may see; those of the request itself tell its sender nothing.
   */
  foundIn(text: string, parties: readonly string[], request: string): readonly string[];
}

interface Mark {
  readonly text: string;
  readonly what: string;
  readonly known: readonly string[];
}

/** Citizen, employer and agency that have to do with each other; the institution has to do with everybody. */
const CIRCLES = [
  ['lukasz', 'employerA', 'agencyA', 'institution', 'source'],
  ['amelie', 'employerB', 'agencyB', 'institution', 'source'],
  ['serban', 'institution', 'source'],
] as const;

/** Who acts for whom by a mandate comes to know them. */
const ACTING: Readonly<Record<string, readonly string[]>> = {
  employerA: ['agencyA'],
  lukasz: ['serban'],
  serban: ['lukasz'],
};
const actingFor = (who: string): readonly string[] => ACTING[who] ?? [];

const circleOf = (who: string): readonly string[] => CIRCLES.find((circle) => circle[0] === who) ?? [];

type Things = Readonly<Record<ThingKind, readonly Thing[]>>;

/** Reads what stands in the register about each, and what their things are called. */
export async function readMarks({ database }: TestService, things: Things): Promise<Marks> {
  const marks: Mark[] = [];
  const add = (what: string, known: readonly string[], ...texts: readonly (string | null)[]) =>
    marks.push(...texts.flatMap((text) => (text === null ? [] : [{ text, what, known }])));
  for (const citizen of DEMO_CITIZENS.filter(({ personId }) => circleOf(personId).length > 0)) {
    const { personId, ssin, familyName, email } = citizen;
    add(
      `who ${personId} is`,
      [...circleOf(personId), ...actingFor(personId)],
      ...formsOf(ssin),
      familyName,
      familyName.toUpperCase(),
      email,
    );
    const box = [personId, 'institution'];
    for (const row of await boxOf(database, familyName)) {
      const circle = circleOf(personId);
      add(`the id of ${personId}`, circle, row.personId);
      add(`the box of ${personId}`, box, row.messageId, row.attachmentId);
      const agencies = circle.filter((who) => !who.startsWith('emp'));
      add(`an attestation of ${personId}`, agencies, row.attestationId);
      add(`an attestation of ${personId}`, row.byBatch ? agencies : box, row.number);
    }
  }
  for (const [party, name] of Object.entries({ employerA: 'Alfa Fruit', employerB: 'Bravo Serres' }))
    add(`who ${party} is`, circleAround(party), name, PARTIES[party as Party].number);
  add('who agencyB is', circleAround('agencyB'), PARTIES.agencyB.number);
  for (const kind of [
    'declaration',
    'dimonaFile',
    'batch',
    'waitingBatch',
    'pageBatch',
    'registerFile',
    'heldReport',
    'heldDelivery',
  ] as const)
    for (const { owner, id } of things[kind])
      if (owner in PARTIES)
        add(`a ${kind} of ${owner}`, [owner, 'institution', ...citizensOf(owner), ...actingFor(owner)], id);
  for (const kind of ['dataRequest', 'openRequest', 'undecidedRequest'] as const)
    for (const { owner, id } of things[kind])
      if (owner in PARTIES) add(`a ${kind} of ${owner}`, [owner, 'institution'], id);
  for (const kind of ['deliberation', 'changedDeliberation', 'endedDeliberation'] as const)
    for (const { owner, id } of things[kind])
      if (owner in PARTIES) add(`a ${kind} for ${owner}`, [owner, 'institution', ...citizensOf(owner)], id);
  for (const kind of ['mandate', 'revokedMandate'] as const)
    for (const { owner, id } of things[kind])
      if (owner in PARTIES) add(`a ${kind} of ${owner}`, circleAround(owner), id);
  for (const { owner, id } of [...things.subscription, ...things.endedSubscription])
    if (owner in PARTIES) add(`a subscription of ${owner}`, [owner], id);
  for (const { owner, second } of things.delivery)
    if (owner in PARTIES) add(`a delivery to ${owner}`, [owner], second ?? null);
  for (const { owner, id } of things.period) add(`a period of ${owner}`, circleAround(owner), id);
  for (const { owner, id } of things.code) if (owner in PARTIES) add(`the code of ${owner}`, [owner], id);
  assert.ok(marks.every(({ text }) => text.length > 6));
  return {
    count: marks.length,
    foundIn: (text, parties, request) =>
      marks
        .filter(({ known }) => !known.some((party) => parties.includes(party)))
        .filter((mark) => text.includes(mark.text) && !request.includes(mark.text))
        .map(({ what }) => what),
  };
}

/** As it is sent, and as it is shown. */
function formsOf(ssin: string): readonly string[] {
  const [, year, month, day, serial, check] = /^(..)(..)(..)(...)(..)$/.exec(ssin) ?? [];
  return [ssin, `${year}.${month}.${day}-${serial}.${check}`];
}

function circleAround(party: string): readonly string[] {
  return CIRCLES.filter((circle) => circle.some((who) => who === party)).flat();
}

/** Citizens find the things of those who have to do with them among the accesses to their data. */
function citizensOf(party: string): readonly string[] {
  return CIRCLES.filter((circle) => circle.some((who) => who === party)).map(([citizen]) => citizen);
}

interface BoxRow {
  readonly personId: string;
  readonly messageId: string;
  readonly attachmentId: string;
  readonly attestationId: string;
  readonly number: string;
  readonly byBatch: boolean;
}

function boxOf(database: TestService['database'], familyName: string): Promise<BoxRow[]> {
  return database.query<BoxRow>(
    `select m.person_id as "personId", m.message_id as "messageId", attachment_id as "attachmentId",
       a.attestation_id as "attestationId", number,
       exists (select from batch_row b where b.attestation_id = a.attestation_id) as "byBatch"
     from person p join message m on m.person_id = p.person_id join attachment t on t.message_id = m.message_id
     join attestation a on a.attestation_id = m.attestation_id where p.family_name = $1`,
    [familyName],
  );
}
