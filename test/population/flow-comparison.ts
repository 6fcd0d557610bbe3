/** The flows of a population that was loaded: each tells what the population itself knows. Shared by the test that loads it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { markIssued } from '../../src/database/attestations.ts';
import { keepCitizenKey } from '../../src/database/citizen-keys.ts';
import { findPersonBySsin } from '../../src/database/persons.ts';
import type { Citizen } from '../../src/population/population.ts';
import { type SimulationSubject, simulate } from '../../src/workflows/simulate.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  type FlowContent,
  type FlowRecord,
  type FlowServices,
  type FlowStore,
  runFlow,
  startFlowStore,
} from '../support/flow-runs.ts';
import { filesOf, loadPopulation, type RegisterServices } from '../support/population.ts';
import { day, issuance, newAttestation } from '../support/register.ts';
import { expectedOf } from './expected.ts';
import { expectedFlow, type Known, sizeOf } from './expected-flows.ts';

/** What is shared with the test that loaded the population. */
export interface Loaded {
  readonly test: TestDatabase;
  readonly services: RegisterServices;
  readonly citizens: readonly Citizen[];
}

/** The day on which each flow is run; with it, what its period is. */
const DAYS: Readonly<Record<string, string>> = {
  'bridging-right': '2021-02-15',
  'care-providers': '2021-06-15',
  'rights-not-granted': '2021-06-15',
  'social-statuses': '2020-12-15',
  'statbel-statuses': '2021-02-15',
  'tax-exemption': '2021-06-15',
  'temporary-unemployment': '2021-01-15',
  'unemployment-totals': '2020-05-15',
};

