/** Who may do what: every route and page, every kind of caller, on what is theirs, somebody else's and nobody's. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { keyOf } from './matrix/api-cells.ts';
import { API_RULES } from './matrix/api-rules.ts';
import { PAGE_RULES } from './matrix/page-rules.ts';
import { type Done, type Matrix, runMatrix } from './matrix/run.ts';
import type { Asked } from './matrix/wire.ts';
import { headerFaults } from './security-headers.ts';

let matrix: Matrix;

before(async () => {
  matrix = await runMatrix();
});
after(() => matrix.stop());

const worksFor = ({ cell, answer }: Done) => cell.isAllowed && answer.status === cell.status;

/** What an answer says, headers too, and what its request said. */
function wordsOf({ cell, answer }: Done): { readonly said: string; readonly asked: string } {
  return {
    said: `${JSON.stringify(answer.headers)} ${answer.text}`,
    asked: `${decodeURIComponent(cell.asked.path)} ${cell.asked.body?.toString() ?? ''}`,
  };
}

describe('the rules', () => {
  it('are of the routes of the API there are', () =>
    assert.deepEqual(matrix.routes.map(keyOf).sort(), Object.keys(API_RULES).sort()));

  it('are of the pages there are', () =>
    assert.deepEqual(matrix.pages.map(({ name }) => name).sort(), Object.keys(PAGE_RULES).sort()));
});

describe('the cells', () => {
  it('are thousands, each with a name of its own', () => {
    const names = new Set(matrix.done.map(({ cell }) => cell.name));
    assert.ok(names.size >= 3000, `${names.size} cells`);
    const forged = new Set(
      matrix.done.flatMap(({ cell }) => (cell.isRight ? [] : [cell.name.split(', ')[2]])),
    );
    assert.ok(
      ['forged', 'an ID token', 'expired', 'not yet'].every((way) => forged.has(way)),
      [...forged].join(),
    );
  });

  it('are each answered as the rule of the route says', () => {
    const wrong = matrix.done.flatMap(({ cell, answer }) =>
      [cell.status, cell.elseStatus].includes(answer.status)
        ? []
        : [`${cell.name}: ${answer.status}, not ${cell.status}`],
    );
    assert.deepEqual(wrong, []);
  });

  it('let somebody in at each route, and turn somebody away at each that is not public', () => {
    for (const { operationId, access } of matrix.routes) {
      const own = matrix.done.filter(({ cell }) => cell.operation === operationId);
      assert.ok(own.some(worksFor), `nobody gets anything of ${operationId}`);
      const turnedAway = own.filter(({ answer }) => [401, 403].includes(answer.status));
      assert.equal(turnedAway.length > 0, access.kind !== 'public', operationId);
    }
    for (const { name, access } of matrix.pages) {
      const own = matrix.done.filter(({ cell }) => cell.operation === name);
      assert.ok(own.some(worksFor), `nobody sees ${name}`);
      assert.ok(access === 'public' || own.some(({ cell }) => !cell.isAllowed), name);
    }
  });

  it('change nothing that is somebody else’s', () => {
    const followed = matrix.done.filter(({ objection }) => objection !== undefined);
    assert.deepEqual(
      followed.map(({ cell, objection }) => `${cell.name}: ${objection}`),
      [],
    );
  });

  it('show nothing of anybody whom it is none of their business', () => {
    const told = matrix.done.flatMap((one) => {
      const { said, asked } = wordsOf(one);
      const found = matrix.world.marks.foundIn(said, one.cell.knowing, asked);
      return found.length === 0 ? [] : [`${one.cell.name}: ${[...new Set(found)].join(', ')}`];
    });
    assert.deepEqual(told, []);
  });

  it('do show those who may see them what the search looks for', () => {
    const showing = matrix.done.filter((one) => {
      const { said, asked } = wordsOf(one);
      return worksFor(one) && matrix.world.marks.foundIn(said, [], asked).length > 0;
    });
    const operations = new Set(showing.map(({ cell }) => cell.operation));
    assert.ok(operations.size >= 20, [...operations].join(' '));
  });

  it('say the same of what is somebody else’s as of what is nobody’s', () => {
    const kinds = new Map<string, Set<string>>();
    for (const { cell, answer } of matrix.done) {
      if (cell.alike === undefined) continue;
      const said = kinds.get(cell.alike) ?? new Set();
      kinds.set(cell.alike, said.add(withoutNames(cell.asked, answer.text)));
    }
    assert.ok(kinds.size > 100);
    assert.deepEqual(
      [...kinds].flatMap(([name, said]) => (said.size > 1 ? [name] : [])),
      [],
    );
  });

  it('each carry the headers that keep browsers safe', () => {
    const faults = new Map<string, string>();
    for (const { cell, answer } of matrix.done) {
      const found = headerFaults(cell.asked.path.split('?')[0] ?? '', answer.status, answer.headers);
      if (found.length > 0) faults.set(`${cell.operation} ${answer.status}`, found.join(', '));
    }
    assert.deepEqual([...faults], []);
  });
});

/** Without what differs between any two answers: the trace, tokens of forms, and the names that were asked for. */
function withoutNames({ path, body = '' }: Asked, text: string): string {
  const fields = typeof body === 'string' ? [...new URLSearchParams(body).values()] : [];
  const names = [path, ...path.split('/'), ...fields].filter((name) => name.length > 7);
  const neutral = names.reduce((rest, name) => rest.replaceAll(name, '…'), text);
  return neutral.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '…').replace(/value="[\w-]{30,}"/g, '…');
}
