/**
 * Who may do what at the API: one rule for each route, written down here and nowhere else. A route without a rule, or a
 * rule without its route, fails the test.
 */
import { zipSync } from 'fflate';
import { quaCancel, quaXml } from '../../support/declarations.ts';
import { demoSsin } from '../../support/service.ts';
import { enterpriseFrom, linesOf, ssinFrom } from '../scene.ts';
import { ACCESS_RULES } from './access-rules.ts';
import { type Kind, PARTIES, type Party } from './callers.ts';
import { EVENT_RULES } from './event-rules.ts';
import { FLOW } from './flow-runs.ts';
import { letterForm } from './letters.ts';
import { csvOf, type Thing, type ThingKind } from './world.ts';

/** What a request brings beside its path. */
export interface Bringing {
  readonly query?: string;
  readonly type?: string;
  readonly body?: string | Buffer;
}

export interface ApiRule {
  readonly may: 'everybody' | Kind;
  /** What is asked about, one column of the matrix for each; missing: nothing in particular. */
  readonly about?: ThingKind;
  /** Whoever has a mandate may act for another here. */
  readonly byMandate?: true;
  /** The only parties that may at all; others are told so. */
  readonly onlyFor?: readonly Party[];
  /** Whose things a party may ask about; default: their own. */
  readonly isAllowed?: (party: Party, thing: Thing) => boolean;
  /** Whoever is answered learns what the thing's owner may know of it: they hold the document. */
  readonly isForHolders?: boolean;
  /** Whose document the answer is, with all that is printed on it. */
  readonly handsOverOf?: readonly Party[];
  /** Each answer takes as long as a document: two callers stand for all, as everybody may. */
  readonly isCostly?: true;
  /** What is asked; the ids of a thing fill the path. */
  readonly ask?: (thing: Thing, party: Party | undefined) => Bringing;
  /** The status where it is allowed, 200 unless given. */
  readonly works?: number;
  /** The status of a success that cannot be had twice, for whoever comes second. */
  readonly worksOnce?: number;
  /** The status for a thing that there is not, or is not theirs: 404 unless given. */
  readonly otherwise?: number;
  /** The status for an id that cannot be one: 400 unless given. */
  readonly malformed?: number;
  /** What follows a success is looked at. */
  readonly leadsTo?: (party: Party, thing: Thing, answer: Followed) => string | undefined;
}

/** The answer at the address that a success led to. */
export interface Followed {
  readonly status: number;
  readonly body: { readonly declarationStatus?: { readonly result?: string } };
}

const json = (body: unknown): Bringing => ({ type: 'application/json', body: JSON.stringify(body) });
const byInstitution = (party: Party) => party === 'institution';
const byAll = () => true;

const publicly: ApiRule = { may: 'everybody' };
const declaring: ApiRule = { may: 'client', works: 201 };
const ofFile: ApiRule = { may: 'client', about: 'dimonaFile' };
const ofBatch: ApiRule = { may: 'client', about: 'batch' };
const ofMessage: ApiRule = { may: 'person', about: 'message', byMandate: true };
const ofLetter: ApiRule = { may: 'person', about: 'letter', byMandate: true };
/** Who is registered publishes; who is not is refused like a recipient who is not there. */
const publishing: ApiRule = {
  may: 'client',
  about: 'person',
  works: 201,
  otherwise: 400,
  isAllowed: byInstitution,
};
const ofAttachment: ApiRule = { may: 'person', about: 'attachment', byMandate: true };
/** The institution sent it. */
const ofPrintItem: ApiRule = { may: 'client', about: 'printItem' };
/** What is held is decided on once. */
const ofHeld = (about: ThingKind): ApiRule => ({
  may: 'client',
  about,
  onlyFor: ['institution'],
  works: 204,
  worksOnce: 404,
  ask: () => json({ decision: 'drop', decidedBy: 'hanne', reason: 'As agreed' }),
});
/** Nobody in the matrix receives the flow now; of the runs of who did, each sees its own. */
const notReceived: ApiRule = { may: 'client', works: 404 };
const ofRun: ApiRule = { may: 'client', about: 'flowRun' };
const FLOW_RULES: Readonly<Record<string, ApiRule>> = {
  'GET /flows/v1/flows': { may: 'client' },
  'PUT /flows/v1/flows/{flowId}/order': {
    ...notReceived,
    ask: () => json({ deliberationId: '01935b1e-7c00-7000-8000-000000000001' }),
  },
  'GET /flows/v1/flows/{flowId}/order': notReceived,
  'DELETE /flows/v1/flows/{flowId}/order': notReceived,
  'POST /flows/v1/flows/{flowId}/runs': { ...notReceived, ask: () => json({}) },
  'GET /flows/v1/flows/{flowId}/runs': { may: 'client' },
  'GET /flows/v1/flows/{flowId}/runs/{runId}': ofRun,
  'GET /flows/v1/flows/{flowId}/runs/{runId}/files/{fileId}/content': ofRun,
};
/** Whom the declarations of the matrix itself speak of: nobody that it looks for. */
const LENA = demoSsin('lena');

