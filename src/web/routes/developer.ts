/** For developers: the API to read and try in the browser, and a page for each type of problem. */
import { type ApiDocument, answersOf, bodiesOf, groupsOf } from '../api-document.ts';
import { isProblemName, PROBLEM_STATUSES } from '../problem-types.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageReply, PageRoute, Visit } from '../route.ts';

export interface DeveloperParts {
  /** Gives the OpenAPI document. */
  readonly api: () => ApiDocument;
  /** Where the mails of the embedded mail server are read; undefined where mail goes elsewhere. */
  readonly mailPages?: string | undefined;
  /** The login is embedded: tokens are printed by a command. */
  readonly hasDemoClients: boolean;
}

/** Gives the routes of `/developer`, `/developer/{group}`, `/problems` and `/problems/{name}`. */
export function developerRoutes(parts: DeveloperParts): PageRoute[] {
  const listed = { method: 'get', access: 'public', isListed: true } as const;
  let document: ApiDocument | undefined;
  const api = () => (document ??= parts.api());
  return [
    {
      ...listed,
      name: 'developer',
      path: '/developer',
      handle: async (visit: Visit) => showStart(visit, parts, api()),
    },
    {
      ...listed,
      name: 'apiGroup',
      path: '/developer/:group',
      handle: async (visit: Visit) => showGroup(visit, parts, api()),
    },
    { ...listed, name: 'problems', path: '/problems', handle: async (visit: Visit) => listProblems(visit) },
    {
      ...listed,
      name: 'problem',
      path: '/problems/:name',
      handle: async (visit: Visit) => showProblem(visit),
    },
  ];
}

function showStart({ texts: { t } }: Visit, { mailPages }: DeveloperParts, api: ApiDocument): PageReply {
  const groups = groupsOf(api).map(({ slug, name, operations }) => ({
    href: `/developer/${slug}`,
    name,
    count: operations.length,
  }));
  const title = t('developer.title');
  return { kind: 'page', view: 'developer', title, data: { heading: title, groups, mailPages } };
}

function showGroup(visit: Visit, { hasDemoClients }: DeveloperParts, api: ApiDocument): PageReply {
  const found = groupsOf(api).find(({ slug }) => slug === visit.param('group'));
  if (found === undefined) throw new PageRefusal('notFound');
  const operations = found.operations.map((operation) => ({
    ...operation,
    parameters: operation.parameters ?? [],
    scope: operation.security.flatMap((one) => Object.values(one).flat())[0],
    isPublic: operation.security.length === 0,
    bodies: bodiesOf(api, operation),
    answers: answersOf(operation),
  }));
  const data = { heading: found.name, operations, hasDemoClients };
  return { kind: 'page', view: 'api-group', title: found.name, data };
}

function listProblems({ texts: { t } }: Visit): PageReply {
  const problems = Object.entries(PROBLEM_STATUSES).map(([name, status]) => ({ name, status }));
  return { kind: 'page', view: 'problems', title: t('problem.title'), data: { problems } };
}

function showProblem(visit: Visit): PageReply {
  const { t } = visit.texts;
  const name = visit.param('name');
  if (!isProblemName(name)) throw new PageRefusal('notFound');
  const status = PROBLEM_STATUSES[name];
  return {
    kind: 'page',
    view: 'problem',
    title: `${name} (${status})`,
    data: { name, problemStatus: status, explanation: t(`problem.${name}`) },
  };
}
