/** The page that says in the reader's words why there is no other, and what to do. */
import { type RefusalReason, statusOf } from './refusal.ts';
import type { PageReply, Visit } from './route.ts';

/** A page's words: title, explanation, and where a link leads on, if anywhere. */
interface Wording {
  readonly title: string;
  readonly text: string;
  readonly link?: { readonly text: string; readonly href: string };
}

/** Writes the page of a refusal, with the trace id by which it is found in the log. */
export function refusalPage(reason: RefusalReason, visit: Visit): PageReply {
  const { title, text, link } = wordingOf(reason, visit);
  return {
    kind: 'page',
    view: 'refusal',
    title,
    status: statusOf(reason),
    data: { heading: title, text, link, traceId: visit.traceId },
  };
}

function wordingOf(reason: RefusalReason, { texts: { t }, response, login }: Visit): Wording {
  const home = { text: t('error.toHome'), href: '/' };
  switch (reason) {
    case 'notFound':
      return { title: t('error.notFoundTitle'), text: t('error.notFound'), link: home };
    case 'gone':
      return {
        title: t('error.goneTitle'),
        text: t('error.gone'),
        link: { text: t('error.toVerify'), href: '/verify' },
      };
    case 'sessionEnded':
      return {
        title: t('error.sessionEndedTitle'),
        text: t('error.sessionEnded'),
        link: {
          text: t('error.logInAgain'),
          // Back to the page that the form stood on; the address it was sent to cannot be opened.
          href: loginAddress(String(response.locals.page ?? '/')),
        },
      };
    case 'loginFailed':
      return {
        title: t('error.loginFailedTitle'),
        text: t('error.loginFailed'),
        link: { text: t('error.logInAgain'), href: '/login' },
      };
    case 'loginMissing':
      return { title: t('error.loginMissingTitle'), text: t('error.loginMissing'), link: home };
    case 'notOfficial':
    case 'noRight':
    case 'notMandated':
    case 'mandateEnded':
      return wordingOfRight(reason, t, login);
    case 'wrongForm':
    case 'foreignOrigin':
      return { title: t('error.wrongFormTitle'), text: t('error.wrongForm'), link: home };
    case 'tooLarge':
      return { title: t('error.tooLargeTitle'), text: t('error.tooLarge'), link: home };
    case 'tooMany':
      return { title: t('error.tooManyTitle'), text: t('error.tooMany'), link: home };
    case 'unavailable':
      return { title: t('error.unavailableTitle'), text: t('error.unavailable'), link: home };
    case 'failed':
      return { title: t('error.failedTitle'), text: t('error.failed'), link: home };
  }
}

/** Somebody is logged in, and it is not enough. */
function wordingOfRight(
  reason: 'notOfficial' | 'noRight' | 'notMandated' | 'mandateEnded',
  t: Visit['texts']['t'],
  login: Visit['login'],
): Wording {
  switch (reason) {
    case 'notOfficial':
      return {
        title: t('error.notOfficialTitle'),
        text: t('error.notOfficial', { name: login?.name ?? '' }),
        link: { text: t('error.toInbox'), href: '/inbox' },
      };
    case 'noRight':
      return {
        title: t('error.noRightTitle'),
        text: t('error.noRight'),
        link: { text: t('error.toDesk'), href: '/desk' },
      };
    case 'notMandated':
      return {
        title: t('error.notMandatedTitle'),
        text: t('error.notMandated', { name: login?.acting?.name ?? '' }),
        link: { text: t('error.toMandates'), href: '/mandates' },
      };
    case 'mandateEnded':
      return {
        title: t('error.mandateEndedTitle'),
        text: t('error.mandateEnded'),
        link: { text: t('error.toMandates'), href: '/mandates' },
      };
  }
}

/** The login that leads back to a page of ours. */
export function loginAddress(to: string): string {
  return `/login?${new URLSearchParams({ to }).toString()}`;
}
