/** What became of declarations, over HTTP: an organisation sees those it sent, and why one was refused. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { createClient } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { logIn } from './people.ts';
import { createVisitor, type Visitor, wordsOf } from './visitor.ts';

const PAGE = '/agency/declaration';

describe('the page of declarations', () => {
  let service: TestService;
  let thomas: Visitor;

  before(async () => {
    service = await startTestService();
    const client = createClient(service);
    await client.load(registerFile());
    thomas = createVisitor(service.url);
    await logIn(service, thomas, 'thomas', '/agency');
    // Of each day one, and one more of a number that is no person's.
    for (let day = 1; day <= 27; day += 1)
      await client.declare(quaIn({ ssin: demoSsin('lena'), day: `2021-03-${String(day).padStart(2, '0')}` }));
    await client.declare(quaIn({ ssin: '81022903534', day: '2021-04-01' }));
  });
  after(() => service.stop());

  const linksIn = (text: string) =>
    [...text.matchAll(/href="(\/agency\/declaration\?id=[0-9a-f-]{36})"/g)].map(([, href = '']) => href);

  it('lists what was sent, newest first and some at a time, with the answer of each', async () => {
    const first = await thomas.get(PAGE);
    const links = linksIn(first.text);
    assert.equal(links.length, 25);
    assert.match(wordsOf(first), /Received Answer .*? Refused .*? Accepted/);
    const older = /href="(\/agency\/declaration\?before=[0-9a-f-]{36})"/.exec(first.text)?.[1] ?? '';
    const rest = linksIn((await thomas.get(older)).text);
    assert.equal(rest.length, 3);
    assert.equal(new Set([...links, ...rest]).size, 28);
    assert.doesNotMatch(first.text, /\d{11}/, 'nobody is named in the list');
  });

  it('lists those that were refused alone, and says of each why', async () => {
    const refused = await thomas.get(`${PAGE}?only=refused`);
    const [href = '', ...more] = linksIn(refused.text);
    assert.equal(more.length, 0);
    assert.match(wordsOf(await thomas.get(href)), /The declaration is refused .* Why Error .*00024-003/);
  });

  it('shows nobody what others sent, and takes any address', async () => {
    const nadia = createVisitor(service.url);
    await logIn(service, nadia, 'nadia', '/agency');
    assert.match(wordsOf(await nadia.get(PAGE)), /Your organisation sent no declaration yet/);
    assert.deepEqual(linksIn((await nadia.get(`${PAGE}?only=refused`)).text), []);
    for (const query of ['before=x', 'before=a&before=b', 'only=all', 'only[]=refused'])
      assert.equal((await thomas.get(`${PAGE}?${query}`)).status, 200, query);
  });
});