const REPORT = {
  ssin: LENA,
  status: 'temporaryUnemployment',
  reference: 'M-1',
  validFrom: '2020-09-07',
};

export const API_RULES: Readonly<Record<string, ApiRule>> = {
  'POST /dimona/v2/declarations': {
    ...declaring,
    about: 'period',
    isAllowed: byAll,
    ask: ({ id }) => json(quaCancel({ periodId: id })),
    // Everybody may declare; what became of it says whether the period was theirs to cancel.
    leadsTo: (party, { owner }, { status, body: { declarationStatus } }) => {
      const isDone = ['A', 'W'].includes(declarationStatus?.result ?? '');
      return status === 200 && isDone === (party === owner) ? undefined : `${declarationStatus?.result}`;
    },
  },
  'GET /dimona/v2/declarations/{declarationId}': {
    may: 'client',
    about: 'declaration',
    byMandate: true,
  },
  'POST /dimona/v2/files': {
    may: 'client',
    byMandate: true,
    works: 202,
    ask: (_thing, party) => ({
      type: 'application/xml',
      body: quaXml([{ ssin: LENA, day: '2020-09-07', reference: `${party}` }]),
    }),
  },
  'GET /dimona/v2/files/{fileId}': ofFile,
  'GET /dimona/v2/files/{fileId}/notifications': ofFile,
  'POST /batches/v1/batches': {
    may: 'client',
    byMandate: true,
    works: 202,
    ask: (_thing, party) => ({
      type: 'text/csv',
      query: '?dryRun=true',
      body: csvOf(`${party}`, LENA, '2020-09-08'),
    }),
  },
  'GET /batches/v1/batches': { may: 'client' },
  'GET /batches/v1/batches/{batchId}': ofBatch,
  'GET /batches/v1/batches/{batchId}/rows': ofBatch,
  // Theirs ran at once; whose waits has one.
  'GET /batches/v1/batches/{batchId}/forecast': { may: 'client', about: 'waitingBatch', works: 200 },
  'GET /batches/v1/batches/{batchId}/report': ofBatch,
  'GET /batches/v1/batches/{batchId}/rejects': ofBatch,
  'POST /batches/v1/batches/{batchId}/approval': { may: 'client', about: 'waitingBatch', works: 202 },
  'GET /batches/v1/batches/{batchId}/progress': ofBatch,
  // Theirs is done: they may, and it is too late.
  'POST /batches/v1/batches/{batchId}/pause': { ...ofBatch, works: 409 },
  'POST /batches/v1/batches/{batchId}/resumption': { ...ofBatch, works: 409 },
  'POST /batches/v1/batches/{batchId}/cancellation': { ...ofBatch, works: 409 },
  // Approved by then: it runs, or is done.
  'POST /batches/v1/batches/{batchId}/recall': { may: 'client', about: 'waitingBatch', works: 202 },
  'POST /batches/v1/selections': {
    may: 'client',
    onlyFor: ['institution'],
    works: 202,
    ask: () => json({ attestationType: 'quarantine', period: 'today', dryRun: true }),
  },
  'POST /batches/v1/uploads': { may: 'client', works: 201 },
  'GET /batches/v1/uploads/{uploadId}': { may: 'client', about: 'upload' },
  // Theirs is empty, and a part without its digest is none.
  'PATCH /batches/v1/uploads/{uploadId}': {
    may: 'client',
    about: 'upload',
    works: 400,
    ask: () => ({ type: 'application/partial-upload', body: 'part' }),
  },
  'POST /batches/v1/uploads/{uploadId}/completion': {
    may: 'client',
    about: 'upload',
    works: 400,
    ask: () => ({ query: '?form=csv' }),
  },
  'DELETE /batches/v1/uploads/{uploadId}': {
    may: 'client',
    about: 'droppedUpload',
    works: 204,
    worksOnce: 404,
  },
  'GET /batches/v1/refData/templates/quarantine.csv': publicly,
  'POST /register/v1/files': {
    may: 'client',
    works: 202,
    ask: () => ({
      type: 'application/x-ndjson',
      body: linesOf([{ enterpriseNumber: enterpriseFrom('19009990'), name: 'Nemo NV' }]),
    }),
  },
  'POST /register/v1/statuses': {
    may: 'client',
    // No other party delivers for a source.
    onlyFor: ['institution'],
    ask: () => json({ source: 'onem', items: [REPORT] }),
  },
  'POST /register/v1/persons': {
    may: 'client',
    ask: () => json({ items: [{ ssin: ssinFrom('810501994'), familyName: 'Nemo', givenName: 'Nemo' }] }),
  },
  'POST /register/v1/enterprises': {
    may: 'client',
    ask: () => json({ items: [{ enterpriseNumber: enterpriseFrom('19009991'), name: 'Nemo NV' }] }),
  },
  'GET /register/v1/refData/statuses': publicly,
  'GET /register/v1/held': { may: 'client', onlyFor: ['institution'] },
  'POST /register/v1/files/{fileId}/decision': ofHeld('heldDelivery'),
  'POST /register/v1/files/{fileId}/held/{row}/decision': ofHeld('heldReport'),
  'GET /register/v1/files/{fileId}': { may: 'client', about: 'registerFile' },
  'GET /register/v1/files/{fileId}/rejects': { may: 'client', about: 'registerFile' },
  'GET /ebox/citizen/v2/ebox': { may: 'person', byMandate: true },
  'GET /ebox/citizen/v2/ebox/messages': { may: 'person', byMandate: true },
  'GET /ebox/citizen/v2/ebox/messages/{messageId}': ofMessage,
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/attachments': ofMessage,
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/attachments/{attachmentId}': ofAttachment,
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/attachments/{attachmentId}/content': ofAttachment,
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/body': ofLetter,
  'GET /ebox/citizen/v2/ebox/messages/{messageId}/paymentData': ofLetter,
  'PATCH /ebox/citizen/v2/ebox/messages': {
    may: 'person',
    about: 'letter',
    ask: ({ id }) => ({
      type: 'application/merge-patch+json',
      body: JSON.stringify({ items: [{ messageId: id, visible: true }] }),
    }),
  },
  'POST /ebox/citizen/v2/publishMessage': { ...publishing, ask: ({ id }) => letterForm(2, id) },
  'POST /ebox/citizen/v3/ebox/messages': { ...publishing, ask: ({ id }) => letterForm(3, id) },
  'POST /ebox/citizen/v2/linkEboxMessage': {
    may: 'client',
    about: 'letter',
    works: 201,
    isAllowed: byInstitution,
    malformed: 404,
    ask: ({ id }) =>
      json({ messageId: id, recipients: [{ eboxType: 'citizen', eboxIdValue: demoSsin('amelie') }] }),
  },
  'GET /ebox/citizen/v2/referenceData/messageTypes': publicly,
  'GET /ebox/citizen/v2/referenceData/messageTypes/{messageTypeId}': publicly,
  'GET /ebox/citizen/v2/referenceData/senderApplications': publicly,
  'GET /ebox/citizen/v2/referenceData/senderApplications/{senderApplicationId}': publicly,
  'GET /ebox/citizen/v2/referenceData/senderApplications/{senderApplicationId}/images/{imageId}/content':
    publicly,
  'GET /ebox/citizen/v2/referenceData/senderOrganizations': publicly,
  'GET /ebox/citizen/v2/referenceData/senderOrganizations/{senderOrganizationId}': publicly,
  'GET /ebox/citizen/v2/referenceData/senderOrganizations/{senderOrganizationId}/images/{imageId}/content':
    publicly,
  'POST /ebox/citizen/v2/searchMessageStatus': {
    may: 'client',
    about: 'message',
    works: 201,
    // Messages are the institution's own; an id that is none names no message either.
    isAllowed: byInstitution,
    malformed: 404,
    ask: ({ id, owner }) => {
      const { number } = PARTIES[owner === 'amelie' ? 'amelie' : 'lukasz'];
      return json([{ messageId: id, eboxId: { eboxType: 'citizen', eboxIdValue: number } }]);
    },
  },
  'POST /deliveries/v1/messages/query': {
    may: 'client',
    about: 'person',
    // Everybody may ask, and is told of their own messages alone: those of the institution, for everybody else none.
    isAllowed: byAll,
    otherwise: 200,
    ask: ({ id }) => json({ ssin: id }),
  },
  'GET /deliveries/v1/printItems': { may: 'client' },
  'GET /deliveries/v1/printItems/{messageId}': ofPrintItem,
  'GET /deliveries/v1/printItems/{messageId}/content': { ...ofPrintItem, handsOverOf: ['lukasz'] },
  'POST /deliveries/v1/printItems/{messageId}/printing': ofPrintItem,
  'POST /verifications/v1/verifications': {
    may: 'everybody',
    about: 'document',
    isForHolders: true,
    otherwise: 200,
    ask: ({ bytes }) => ({ type: 'application/pdf', ...(bytes !== undefined && { body: bytes }) }),
  },
  'POST /verifications/v1/verifications/code': {
    may: 'everybody',
    about: 'code',
    isForHolders: true,
    otherwise: 200,
    ask: ({ id }) => json({ code: id }),
  },
  // Of any file there is a record, of one that is not ours too.
  'POST /verifications/v1/verifications/record': {
    may: 'everybody',
    isCostly: true,
    about: 'document',
    isForHolders: true,
    otherwise: 200,
    ask: ({ bytes }) => ({
      query: '?language=nl',
      type: 'application/pdf',
      ...(bytes !== undefined && { body: bytes }),
    }),
  },
  'POST /verifications/v1/verifications/code/record': {
    may: 'everybody',
    isCostly: true,
    about: 'code',
    isForHolders: true,
    malformed: 404,
    ask: ({ id }) => ({ ...json({ code: id }), query: '?language=nl' }),
  },
  'POST /verifications/v1/verifications/hashes': {
    may: 'client',
    // Employers that the register knows. Of documents that there are, every check would stand among their holder's accesses.
    onlyFor: ['employerA', 'employerB'],
    ask: () => json({ hashes: ['ab'.repeat(32)] }),
  },
  'POST /verifications/v1/verifications/archive': {
    may: 'client',
    onlyFor: ['employerA', 'employerB'],
    ask: () => ({
      type: 'application/zip',
      body: Buffer.from(zipSync({ 'none.pdf': Buffer.from('%PDF-') })),
    }),
  },
  'GET /verifications/v1/trust': publicly,
  'GET /verifications/v1/keys': publicly,
  'GET /verifications/v1/statusLists': publicly,
  'GET /verifications/v1/statusLists/{statusListId}': publicly,
  'GET /attestations/v1/refData/schemas/attestation': publicly,
  'GET /myData/v1/accesses': { may: 'person', byMandate: true },
  'GET /myData/v1/accesses/report': {
    may: 'person',
    byMandate: true,
    ask: () => ({ query: '?format=csv&lang=fr' }),
  },
  'POST /evidence/v1/auditEntries/query': {
    may: 'client',
    about: 'person',
    // Everybody may ask about anybody and is told of what they did themselves; the marks say whether that is all.
    isAllowed: byAll,
    otherwise: 200,
    ask: ({ id }) => json({ ssin: id }),
  },
  'GET /evidence/v1/heads': { may: 'client' },
  'GET /evidence/v1/leaves/{leafId}/inclusionProof': {
    may: 'client',
    about: 'leaf',
    isAllowed: (party, { owner }) => party === owner || party === 'institution',
  },
  ...FLOW_RULES,
  ...ACCESS_RULES,
  ...EVENT_RULES,
  'GET /health': publicly,
  'GET /doc/openapi.yaml': publicly,
};

/** What stands for a parameter that is no thing of anybody's. */
export const FIXED_PARAMS: Readonly<Record<string, string>> = {
  tableId: 'persons-by-place',
  statusListId: '0',
  messageTypeId: 'city-letter',
  senderApplicationId: 'city-letters',
  senderOrganizationId: '1900080144',
  imageId: 'logo',
  flowId: FLOW,
};

/** What a route is asked about that is about nothing in particular. */
export const NOTHING: Thing = { owner: 'nobody', id: '' };
