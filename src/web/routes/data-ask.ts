/** An agency asks for data: for what, which data, of whom, from when to when. */
import { titleOf } from '../../domain/courtesy.ts';
import { attributeNames } from '../../domain/flow-field.ts';
import { isUuid } from '../../domain/identifier.ts';
import { addDays, brusselsDate } from '../../domain/period.ts';
import { askForData } from '../../workflows/request-access.ts';
import type { Services } from '../../workflows/services.ts';
import { deskAccessOf } from '../agency-access.ts';
import { deskPage, type FieldFault } from '../desk.ts';
import { fieldOf } from '../field.ts';
import { PageRefusal } from '../refusal.ts';
import type { OfficialVisit, PageReply, PageRoute, Reply } from '../route.ts';
import { LONGEST_PURPOSE, readTyped, readUse, type TypedUse } from '../use-form.ts';
import { attributeName } from '../use-text.ts';

type AskServices = Pick<Services, 'database' | 'catalogue' | 'vault' | 'newId' | 'clock'>;

const PATH = '/desk/access/ask';
/** Until then unless somebody says otherwise. */
const USUAL_DAYS = 730;

/** Gives the routes of `/desk/access/ask`. */
export function dataAskRoutes(services: AskServices): PageRoute[] {
  const common = { path: PATH, access: 'official', right: 'access:manage' } as const;
  return [
    {
      ...common,
      name: 'dataAsk',
      method: 'get',
      handle: (visit: OfficialVisit) => showForm(services, visit, emptyOf(services)),
    },
    {
      ...common,
      name: 'dataAskSend',
      method: 'post',
      form: 'fields',
      page: PATH,
      handle: (visit: OfficialVisit) => ask(services, visit),
    },
  ];
}

function emptyOf({ clock }: Pick<Services, 'clock'>): TypedUse {
  const today = brusselsDate(clock());
  return {
    purpose: { nl: '', fr: '', de: '' },
    legalContext: '',
    statuses: [],
    attestationTypes: [],
    flows: [],
    attributes: [],
    municipalities: '',
    ownDossiers: false,
    validFrom: today,
    validUntil: addDays(today, USUAL_DAYS),
  };
}

/** The form has a number of its own: sent twice, by a second click or the browser's own button, it is one request. */
function showForm(
  services: AskServices,
  visit: OfficialVisit,
  typed: TypedUse,
  faults: readonly FieldFault[] = [],
  key = services.newId(),
): Promise<PageReply> {
  const { t } = visit.texts;
  const page = deskPage(services, visit, {
    view: 'data-ask',
    title: t('access.askTitle'),
    ...(faults.length > 0 && { status: 400 }),
    data: { faults, typed, key, longestPurpose: LONGEST_PURPOSE, choices: choicesOf(services, visit) },
  });
  return Promise.resolve(page);
}

function choicesOf({ catalogue }: AskServices, { texts, login }: OfficialVisit) {
  const { t, language } = texts;
  const types = [...catalogue.types];
  const own = [...catalogue.flows.values()].filter(({ receivers }) => receivers.includes(login.organization));
  const facts = new Set([
    ...types.flatMap(([, type]) => [...type.facts.keys()]),
    ...own.flatMap(({ columns }) => attributeNames(columns.map(({ field }) => field))),
  ]);
  return [
    {
      name: 'statuses',
      label: t('access.statuses'),
      items: [...catalogue.statusList.statuses].map(([value, { name }]) => ({ value, text: name[language] })),
    },
    {
      name: 'attestationTypes',
      label: t('access.attestationTypes'),
      items: types.map(([value, type]) => ({ value, text: titleOf(type, language) })),
    },
    {
      name: 'flows',
      label: t('access.flows'),
      items: own.map(({ id, name }) => ({ value: id, text: name[language] })),
    },
    {
      name: 'attributes',
      label: t('access.attributes'),
      items: [...facts].map((value) => ({ value, text: attributeName(value, t) })),
    },
  ].filter(({ items }) => items.length > 0);
}

async function ask(services: AskServices, visit: OfficialVisit): Promise<Reply> {
  const { t } = visit.texts;
  const typed = readTyped(visit);
  const key = fieldOf(visit, 'key');
  if (!isUuid(key)) throw new PageRefusal('wrongForm');
  const read = readUse(services, typed, visit.texts);
  if ('faults' in read) return showForm(services, visit, typed, read.faults, key);
  const body = Buffer.from(JSON.stringify(read.use));
  const asked = { use: read.use, body, messageKey: { kind: 'key', value: key } } as const;
  const outcome = await askForData(services, deskAccessOf(visit), asked);
  switch (outcome.kind) {
    case 'asked':
      return { kind: 'redirect', to: `/desk/access/requests/${outcome.requestId}` };
    case 'faulty':
      return showForm(services, visit, typed, [{ field: 'statuses', text: t('access.nothingAsked') }], key);
    case 'keyReused':
      // Sent before, gone back, changed and sent again: that is another request, under a number of its own.
      return showForm(services, visit, typed, [{ field: 'send', text: t('access.sentBefore') }]);
  }
}
