/** The cells of the pages: each page and form, each visitor, each thing, with what must come of it. */
import type { PageRoute } from '../../../src/web/route.ts';
import type { Cell } from './api-cells.ts';
import { NOTHING } from './api-rules.ts';
import { writeForm } from './form.ts';
import type { PageRule } from './page-rules.ts';
import type { PageCaller } from './visitors.ts';
import type { Asked } from './wire.ts';
import type { Thing, World } from './world.ts';

/** How a form was sent: as from the page it stands on, without its token, or by another site. */
type Sending = 'ours' | 'tokenless' | 'foreign';

export interface PageCell extends Cell {
  readonly visitor: PageCaller;
}

interface Place {
  readonly visitor: PageCaller;
  readonly thing: Thing;
  readonly method: string;
  readonly sending: Sending;
}

/** Gives every cell of a page. `origin` is where the pages are. */
export function pageCells(
  route: PageRoute,
  rule: PageRule,
  visitors: readonly PageCaller[],
  { things }: World,
  origin: string,
): readonly PageCell[] {
  const about = rule.about === undefined ? [NOTHING] : things[rule.about];
  // A form without its token gets nobody as far as the thing, and HEAD is GET without the body: two things show that.
  const some = about.slice(0, 2);
  const ways: readonly (readonly [string, Sending, readonly Thing[]])[] =
    route.method === 'get'
      ? [
          ['GET', 'ours', about],
          ['HEAD', 'ours', some],
        ]
      : // What must not work comes first: some forms work once in a session.
        [
          ['POST', 'foreign', some],
          ['POST', 'tokenless', some],
          ['POST', 'ours', about],
        ];
  const asking = visitors.filter(({ name }) =>
    rule.isCostly === true ? TWO.includes(name) : name !== AT_THE_DESK || rule.right !== undefined,
  );
  return ways.flatMap(([method, sending, asked]) =>
    asking.flatMap((visitor) =>
      asked.map((thing) => cellOf(route, rule, { visitor, thing, method, sending }, origin)),
    ),
  );
}

/** One that is logged in, and one that is not. */
const TWO = ['lukasz', 'nobody'];
/** Has a right that no other has, and nothing beside it that others have not. */
const AT_THE_DESK = 'nadia';

function cellOf(route: PageRoute, rule: PageRule, place: Place, origin: string): PageCell {
  const { visitor, thing, method, sending } = place;
  const status = statusOf(route, rule, place);
  const isAllowed = status === (rule.works ?? 200) && hasEntered(rule, visitor);
  const holders = rule.isForHolders === true ? [thing.owner] : [];
  const own = [visitor.person, visitor.organization].flatMap((who) => who ?? []);
  return {
    name: `${method} ${route.path}, ${visitor.name}, ${sending}, ${thing.id === '' ? 'nothing in particular' : `that of ${thing.owner}`}`,
    operation: route.name,
    asked: askedOf(route, rule, place, origin),
    status,
    isAllowed,
    // Every page names who is logged in.
    knowing: [...own, ...(isAllowed ? holders : [])],
    isRight: visitor.state === 'loggedIn',
    thing,
    visitor,
    ...(status === 404 && thing.owner !== 'mixed' && { alike: `${method} ${route.path} ${visitor.name}` }),
  };
}

function askedOf(
  route: PageRoute,
  rule: PageRule,
  { visitor, thing, method, sending }: Place,
  origin: string,
): Asked {
  const ids = [rule.id ?? thing.id, rule.second ?? thing.second ?? '', 'attest.pdf'];
  const path = route.path.replace(/:\w+/g, () => encodeURIComponent(ids.shift() ?? ''));
  const query = rule.query ?? (rule.about === 'report' ? `?check=${thing.id}` : '');
  const headers = {
    Accept: 'text/html',
    'Accept-Language': 'en',
    ...(visitor.cookie !== undefined && { Cookie: visitor.cookie }),
  };
  if (route.method === 'get') return { method, path: `${path}${query}`, headers };
  const token = sending === 'tokenless' ? undefined : visitor.csrfToken;
  const { type, body } = writeForm(route.form, rule.form?.(thing) ?? {}, token);
  const from = { Origin: sending === 'foreign' ? 'https://elsewhere.example' : origin };
  return { method, path, headers: { ...headers, ...from, 'Content-Type': type }, body };
}

function hasEntered(rule: PageRule, { state, organization, rights, isActing }: PageCaller): boolean {
  if (rule.may === 'everybody') return true;
  if (state !== 'loggedIn' || (rule.may === 'official' && organization === undefined)) return false;
  if (rule.isForInstitution === true && organization !== 'institution') return false;
  return rule.right === undefined || (isActing !== true && rights.includes(rule.right));
}

/** What the rules come to: the form's origin, the login, the form's token, the right to be there, and the thing. */
function statusOf(route: PageRoute, rule: PageRule, { visitor, thing, sending }: Place): number {
  const { works = 200, otherwise = 404, malformed = otherwise } = rule;
  if (sending === 'foreign' || rule.may === 'begun') return 403;
  const isLoggedIn = visitor.state === 'loggedIn';
  if (route.method === 'get') {
    if (rule.may !== 'everybody' && !isLoggedIn) return 303;
  } else {
    if (rule.may !== 'everybody' && !isLoggedIn) return 401;
    // A session that was ended took its token with it, which is said where the form can be opened again.
    const hasToken = sending === 'ours' && (isLoggedIn || visitor.state === 'nobody');
    if (!hasToken && route.form === 'file') return 403;
    if (!hasToken) return visitor.state === 'ended' || visitor.state === 'forged' ? 401 : 403;
  }
  if (!hasEntered(rule, visitor)) return 403;
  if (rule.about === undefined) return works;
  if (thing.owner === 'malformed') return malformed;
  if (thing.owner === 'nobody' || thing.owner === 'mixed') return otherwise;
  if (rule.isForHolders === true) return works;
  return thing.owner === (rule.may === 'official' ? visitor.organization : visitor.person)
    ? works
    : otherwise;
}

/** The end of a login: only the browser that began it gets through, and once. */
export function callbackCells(
  arrivals: readonly { readonly caller: PageCaller; readonly path: string }[],
): readonly PageCell[] {
  return arrivals.map(({ caller: visitor, path }) => {
    const isAllowed = visitor.name.endsWith('coming back');
    const headers = { Accept: 'text/html', Cookie: visitor.cookie ?? '' };
    return {
      name: `GET /login/callback, ${visitor.name}`,
      operation: 'loginCallback',
      asked: { method: 'GET', path, headers },
      status: isAllowed ? 303 : 403,
      isAllowed,
      knowing: [],
      isRight: isAllowed,
      thing: NOTHING,
      visitor,
    };
  });
}
