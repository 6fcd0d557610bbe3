/** What the register keeps: no table without a line that says under which key and until when. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { createTestDatabase } from '../support/database.ts';
import { projectRoot } from '../support/needs.ts';

/** Which migrations were applied. */
const TOOLS = ['migration'];

it('every table has a line that says what it keeps, under which key and until when', async (t) => {
  const test = await createTestDatabase();
  t.after(() => test.drop());
  const tables = await test.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const [, lines = ''] = readFileSync(join(projectRoot, 'src', 'keys', 'README.md'), 'utf8').split(
    '## What is kept, under which key, until when',
  );
  const [table = ''] = lines.split('\n## ');
  const missing = tables
    .map(({ name }) => name)
    .filter((name) => !TOOLS.includes(name))
    .filter((name) => !new RegExp(`^\\|[^|]*\`${name}[\`.]`, 'm').test(table));
  assert.ok(tables.length > 30, `${tables.length} tables`);
  assert.deepEqual(missing, []);
});
