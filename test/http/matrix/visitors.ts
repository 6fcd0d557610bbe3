/** Who is at the pages in the matrix: each logged in through the login as people are, or not. */

import { SESSION_COOKIE } from '../../../src/access/session.ts';
import type { DeskRight } from '../../../src/domain/desk-right.ts';
import { DEMO_OFFICIALS } from '../../../src/embedded/demo.ts';
import type { TestService } from '../../support/service.ts';
import { logIn, passLogin } from '../../web/people.ts';
import { createVisitor, type Visitor } from '../../web/visitor.ts';

export interface PageCaller {
  readonly name: string;
  /** Whose things they may see: as a person, and as an official of an organisation. */
  readonly person: string | undefined;
  readonly organization: string | undefined;
  /** What the login of an official names. */
  readonly rights: readonly DeskRight[];
  readonly state: 'loggedIn' | 'nobody' | 'ended' | 'forged';
  /** What stands in `Cookie`: session, form and a login under way, as far as there are any. */
  readonly cookie: string | undefined;
  /** Acts for `person` by a mandate. */
  readonly isActing?: boolean;
  /** Of the forms of this session. */
  readonly csrfToken: string;
}

interface Entering {
  readonly name: string;
  readonly person?: string;
  readonly organization?: string;
}

const PEOPLE: readonly Entering[] = [
  { name: 'lukasz', person: 'lukasz' },
  { name: 'amelie', person: 'amelie' },
  { name: 'thomas', person: 'thomas', organization: 'agencyA' },
  { name: 'hanne', person: 'hanne', organization: 'institution' },
  { name: 'nadia', person: 'nadia', organization: 'city' },
];

/** Logs everybody in; one whose session was ended, and one who made up a cookie, are there too. */
export async function makeVisitors(service: TestService): Promise<readonly PageCaller[]> {
  const people = await Promise.all(PEOPLE.map((one) => enter(service, one)));
  const nobody = await describe({ name: 'nobody' }, createVisitor(service.url), 'nobody', '/verify');
  return [...people, nobody, await leave(service), ...(await forge(service))];
}

/** Logs somebody in. */
export async function enter(service: TestService, who: Entering): Promise<PageCaller> {
  const visitor = createVisitor(service.url);
  await logIn(service, visitor, who.person ?? '');
  return describe(who, visitor, 'loggedIn', '/inbox');
}

/** Somebody who chose to act for another person by a mandate. */
export async function enterActing(
  service: TestService,
  {
    agent,
    mandateId,
    person,
  }: { readonly agent: string; readonly mandateId: string; readonly person: string },
): Promise<PageCaller> {
  const visitor = createVisitor(service.url);
  await logIn(service, visitor, agent);
  const csrfToken = await visitor.tokenOn('/mandates');
  const { status } = await visitor.sendFields('/mandates/choose', { csrfToken, mandate: mandateId });
  if (status !== 303) throw new Error(`choosing a mandate was answered with ${status}`);
  const who = await describe({ name: `${agent}, for ${person}`, person }, visitor, 'loggedIn', '/inbox');
  return { ...who, isActing: true };
}

async function describe(
  { name, person, organization }: Entering,
  visitor: Visitor,
  state: PageCaller['state'],
  page: string,
): Promise<PageCaller> {
  const csrfToken = await visitor.tokenOn(page);
  const pairs = visitor.cookies().map((cookie) => `${cookie}=${visitor.cookie(cookie)}`);
  const cookie = pairs.length === 0 ? undefined : pairs.join('; ');
  return { name, person, organization, rights: rightsOf(person), state, csrfToken, cookie };
}

function rightsOf(person: string | undefined): readonly DeskRight[] {
  return DEMO_OFFICIALS.find(({ personId }) => personId === person)?.rights ?? [];
}

async function leave(service: TestService): Promise<PageCaller> {
  const visitor = createVisitor(service.url);
  await logIn(service, visitor, 'lukasz');
  const before = await describe({ name: 'lukasz, logged out' }, visitor, 'ended', '/inbox');
  const { status } = await visitor.sendFields('/logout', { csrfToken: before.csrfToken });
  if (status !== 303) throw new Error(`logging out was answered with ${status}`);
  return before;
}

/** A session id with a signature that is not ours, and one that is no cookie of a session at all. */
async function forge(service: TestService): Promise<readonly PageCaller[]> {
  const visitor = createVisitor(service.url);
  await logIn(service, visitor, 'lukasz');
  const csrfToken = await visitor.tokenOn('/inbox');
  const made = (name: string, value: string): PageCaller => ({
    name,
    person: undefined,
    organization: undefined,
    rights: [],
    state: 'forged',
    cookie: `${SESSION_COOKIE}=${value}`,
    csrfToken,
  });
  const [id = ''] = (visitor.cookie(SESSION_COOKIE) ?? '').split('.');
  return [made('forged', `${id}.${'A'.repeat(43)}`), made('garbled', '%00')];
}

/** Somebody to whom the login has just given its answer: the address it leads to, in the browser that asked and in another. */
export async function comeBack(
  service: TestService,
): Promise<readonly { readonly caller: PageCaller; readonly path: string }[]> {
  const visitor = createVisitor(service.url);
  const path = await passLogin(service, visitor, 'lukasz');
  const begun = await describe({ name: 'lukasz, coming back' }, visitor, 'nobody', '/goodbye');
  const other = await describe({ name: 'somebody else' }, createVisitor(service.url), 'nobody', '/verify');
  return [other, begun].map((caller) => ({ caller, path }));
}
