/** Reads the flows: `flows/<name>/flow.yaml`, each checked by itself and against the lists it names. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Flow } from '../domain/flow.ts';
import { isFieldOf } from '../domain/flow-field.ts';
import type { Municipality } from '../domain/municipality.ts';
import type { StatusList } from '../domain/status.ts';
import { ServiceError } from '../errors.ts';
import { flowSchema } from './flow-shape.ts';
import type { Fault } from './layout-rules.ts';
import { gather, readYamlFile, throwAll } from './yaml-file.ts';

const FLOWS = 'flows';

/** What flows name. */
export interface FlowLists {
  readonly statuses: Promise<StatusList>;
  readonly municipalities: Promise<ReadonlyMap<string, Municipality>>;
  /** The rules of attestation types by their ids. */
  readonly types: Promise<
    readonly { readonly id: string; readonly rules: readonly { readonly id: string }[] }[]
  >;
}

/** Reads every flow, in order of name; none where there is no such folder. @throws ServiceError `templateInvalid` */
export async function readFlows(folder: string, lists: FlowLists): Promise<ReadonlyMap<string, Flow>> {
  const entries = await readdir(join(folder, FLOWS), { withFileTypes: true }).catch(() => []);
  const ids = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const flows = await gather(ids.map((id) => readFlow(folder, id, lists)));
  return new Map(flows.map((flow) => [flow.id, flow]));
}

async function readFlow(folder: string, id: string, lists: FlowLists): Promise<Flow> {
  if (!/^[a-z]+(-[a-z]+)*$/.test(id))
    throw new ServiceError(
      'templateInvalid',
      `Template folder flows/${id} must be named in small letters and dashes.`,
    );
  const { value, fault } = await readYamlFile(folder, `${FLOWS}/${id}/flow.yaml`, flowSchema);
  const flow: Flow = { id, ...value };
  const faults = [
    ...faultsOfSelection(flow),
    ...faultsOfColumns(flow),
    ...(await faultsOfNames(flow, lists)),
  ];
  throwAll(faults.map(({ key, problem }) => fault(key, problem)));
  return flow;
}

function faultsOfSelection({ select, row, choose, split, differences, fewest }: Flow): Fault[] {
  const { all, any, none, type } = select;
  const faults: Fault[] = [];
  if (type === undefined && all.length + any.length === 0)
    faults.push({ key: ['select', 'any'], problem: 'names no status' });
  if (type !== undefined && all.length + any.length + none.length > 0)
    faults.push({ key: ['select', 'type'], problem: 'stands in place of statuses, not beside them' });
  if (type !== undefined && choose.some((one) => one === 'statuses' || one === 'age' || one === 'period'))
    faults.push({ key: ['choose'], problem: 'lets choose what the rules of the type say' });
  const codes = [...all, ...any, ...none];
  if (new Set(codes).size < codes.length) faults.push({ key: ['select'], problem: 'names a status twice' });
  if (row === 'count' && differences)
    faults.push({ key: ['differences'], problem: 'are not told of counts' });
  if (row !== 'count' && fewest > 1) faults.push({ key: ['fewest'], problem: 'is for counts alone' });
  if (row === 'count' && split !== undefined)
    faults.push({ key: ['split'], problem: 'is not for counts: they name the place' });
  return faults;
}

function faultsOfColumns({ row, columns, format, differences }: Flow): Fault[] {
  const faults = columns.flatMap(({ heading, field, width }): Fault[] => {
    if (!isFieldOf(row, field)) return [{ key: ['columns', heading], problem: `names no field of a ${row}` }];
    return format.kind === 'fixed' && width === undefined
      ? [{ key: ['columns', heading], problem: 'needs a width in a file of fixed width' }]
      : [];
  });
  const names = columns.map(({ field }) => field);
  if (differences && !names.includes('ssin'))
    faults.push({ key: ['differences'], problem: 'cannot be told without a column of the SSIN' });
  return faults;
}

async function faultsOfNames({ select }: Flow, lists: FlowLists): Promise<Fault[]> {
  const [statuses, municipalities, types] = await Promise.allSettled([
    lists.statuses,
    lists.municipalities,
    lists.types,
  ]);
  // Lists that cannot be read are told of by whoever reads them.
  if (statuses.status === 'rejected' || municipalities.status === 'rejected' || types.status === 'rejected')
    return [];
  const ofStatuses = (['all', 'any', 'none'] as const).flatMap((list) =>
    unknown(
      ['select', list],
      select[list],
      (code) => statuses.value.statuses.has(code),
      'is no status of reference/statuses.yaml',
    ),
  );
  const ofSources = Object.entries(select.sources).flatMap(([code, names]) =>
    unknown(
      ['select', 'sources', code],
      names,
      (name) => statuses.value.statuses.get(code)?.sources.includes(name) === true,
      'is no source of the status',
    ),
  );
  const ofPlaces = unknown(
    ['select', 'places', 'municipalities'],
    select.places?.municipalities ?? [],
    (code) => municipalities.value.get(code)?.mergedInto === undefined && municipalities.value.has(code),
    'is no municipality of today',
  );
  return [...ofStatuses, ...ofSources, ...ofPlaces, ...faultsOfType(select.type, types.value)];
}

function faultsOfType(named: Flow['select']['type'], types: Awaited<FlowLists['types']>): Fault[] {
  if (named === undefined) return [];
  const type = types.find(({ id }) => id === named.id);
  if (type === undefined) return [{ key: ['select', 'type', 'id'], problem: 'is no attestation type' }];
  const isThere = named.rule === undefined || type.rules.some(({ id }) => id === named.rule);
  return isThere ? [] : [{ key: ['select', 'type', 'rule'], problem: 'is no rule of that type' }];
}

function unknown(
  key: readonly PropertyKey[],
  names: readonly string[],
  isKnown: (name: string) => boolean,
  problem: string,
): Fault[] {
  return names.flatMap((name, at) => (isKnown(name) ? [] : [{ key: [...key, at], problem }]));
}
