/** A flow of whoever had a status in 2021, as small as a flow can be. */
import type { Flow } from '../../src/domain/flow.ts';
import { planRun } from '../../src/domain/flow-plan.ts';
import { enterprise } from './grounds.ts';
import { day } from './register.ts';

export const TRIAL: Flow = {
  id: 'trial',
  version: 1,
  name: { nl: '', fr: '', de: '', en: '' },
  receivers: [enterprise('1900080144')],
  legalContext: 'CITY:TRIAL',
  row: 'person',
  select: {
    all: [],
    any: [],
    none: [],
    sources: {},
    period: { from: day('2021-01-01'), until: day('2021-12-31') },
    days: 1,
    attributes: {},
    enterprise: false,
  },
  choose: [],
  columns: [{ heading: 'municipality', field: 'municipality' }],
  format: { kind: 'csv', separator: ';' },
  differences: false,
  fewest: 1,
};

/** Plans a run of it for one status. */
export function planTrial(code: string, select: Partial<Flow['select']> = {}, changes: Partial<Flow> = {}) {
  const flow = { ...TRIAL, ...changes, select: { ...TRIAL.select, any: [code], ...select } };
  return planRun(flow, {}, 'whole', { municipalities: new Map(), typeRules: [], today: day('2021-06-01') });
}
