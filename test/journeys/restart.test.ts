/** A restart keeps everything: after a calm stop, after a SIGKILL, and with a database server that was left running. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { registerFile } from '../../src/cli/demo-input.ts';
import { tokenOfPerson } from '../../src/cli/token.ts';
import { clientToken } from '../../src/embedded/login/tokens.ts';
import { freePort, knownPort } from '../../src/embedded/ports.ts';
import { until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { demoSsin } from '../support/service.ts';

const settingsOf = (dataDir: string, port: number) => ({
  PORT: String(port),
  DATA_DIR: dataDir,
  SETTLE_AFTER_SECONDS: '0',
  MAIL_AFTER_SECONDS: '0',
  LEASE_SECONDS: '1',
});

describe('a restart on wholly embedded parts', () => {
  // mkdtemp makes a folder that only its owner can enter: as root, PostgreSQL has to lie elsewhere.
  const dataDir = mkdtempSync(join(tmpdir(), 'restart-'));
  let port: number;
  let service: ServiceProcess;
  let citizenToken: string;
  let kept: {
    readonly messages: readonly { readonly messageId: string; readonly readStatus: boolean }[];
    readonly pdf: Buffer;
  };

  before(async () => {
    port = await freePort();
    service = await startProcess(settingsOf(dataDir, port));
    const issuer = `http://127.0.0.1:${knownPort(dataDir, 'login')}`;
    const folder = join(dataDir, 'login');
    const population = await clientToken({
      issuer,
      folder,
      clientId: 'population',
      scope: 'register:report',
    });
    const payroll = await clientToken({ issuer, folder, clientId: 'payroll', scope: 'dimona:declare' });
    citizenToken = await tokenOfPerson({ issuer, folder, publicUrl: service.url }, 'lena', 'ebox:consult');
    await api()
      .post('/register/v1/files')
      .auth(population, { type: 'bearer' })
      .type('application/x-ndjson')
      .send(registerFile())
      .expect(202);
    await api()
      .post('/dimona/v2/declarations')
      .auth(payroll, { type: 'bearer' })
      .send(quaIn({ ssin: demoSsin('lena'), day: '2020-09-01' }))
      .expect(201);
    const [message] = await until(inbox, (messages) => messages.length === 1);
    const pdf = await content(message?.messageId ?? '');
    kept = { messages: await inbox(), pdf };
    assert.equal(kept.messages[0]?.readStatus, true);
  });
  let data = '';
  after(async () => {
    await service.kill('SIGTERM');
    const moved = /data in (\/var\/lib\/citizen-ebox\/[0-9a-f]{16})\/data/.exec(service.output())?.[1];
    for (const folder of [dataDir, moved]) {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  });

  it('starts in a folder that only its owner can enter', (t) => {
    assert.match(service.output(), /PostgreSQL +127\.0\.0\.1:\d+, data in/);
    if (process.getuid?.() !== 0) return t.skip('needs root: only root runs PostgreSQL as another user');
    assert.match(service.output(), /data in \/var\/lib\/citizen-ebox\/[0-9a-f]{16}\/data/);
  });

  it('keeps messages, documents and tokens after a calm stop', async () => {
    await service.kill('SIGTERM');
    service = await startProcess(settingsOf(dataDir, port));
    await assertKept();
  });

  it('keeps them after a SIGKILL, and adopts the database server that was left running', async () => {
    await service.kill('SIGKILL');
    const left = serverPids();
    assert.equal(left.length, 1, 'the server outlives the process that started it');
    service = await startProcess(settingsOf(dataDir, port));
    assert.deepEqual(serverPids(), left);
    await assertKept();
  });

  it('refuses a second service on the same folder by name', async () => {
    await assert.rejects(
      startProcess(settingsOf(dataDir, await freePort())),
      /is in use by the service with process id \d+; stop it or set DATA_DIR/,
    );
    await assertKept();
  });

  it('leaves no server behind after a calm stop', async () => {
    await service.kill('SIGTERM');
    assert.deepEqual(serverPids(), []);
    service = await startProcess(settingsOf(dataDir, port));
    await assertKept();
  });

  function api() {
    return request(`http://localhost:${port}`);
  }

  async function inbox() {
    const { body } = await api()
      .get('/ebox/citizen/v2/ebox/messages')
      .auth(citizenToken, { type: 'bearer' })
      .expect(200);
    return body.items as { messageId: string; readStatus: boolean }[];
  }

  async function content(messageId: string): Promise<Buffer> {
    const { body: message } = await api()
      .get(`/ebox/citizen/v2/ebox/messages/${messageId}`)
      .auth(citizenToken, { type: 'bearer' })
      .expect(200);
    const { pathname } = new URL(message.attachments.items[0].contentHref);
    return (await api().get(pathname).auth(citizenToken, { type: 'bearer' }).responseType('blob').expect(200))
      .body;
  }

  async function assertKept(): Promise<void> {
    assert.deepEqual(await inbox(), kept.messages);
    const pdf = await content(kept.messages[0]?.messageId ?? '');
    assert.ok(pdf.equals(kept.pdf));
    const { body } = await api()
      .post('/verifications/v1/verifications')
      .type('application/pdf')
      .send(pdf)
      .expect(200);
    assert.deepEqual([body.signature.indication, body.status], ['TOTAL_PASSED', 'valid']);
  }

  /** The postmasters whose command line names the data of this test. */
  function serverPids(): string[] {
    // Said by the first service at the latest when the second starts, and the same for all.
    data = /data in (\S+)/.exec(service.output())?.[1] ?? data;
    assert.notEqual(data, '');
    const found = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => commandOf(pid).includes(`-D\0${data}\0`));
    // A child that was just forked has the command line of its parent for a moment.
    return found.filter((pid) => !found.includes(parentOf(pid)));
  }
});

function parentOf(pid: string): string {
  try {
    return /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
