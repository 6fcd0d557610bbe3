/** A mail leaves through a real mail server for an address that does not exist; its report comes back and the message shows it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { readMails } from '../../src/embedded/smtp/mails.ts';
import { startSmtp } from '../../src/embedded/smtp/smtp.ts';
import { startScene } from '../http/scene.ts';
import { until } from '../support/client.ts';
import { projectRoot } from '../support/needs.ts';
import { needsPostfix, startPostfix } from '../support/postfix.ts';
import { ourProgram } from '../support/program.ts';
import { demoSsin } from '../support/service.ts';

const BOUNCES = 'bounces@ebox.example.be';

it('what Postfix reports on a mail is taken in by the command and shown on the message', async (t) => {
  if (!needsPostfix(t)) return;
  const folder = mkdtempSync(join(tmpdir(), 'bounced-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const mailbox = await startSmtp({ folder, port: 0 });
  t.after(() => mailbox.stop());
  const forward = { address: BOUNCES, port: mailbox.port };
  // Lena's address is lena@example.org.
  const postfix = await startPostfix({ domain: 'example.org', forward });
  t.after(() => postfix.stop());
  const scene = await startScene({ SMTP_URL: postfix.url, MAIL_BOUNCE_ADDRESS: BOUNCES });
  t.after(() => scene.stop());
  const mailOf = async () => {
    const token = await scene.service.clientToken('issuer', 'deliveries:consult');
    const response = await fetch(`${scene.service.url}/deliveries/v1/messages/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ssin: demoSsin('lena') }),
    });
    const { items } = (await response.json()) as { items: readonly { readonly mail: Mail }[] };
    return items[0]?.mail;
  };
  await scene.declareDays('lena', ['2020-09-01']);
  assert.equal((await until(mailOf, (mail) => mail?.state === 'sent'))?.state, 'sent', postfix.log());
  const [report] = await until(
    () => readMails(folder),
    ({ length }) => length > 0,
  );
  assert.deepEqual(report?.envelope, { from: '', to: [BOUNCES] }, postfix.log());
  const content = readFileSync(join(folder, report?.file ?? ''));
  assert.equal(await takeIn(content, scene.service), 0);
  assert.deepEqual((await mailOf())?.state, 'bounced');
  const [receipts] = await scene.service.database.query<{ kinds: string }>(
    "select string_agg(kind, ' ' order by recorded_time) as kinds from receipt",
  );
  assert.equal(receipts?.kinds, 'published notified notificationFailed');
});

interface Mail {
  readonly state: string;
}

/** Pipes a mail into the command as a mail server does; gives its exit status. */
async function takeIn(
  mail: Buffer,
  { url, database }: { readonly url: string; readonly database: { readonly url: string } },
): Promise<unknown> {
  const child = spawn(process.execPath, [...ourProgram('cli'), 'mail', 'bounce'], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, PUBLIC_URL: url, DATABASE_URL: database.url },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(mail);
  const [status] = await once(child, 'exit');
  return status;
}
