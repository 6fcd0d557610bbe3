/** Whether what is to be used exists: statuses, attestation types, their facts, flows, what they tell, municipalities. */
import { type DataUse, HISTORY, RESEARCH } from '../domain/deliberation.ts';
import { attributeNames } from '../domain/flow-field.ts';
import type { Services } from './services.ts';

/** What is wrong with a use: property and reason. */
export interface UseIssue {
  readonly name: string;
  readonly detail: string;
}

/** Lists what is wrong with a use in the light of the catalogue. */
export function checkUse({ catalogue }: Pick<Services, 'catalogue'>, use: DataUse): readonly UseIssue[] {
  const types = [...catalogue.types.values()];
  const { statuses } = catalogue.statusList;
  const told = [...catalogue.flows.values()].flatMap(({ columns }) =>
    attributeNames(columns.map(({ field }) => field)),
  );
  const facts = new Set([...types.flatMap((type) => [...type.facts.keys()]), HISTORY, RESEARCH, ...told]);
  const { municipalities = [] } = use;
  const isEmpty = use.statuses.length + use.attestationTypes.length + use.flows.length === 0;
  return [
    ...unknown('statuses', use.statuses, statuses, 'is no status of the register'),
    ...unknown('attestationTypes', use.attestationTypes, catalogue.types, 'is no attestation type'),
    ...unknown('flows', use.flows, catalogue.flows, 'is no flow'),
    ...unknown('attributes', use.attributes, facts, 'is no fact of any attestation type or flow'),
    ...unknown('municipalities', municipalities, catalogue.municipalities, 'is no municipality'),
    ...(isEmpty ? [{ name: 'statuses', detail: 'no status, attestation type or flow is named' }] : []),
    ...(use.validUntil < use.validFrom ? [{ name: 'validUntil', detail: 'lies before the first day' }] : []),
  ];
}

function unknown(
  name: string,
  values: readonly string[],
  known: { has(value: string): boolean },
  detail: string,
): UseIssue[] {
  return values.flatMap((value, at) => (known.has(value) ? [] : [{ name: `${name}[${at}]`, detail }]));
}
