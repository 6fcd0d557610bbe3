/** Who may see and do what at the desk: by the rights that a login names, and for some pages at the institution alone. */
import type { DeskRight } from '../../../src/domain/desk-right.ts';
import type { PageRule } from './page-rules.ts';

/** Whoever may ask about it is told that there is none; whose each thing is, test/web/desk shows. */
const UNKNOWN = '01935b1e-7c00-7000-8000-000000000001';

const by = (right: DeskRight, more: Partial<PageRule> = {}): PageRule => ({
  may: 'official',
  right,
  ...more,
});
const sent = (right: DeskRight, works: number, more: Partial<PageRule> = {}): PageRule =>
  by(right, { works, form: () => ({}), ...more });
/** A form without what its page gives it is refused like a right that is missing: these fields get past that. */
const filled = (
  fields: Readonly<Record<string, string>>,
  more: Partial<PageRule> = {},
): Partial<PageRule> => ({ form: () => ({ fields }), ...more });
const none = { id: UNKNOWN, works: 404 } as const;
const run = { id: 'social-statuses', second: UNKNOWN, works: 404 } as const;
const institution = { isForInstitution: true } as const;

export const DESK_RULES: Readonly<Record<string, PageRule>> = {
  desk: { may: 'official' },
  lookUp: by('register:query'),
  lookUpAsk: sent('register:query', 400),
  held: by('access:manage', institution),
  // Without a reason.
  heldDecide: sent('access:manage', 400, filled({ item: UNKNOWN, decision: 'drop' }, institution)),
  flows: by('flows:run'),
  flow: by('flows:run', { id: 'social-statuses' }),
  flowOrder: sent('flows:run', 400, { id: 'social-statuses' }),
  flowCancel: sent('flows:run', 303, { id: 'social-statuses' }),
  flowRun: sent('flows:run', 400, { id: 'social-statuses' }),
  run: by('flows:run', run),
  runFile: by('flows:run', run),
  runTell: sent('flows:run', 404, run),
  statistics: by('statistics:read'),
  statisticsCsv: by('statistics:read', { works: 404 }),
  statisticsJson: by('statistics:read', { works: 404 }),
  dataAccess: by('access:manage'),
  dataAsk: by('access:manage'),
  dataAskSend: sent('access:manage', 400, filled({ key: UNKNOWN })),
  dataRequest: by('access:manage', none),
  dataRequestStep: sent('access:manage', 404, { id: UNKNOWN, ...institution }),
  webhooks: by('events:subscribe'),
  webhookAdd: sent('events:subscribe', 400),
  webhook: by('events:subscribe', none),
  webhookSecret: sent('events:subscribe', 404, { id: UNKNOWN }),
  webhookEnd: sent('events:subscribe', 404, { id: UNKNOWN }),
  webhookResend: sent('events:subscribe', 404, { id: UNKNOWN }),
  operations: by('operations:manage', institution),
  operationsRetry: sent('operations:manage', 303, filled({ which: `job/${UNKNOWN}` }, institution)),
  operationsProbe: sent('operations:manage', 200, institution),
};
