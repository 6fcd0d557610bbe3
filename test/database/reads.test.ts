/** Reads of persons' data take a ground; those that take none are the service's own work, each with its reason. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSources } from '../support/sources.ts';

/** Files with data of persons: periods, statuses, attestations, messages, declarations, rows of batches, evidence. */
const FILES = [
  'attestation-reads',
  'attestation-sets',
  'attestations',
  'audit',
  'batch-row-sets',
  'batch-rows',
  'decisions',
  'declaration-files',
  'declaration-sets',
  'declarations',
  'deliveries',
  'arrivals',
  'batch-selection',
  'erasures',
  'flow-changes',
  'flow-reads',
  'inbox',
  'legal-holds',
  'mails',
  'messages',
  'notice-choices',
  'periods',
  'receipts',
  'sender-events',
  'print-items',
  'relays',
  'register-pages',
  'share-codes',
  'simulations',
  'statistics',
  'status-history',
  'status-reports',
  'statuses',
  'waiting-declarations',
];

/** Nothing that these read is told to anybody; each with what it is for. */
const OWN_WORK: Readonly<Record<string, string>> = {
  findPeriod: 'judging a change of a period, under the lock of its worker',
  listPeriods: 'taking back what a recalled batch declared, under the locks of its workers',
  listSelected: 'having a batch made for whom the institution selects, of whom nothing is told',
  listLivePeriods: 'judging a declaration against the periods that the worker has',
  findStatus: 'finding the case that a row of a batch belongs to',
  listStatuses: 'settling cases, alone and of a batch',
  listAllStatuses: 'settling anew when two numbers turn out to be one person',
  listKnownReports: 'judging what a source reports against what it reported before',
  listPresentFacts: 'judging what a source reports against what is known',
  listAbsent: 'withdrawing what a whole delivery no longer names',
  listStagedReports: 'keeping a file of reports that arrived',
  findHeldReport: 'deciding on a report that is held',
  listHeldReports: 'the institution’s list of what is held, which names nobody',
  listHeldDeliveries: 'the institution’s list of what is held, which names nobody',
  countDelivery: 'numbers, by which a whole delivery is judged',
  listVersions: 'settling a case',
  findAttestation: 'issuing a prepared attestation',
  findMessage: 'telling a citizen of a message',
  findByMessageKey: 'recognising a resend of the sender itself',
  findByBody: 'recognising a resend of the sender itself',
  findAnswer: 'ending the row of a batch',
  listResolvable: 'judging declarations that waited for a person',
  listLivePeriodsOf: 'judging rows of a batch against the periods that their workers have',
  listVersionsOf: 'settling cases of a batch',
  listSent: 'recognising resends of the sender itself',
  listSharedRows: 'running a batch: whose cases are settled later',
  listAwaited: 'running a batch: what its rows wait for',
  listPrepared: 'issuing what the rows of a batch wait for',
  findFile: 'processing a file that arrived',
  listStagedForms: 'processing a file that arrived',
  listOpenRows: 'checking and running a batch',
  findErasure: 'erasing a person, from where it was left',
  listSsins: 'erasing what lies in files under the numbers of a person',
  listCasesOf: 'ending the cases of a person who is erased',
  listHolds: 'the operator’s list of holds, which names nobody',
  findCasePerson: 'holding back the person of a case',
  findNoticeChoice: 'sending a digest',
  findTodaysMail: 'sending a digest',
  listMailedMessages: 'sending a digest, and noting that it came back',
  findRelay: 'publishing in another registry',
  listParked: 'the operator’s list of refused publications, which names nobody',
  countUnreported: 'a number, of a batch that was found by its organisation',
  findRange: 'walking persons by their ids, of whom nothing is read',
  listInhabited: 'which municipalities have inhabitants, which names nobody',
  listKnownRows: 'telling a receiver what changed of what it was told on a ground',
  listNumbers: 'telling a receiver that something it was told on a ground is no more',
  listPersonsBehind: 'settling the whole register',
  listOpenCases: 'settling the whole register',
  countAllMeant: 'numbers for operators of the institution, which name nobody',
  findLastSimulation: 'numbers of the same caller’s last simulation, which name nobody',
  countUses: 'numbers of what was done, which name nobody',
  listDeliveries:
    'what was delivered to a subscription that was found by its organisation; ids of its own messages',
};

/** Lists the reads that a text exports, each with its second parameter. */
function readsOf(text: string): (readonly [string, string])[] {
  return [
    ...text.matchAll(
      /^export async function ((?:find|list|count|ask|read)\w*)\(\s*\w+: Connection,?\s*([^,)]*)/gm,
    ),
  ].map(([, name = '', parameter = '']) => [name, parameter.trim()] as const);
}

const reads = readSources()
  .filter(({ path }) => FILES.some((file) => path === `database/${file}.ts`))
  .flatMap(({ text }) => readsOf(text));
/** The filter of audit entries holds the ground, or says that it is for those who supervise. */
const takesGround = (parameter: string) =>
  /^(ground: (Deliberation)?Ground|filter: AuditFilter)$/.test(parameter);

describe('reads of persons’ data', () => {
  it('are found', () => assert.ok(reads.length > 25, `${reads.length}`));

  it('take a ground, unless they are the service’s own work', () =>
    assert.deepEqual(
      reads
        .filter(([, parameter]) => !takesGround(parameter))
        .map(([name]) => name)
        .sort(),
      Object.keys(OWN_WORK).sort(),
    ));

  it('would be missed without one', () => {
    const text = 'export async function findSecret(\n  connection: Connection,\n  personId: string,\n) {}';
    assert.deepEqual(readsOf(text), [['findSecret', 'personId: string']]);
    assert.equal(takesGround('personId: string'), false);
  });
});
