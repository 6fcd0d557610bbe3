/** `ebox mail bounce` as a mail server calls it: one mail on standard input, and an exit status that it understands. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { it } from 'node:test';
import { report } from '../support/bounces.ts';
import { createTestDatabase } from '../support/database.ts';
import { projectRoot } from '../support/needs.ts';
import { ourProgram } from '../support/program.ts';
import { newPerson } from '../support/register.ts';

/** Pipes a mail into the command; gives its exit status. */
async function pipe(databaseUrl: string, mail: string): Promise<unknown> {
  const child = spawn(process.execPath, [...ourProgram('cli'), 'mail', 'bounce'], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, PUBLIC_URL: 'https://ebox.example.be', DATABASE_URL: databaseUrl },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin?.end(mail);
  const [status] = await once(child, 'exit');
  return status;
}

it('a mail that came back is kept with its digest; while the database is away, the mail server tries again', async (t) => {
  const test = await createTestDatabase();
  t.after(() => test.drop());
  const mailId = randomUUID();
  await test.database.transaction(async (connection) => {
    const { personId } = await newPerson(connection);
    await connection.query(
      "insert into mail (mail_id, person_id, day, state, sent_at) values ($1, $2, brussels_today(), 'sent', now())",
      [mailId, personId],
    );
  });
  const away = pipe('postgres://127.0.0.1:9/none', report({ envelopeId: mailId }));
  const here = pipe(test.url, report({ envelopeId: mailId }));
  assert.deepEqual(await Promise.all([away, here]), [75, 0]);
  const rows = await test.query('select state, status from mail where mail_id = $1', [mailId]);
  assert.deepEqual(rows, [{ state: 'bounced', status: '5.1.1' }]);
});
