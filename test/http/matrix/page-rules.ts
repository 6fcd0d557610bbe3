/** Who may see and do what at the pages: one rule for each, by its name; a page without a rule fails the test. */

import type { DeskRight } from '../../../src/domain/desk-right.ts';
import { demoSsin } from '../../support/service.ts';
import { DESK_RULES } from './desk-rules.ts';
import type { Form } from './form.ts';
import { csvOf, type Thing, type ThingKind } from './world.ts';

export interface PageRule {
  /** `begun`: the browser that began what this ends. */
  readonly may: 'everybody' | 'person' | 'official' | 'begun';
  /** What an official’s login must name; nobody who acts by a mandate has it. */
  readonly right?: DeskRight;
  /** For officials of the institution that runs the service. */
  readonly isForInstitution?: boolean;
  readonly about?: ThingKind;
  /** Whoever is answered learns what the thing's owner may know of it: they hold the document. */
  readonly isForHolders?: boolean;
  /** What stands in the address of a page that is about nobody's thing. */
  readonly id?: string;
  readonly second?: string;
  readonly query?: string;
  readonly form?: (thing: Thing) => Form;
  /** The status where it is allowed, 200 unless given. */
  readonly works?: number;
  /** The status for a thing that there is not, or is not theirs: 404 unless given. */
  readonly otherwise?: number;
  /** The status for an id that cannot be one: as `otherwise` unless given. */
  readonly malformed?: number;
  /** What is asked about is of one browser, or of the first who asks: whoever acts for another is left out. */
  readonly isOwnAlone?: boolean;
  /** Each answer takes as long as a document: two callers stand for all, as everybody may. */
  readonly isCostly?: true;
  /** Ends the session that asks. */
  readonly endsSession?: boolean;
}

const publicly: PageRule = { may: 'everybody' };
const ofBatch: PageRule = { may: 'official', about: 'pageBatch' };

export const PAGE_RULES: Readonly<Record<string, PageRule>> = {
  home: publicly,
  login: { may: 'everybody', works: 303 },
  // Right for the browser that began the login, which has no login yet; others have an answer that they did not ask for.
  loginCallback: { may: 'begun', query: '?code=x&state=x', works: 303 },
  logout: { may: 'person', works: 303, form: () => ({}), endsSession: true },
  goodbye: publicly,
  accessibility: publicly,
  developer: publicly,
  apiGroup: { may: 'everybody', id: 'dimona' },
  problems: publicly,
  problem: { may: 'everybody', id: 'badRequest' },
  declaration: { may: 'official' },
  inbox: { may: 'person' },
  archiveMessage: { may: 'person', about: 'message', works: 303, form: () => ({}) },
  restoreMessage: { may: 'person', about: 'message', works: 303, form: () => ({}) },
  askForPaper: { may: 'person', about: 'message', works: 303, form: () => ({}) },
  inboxPicture: { may: 'person', about: 'attachment', isCostly: true },
  inboxMessage: { may: 'person', about: 'message' },
  inboxEvidence: { may: 'person', about: 'message' },
  inboxEvidenceData: { may: 'person', about: 'message' },
  inboxDocument: { may: 'person', about: 'attachment' },
  shareAttestation: { may: 'person', about: 'message', works: 303, form: () => ({ fields: { days: '7' } }) },
  endShare: {
    isOwnAlone: true,
    may: 'person',
    about: 'share',
    works: 303,
    form: ({ second }) => ({ fields: { share: second ?? '' } }),
  },
  sharedAttestation: { may: 'everybody', about: 'shareCode', isForHolders: true },
  myData: { may: 'person' },
  myDataRecord: { may: 'person' },
  myDataTable: { may: 'person' },
  notices: { may: 'person' },
  changeNotices: {
    may: 'person',
    works: 303,
    form: () => ({ fields: { wish: 'yes', language: 'nl' } }),
  },
  mandates: { may: 'person' },
  // A number that is none, so that nobody begins to act: who does is there as a visitor.
  chooseMandate: { may: 'person', works: 400, form: () => ({ fields: { employer: '1' } }) },
  // After the pages that are of somebody: whoever acted for another acts for themselves from here on.
  endMandate: { may: 'person', works: 303, form: () => ({}) },
  sessions: { may: 'person' },
  // One that is not theirs: of others’ sessions nothing ends, as the cells that follow show.
  endSessions: { may: 'person', works: 303, form: () => ({ fields: { session: 'ab'.repeat(32) } }) },
  verify: publicly,
  verifyFile: {
    may: 'everybody',
    about: 'document',
    isForHolders: true,
    works: 303,
    otherwise: 303,
    form: ({ bytes }) => ({ file: { name: 'attestation.pdf', bytes: bytes ?? Buffer.alloc(0) } }),
  },
  verifyReports: { may: 'everybody', about: 'report', isOwnAlone: true },
  verifyPicture: { may: 'everybody', about: 'report', isOwnAlone: true, isCostly: true },
  verifyReport: { may: 'everybody', about: 'report', isOwnAlone: true },
  verifyCode: { may: 'everybody', about: 'code', isForHolders: true },
  verifyOffline: publicly,
  verifyRecord: { may: 'everybody', about: 'report', isOwnAlone: true, isCostly: true },
  codeRecord: { may: 'everybody', about: 'code', isForHolders: true, isCostly: true },
  shareRecord: { may: 'everybody', about: 'shareCode', isForHolders: true, isCostly: true },
  verifyByHand: {
    may: 'everybody',
    about: 'typed',
    isOwnAlone: true,
    isForHolders: true,
    works: 303,
    form: ({ id, second }) => ({ fields: { number: id, code: second ?? '' } }),
  },
  verifyScan: {
    may: 'everybody',
    about: 'scan',
    isForHolders: true,
    form: ({ id }) => ({ fields: { text: id } }),
  },
  agency: { may: 'official' },
  agencyTemplate: { may: 'official' },
  agencyBatches: {
    may: 'official',
    works: 303,
    form: () => ({
      file: { name: 'days.csv', bytes: Buffer.from(csvOf('page', demoSsin('lena'), '2020-09-10')) },
    }),
  },
  batch: ofBatch,
  batchStart: { ...ofBatch, works: 303, form: () => ({}) },
  batchOrder: { ...ofBatch, works: 303, form: () => ({ fields: { order: 'pause' } }) },
  batchReport: ofBatch,
  batchRejects: ofBatch,
  ...DESK_RULES,
};
