/** Where an organisation is told what became of its messages: its webhooks, what was delivered to each, and again. */
import { isUuid } from '../../domain/identifier.ts';
import { RECEIPT_KINDS } from '../../domain/receipt.ts';
import type { Services } from '../../workflows/services.ts';
import {
  changeSecret,
  consultDeliveries,
  consultSubscription,
  findSubscriptions,
  resend,
  type SubscriptionRow,
  subscribe,
  unsubscribe,
} from '../../workflows/subscribe.ts';
import { deskAccessOf } from '../agency-access.ts';
import { deskPage } from '../desk.ts';
import { fieldOf } from '../field.ts';
import { PageRefusal } from '../refusal.ts';
import type { OfficialVisit, PageReply, PageRoute, Reply } from '../route.ts';

type WebhookServices = Pick<Services, 'database' | 'catalogue' | 'vault' | 'webhooks' | 'newId' | 'settings'>;

const PATH = '/desk/webhooks';
const ONE = `${PATH}/:subscriptionId`;
const DELIVERIES_A_PAGE = 25;
const LONGEST_URL = 500;

/** Gives the routes of `/desk/webhooks`. */
export function webhookRoutes(services: WebhookServices): PageRoute[] {
  const common = { access: 'official', right: 'events:subscribe' } as const;
  const form = { ...common, method: 'post', form: 'fields' } as const;
  return [
    {
      ...common,
      name: 'webhooks',
      method: 'get',
      path: PATH,
      handle: (visit: OfficialVisit) => showWebhooks(services, visit),
    },
    {
      ...form,
      name: 'webhookAdd',
      path: PATH,
      page: PATH,
      handle: (visit: OfficialVisit) => add(services, visit),
    },
    {
      ...common,
      name: 'webhook',
      method: 'get',
      path: ONE,
      handle: async (visit: OfficialVisit): Promise<Reply> =>
        showWebhook(services, visit, await findOwn(services, visit)),
    },
    {
      ...form,
      name: 'webhookSecret',
      path: `${ONE}/secret`,
      page: ONE,
      handle: async (visit: OfficialVisit): Promise<Reply> => {
        const found = await findOwn(services, visit);
        const secret = await changeSecret(services, deskAccessOf(visit), found.subscriptionId);
        return showWebhook(services, visit, found, secret);
      },
    },
    {
      ...form,
      name: 'webhookEnd',
      path: `${ONE}/end`,
      page: ONE,
      handle: async (visit: OfficialVisit): Promise<Reply> => {
        const { subscriptionId } = await findOwn(services, visit);
        await unsubscribe(services, deskAccessOf(visit), subscriptionId);
        return { kind: 'redirect', to: PATH };
      },
    },
    {
      ...form,
      name: 'webhookResend',
      path: `${ONE}/resend`,
      page: ONE,
      handle: (visit: OfficialVisit) => sendAgain(services, visit),
    },
  ];
}

async function findOwn(services: WebhookServices, visit: OfficialVisit): Promise<SubscriptionRow> {
  const id = visit.param('subscriptionId');
  const found = isUuid(id) ? await consultSubscription(services, deskAccessOf(visit), id) : undefined;
  if (found === undefined) throw new PageRefusal('notFound');
  return found;
}

async function showWebhooks(
  services: WebhookServices,
  visit: OfficialVisit,
  fault?: string,
  typed = '',
): Promise<PageReply> {
  const { t } = visit.texts;
  const found = await findSubscriptions(services, deskAccessOf(visit));
  return deskPage(services, visit, {
    view: 'webhooks',
    title: t('webhooks.title'),
    ...(fault !== undefined && { status: 400 }),
    data: {
      faults: fault === undefined ? [] : [{ field: 'url', text: fault }],
      typed,
      longestUrl: LONGEST_URL,
      webhooks: found.map(itemOf),
    },
  });
}

function itemOf({ subscriptionId, url, createdAt, endedAt, failures }: SubscriptionRow) {
  return { href: `${PATH}/${subscriptionId}`, url, createdAt, isEnded: endedAt !== null, failures };
}

/** A second click finds what the first one added. The secret is shown on the page of the answer alone. */
async function add(services: WebhookServices, visit: OfficialVisit): Promise<Reply> {
  const { t } = visit.texts;
  const url = fieldOf(visit, 'url').trim().slice(0, LONGEST_URL);
  const access = deskAccessOf(visit);
  const [same] = (await findSubscriptions(services, access)).filter((one) => one.url === url);
  if (same !== undefined) return showWebhooks(services, visit, t('webhooks.sameUrl'), url);
  const outcome = await subscribe(services, access, { url, format: 'cloudEvents', kinds: null });
  if (outcome.kind === 'subscribed')
    return showWebhook(services, visit, outcome.subscription, outcome.secret);
  return showWebhooks(services, visit, t(`webhooks.${outcome.fault}`), url);
}

async function showWebhook(
  services: WebhookServices,
  visit: OfficialVisit,
  subscription: SubscriptionRow,
  secret?: Buffer,
): Promise<PageReply> {
  const { texts, request } = visit;
  const { state, before } = request.query;
  const shown = STATES.find((one) => one === state);
  const page = {
    state: shown,
    size: DELIVERIES_A_PAGE,
    before: typeof before === 'string' && /^\d{1,15}$/.test(before) ? Number(before) : undefined,
  };
  const { subscriptionId, kinds } = subscription;
  const found = (await consultDeliveries(services, deskAccessOf(visit), subscriptionId, page)) ?? [];
  const href = `${PATH}/${subscriptionId}`;
  const last = found.at(-1);
  const query = `${shown ? `state=${shown}&` : ''}before=${last?.leafIndex}`;
  return deskPage(services, visit, {
    view: 'webhook',
    title: texts.t('webhooks.oneTitle'),
    data: {
      webhook: { ...itemOf(subscription), href },
      kinds: kinds === null || kinds.length === RECEIPT_KINDS.length ? undefined : kinds,
      secret: secret?.toString('base64'),
      isResent: request.query.done === 'resent',
      states: [undefined, ...STATES].map((one) => ({
        href: one === undefined ? href : `${href}?state=${one}`,
        text: texts.t(one === undefined ? 'webhooks.all' : `webhooks.${one}`),
        isCurrent: one === shown,
      })),
      deliveries: found.map(({ tries, ...delivery }) => ({
        ...delivery,
        tries: tries.map((one) => ({ ...one, at: new Date(one.triedAt) })),
      })),
      older: found.length === DELIVERIES_A_PAGE ? `${href}?${query}` : undefined,
    },
  });
}

const STATES = ['waiting', 'delivered', 'failed'] as const;

/** One that waits already will be sent in any case. */
async function sendAgain(services: WebhookServices, visit: OfficialVisit): Promise<Reply> {
  const { subscriptionId } = await findOwn(services, visit);
  const deliveryId = fieldOf(visit, 'delivery');
  if (!isUuid(deliveryId)) throw new PageRefusal('wrongForm');
  const outcome = await resend(services, deskAccessOf(visit), subscriptionId, deliveryId);
  if (outcome === 'unknown') throw new PageRefusal('notFound');
  return { kind: 'redirect', to: `${PATH}/${subscriptionId}${outcome === 'ended' ? '' : '?done=resent'}` };
}