export function compareFlows(load: () => Loaded): void {
  describe('as flows', () => {
    let store: FlowStore;
    let flows: FlowServices;
    let known: Known;
    before(async () => {
      const { services, citizens } = load();
      store = await startFlowStore();
      flows = { ...services, archive: store.archive };
      const issued = {
        'rent-premium': await grant('rent-premium', '2020', 2),
        'municipal-tax-exemption': await grant('municipal-tax-exemption', '2021', 1),
      };
      known = { citizens, municipalities: services.catalogue.municipalities, issued };
    });
    after(() => store.stop());

    it('tells each flow whole, in its own form and split as it says', async () => {
      const forms = new Set<string>();
      for (const flowId of load().services.catalogue.flows.keys()) {
        const today = DAYS[flowId] ?? assert.fail(`${flowId} is run on no day`);
        const { run, content } = await runFlow(flows, flowId, today);
        const wanted = expectedFlow(flowId, today, known);
        assert.ok(wanted.size > 0, `${flowId} tells nothing, so nothing is compared`);
        assertSame(content, withChanges(run.plan.tellsChanges, wanted), flowId);
        const sum = [...content.values()].reduce((all, { length }) => all + length, 0);
        assert.equal(run.rowCount, sum, `${flowId} has the rows that its run says`);
        forms.add(run.plan.format.kind);
      }
      assert.deepEqual([...forms].sort(), ['csv', 'fixed', 'json', 'ndjson', 'xml']);
    });

    it('is simulated type by type and flow by flow as it counts itself, by municipality', async () => {
      const { services } = load();
      const statistics = { ...services.catalogue.statistics, smallestCount: 1 };
      const catalogue = { ...services.catalogue, statistics };
      const actor = { kind: 'service', id: 'operator/test' } as const;
      const homes = new Map(known.citizens.map((one) => [one.ssin, one.domiciles.at(-1)?.nisCode ?? '']));
      const compare = async (subject: SimulationSubject, today: string, meant: Iterable<string>) => {
        const clock = () => new Date(`${today}T10:00:00Z`);
        const access = { kind: 'operator', actor } as const;
        const outcome = await simulate({ ...services, catalogue, clock }, access, {
          subject,
          unitInCents: 15_050,
        });
        const places = outcome.kind === 'made' ? outcome.simulation.places : assert.fail(outcome.kind);
        const wanted = new Map<string, number>([['BE', 0]]);
        for (const ssin of new Set(meant))
          for (const place of ['BE', homes.get(ssin) ?? '']) wanted.set(place, (wanted.get(place) ?? 0) + 1);
        const told = places.filter(
          ({ place }) => place.id === 'BE' || catalogue.municipalities.has(place.id),
        );
        const name = `${subject.kind}/${subject.id}`;
        assert.ok((wanted.get('BE') ?? 0) > 0, `${name} means nobody, so nothing is compared`);
        assert.deepEqual(
          told.map((one) => `${one.place.id} ${one.told?.persons} ${one.told?.amountInCents}`).sort(),
          [...wanted].map(([place, persons]) => `${place} ${persons} ${persons * 15_050}`).sort(),
          name,
        );
      };
      const entitledTo = (type: string) =>
        known.citizens.filter((one) =>
          [...expectedOf(one, sizeOf(one, known), known.municipalities)].some(
            ([key, reasons]) => key.split(' ')[0] === type && reasons.length === 0,
          ),
        );
      const ssinOf = ({ ssin }: Citizen) => ssin;
      for (const id of catalogue.types.keys())
        await compare({ kind: 'type', id, is: 'entitled' }, '2022-01-15', entitledTo(id).map(ssinOf));
      const [id, rule] = ['rent-premium', '2020'];
      const issued = known.issued[id] ?? new Set();
      await compare({ kind: 'type', id, is: 'granted', rule }, '2022-01-15', issued);
      const never = entitledTo(id)
        .map(ssinOf)
        .filter((ssin) => !issued.has(ssin));
      await compare({ kind: 'type', id, is: 'notGranted' }, '2022-01-15', never);
      for (const flow of ['social-statuses', 'temporary-unemployment', 'care-providers', 'tax-exemption']) {
        const today = DAYS[flow] ?? '';
        const rows = [...expectedFlow(flow, today, known).values()].flat();
        await compare(
          { kind: 'flow', id: flow, choices: {} },
          today,
          rows.map(({ SSIN = '' }) => SSIN),
        );
      }
    });

    it('tells what is new, what changed and what is no more on a later day, and nothing else', async () => {
      const [flowId, later] = ['social-statuses', '2021-12-15'];
      const before_ = expectedFlow(flowId, DAYS[flowId] ?? '', known).get('all') ?? [];
      const moved = await move(before_.slice(0, 3));
      const now = expectedFlow(flowId, later, { ...known, citizens: moved }).get('all') ?? [];
      const [past, present] = [before_, now].map((rows) => new Map(rows.map((row) => [row.SSIN, row])));
      const told = now.flatMap((row) => {
        const change = changeOf(past?.get(row.SSIN), row);
        return change === undefined ? [] : [{ change, ...row }];
      });
      const gone = before_
        .filter(({ SSIN }) => present?.has(SSIN) !== true)
        .map(({ SSIN = '' }) => ({ change: 'removed', SSIN }));
      const wanted = [...told, ...gone];
      assert.deepEqual(
        new Set(wanted.map(({ change }) => change)),
        new Set(['new', 'changed', 'removed']),
        'each kind of change is compared',
      );
      const { run, content } = await runFlow(flows, flowId, later);
      assert.equal(run.plan.differences, true);
      assertSame(content, new Map([['all', wanted]]), flowId);
      const { content: nothing } = await runFlow(flows, flowId, later);
      assert.deepEqual([...nothing.keys()], []);
    });

    /** Has a document issued to every so manieth person entitled by a rule; gives their numbers. */
    async function grant(type: string, rule: string, step: number): Promise<ReadonlySet<string>> {
      const { services, citizens } = load();
      const entitled = citizens.filter((one) => {
        const size = sizeOf(one, { citizens });
        return (
          expectedOf(one, size, services.catalogue.municipalities).get(`${type} rule=${rule}`)?.length === 0
        );
      });
      const granted = entitled.filter((_, at) => at % step === 0).map(({ ssin }) => ssin);
      await services.database.transaction(async (connection) => {
        for (const ssin of granted) {
          const found = await findPersonBySsin(connection, services.vault.lookUps(ssin));
          const { personId } = found ?? assert.fail('nobody has the number');
          const fresh = { citizenKeyId: services.newId(), wrappedKey: randomBytes(60), keyVersion: 1 };
          const { citizenKeyId } = (await keepCitizenKey(connection, personId, fresh)) ?? fresh;
          const made = await newAttestation(
            connection,
            { personId, citizenKeyId, ssinHmac: randomBytes(32) },
            { type, caseId: `${type}/${personId}/rule=${rule}` },
          );
          await markIssued(connection, made.attestationId, issuance());
        }
      });
      return new Set(granted);
    }

    /** Some persons move to another municipality. Gives everybody as they are then. */
    async function move(rows: readonly FlowRecord[]): Promise<readonly Citizen[]> {
      const { services, citizens } = load();
      const movers = new Set(rows.map(({ SSIN }) => SSIN));
      const home = (citizen: Citizen) => (citizen.domiciles.at(-1)?.nisCode === '24062' ? '24001' : '24062');
      const moved = citizens.map((citizen) =>
        movers.has(citizen.ssin)
          ? {
              ...citizen,
              domiciles: [...citizen.domiciles, { nisCode: home(citizen), since: day('2021-07-01') }],
            }
          : citizen,
      );
      const files = filesOf(
        [],
        moved.filter(({ ssin }) => movers.has(ssin)),
      );
      await loadPopulation(services, new Map([['persons.csv', files.get('persons.csv') ?? '']]));
      return moved;
    }
  });
}

function changeOf(before: FlowRecord | undefined, row: FlowRecord): string | undefined {
  if (before === undefined) return 'new';
  return before.municipality === row.municipality ? undefined : 'changed';
}

/** The first run of a flow with differences says of every row that it is new. */
function withChanges(tellsChanges: boolean, content: FlowContent): FlowContent {
  if (!tellsChanges) return content;
  return new Map([...content].map(([part, rows]) => [part, rows.map((row) => ({ change: 'new', ...row }))]));
}

function assertSame(content: FlowContent, wanted: FlowContent, flow: string): void {
  assert.deepEqual([...content.keys()].sort(), [...wanted.keys()].sort(), `${flow} has these files`);
  for (const [part, rows] of wanted)
    assert.deepEqual(inOrder(content.get(part) ?? []), inOrder(rows), `${flow} ${part}`);
}

function inOrder(rows: readonly FlowRecord[]): readonly string[] {
  return rows
    .map((row) => JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1))))
    .sort();
}
