/** Tests of the embedded mail server: what it keeps, when it says so, and how it can be looked at. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { listMails, readMails, storeMail } from '../../../src/embedded/smtp/mails.ts';
import { type Smtp, startSmtp } from '../../../src/embedded/smtp/smtp.ts';

let folder: string;
let running: Smtp[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smtp-'));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((smtp) => smtp.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: { pagePort?: number; folder?: string } = {}): Promise<Smtp> {
  const smtp = await startSmtp({ folder, port: 0, ...options });
  running.push(smtp);
  return smtp;
}

/** Speaks SMTP by hand: sends each line after the answer to the one before, and gives all answers. */
function speak(port: number, lines: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    const left = [...lines];
    let partial = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('close', () => resolve(answers));
    socket.on('data', (text: string) => {
      partial += text;
      for (let end = partial.indexOf('\r\n'); end !== -1; end = partial.indexOf('\r\n')) {
        const line = partial.slice(0, end);
        partial = partial.slice(end + 2);
        if (/^\d{3}-/.test(line)) continue;
        answers.push(line);
        const next = left.shift();
        if (next === undefined) socket.end();
        else socket.write(`${next}\r\n`);
      }
    });
  });
}

function conversation(content: string, to: readonly string[] = ['an@example.be']): string[] {
  return [
    'EHLO test',
    'MAIL FROM:<no-reply@example.be>',
    ...to.map((address) => `RCPT TO:<${address}>`),
    'DATA',
    `${content}\r\n.`,
    'QUIT',
  ];
}

const CONTENT = [
  'From: Dienst <no-reply@example.be>',
  'To: An Peeters <an@example.be>',
  'Subject: =?utf-8?Q?d=C3=A9j=C3=A0?=',
  'Message-ID: <1@example.be>',
  'Date: Fri, 20 Nov 2026 12:00:00 +0100',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'tekst',
].join('\r\n');

describe('startSmtp', () => {
  describe('when a mail comes', () => {
    it('has stored it, readable by the owner only, once it says 250', async () => {
      const { port } = await start();
      const answers = await speak(port, conversation(CONTENT));
      assert.match(answers.at(-2) ?? '', /^250 /);
      const names = await readdir(folder);
      assert.equal(names.length, 1);
      assert.match(names[0] ?? '', /^2\d{3}-\d\d-\d\dT[\d-]+Z-\d{6}-[0-9a-f]{8}\.eml$/);
      assert.equal((await stat(join(folder, names[0] ?? ''))).mode & 0o777, 0o600);
    });

    it('can be read back', async () => {
      const { port } = await start();
      await speak(port, conversation(CONTENT, ['an@example.be', 'bart@example.be']));
      const [mail] = await readMails(folder);
      assert.deepEqual(mail?.envelope, {
        from: 'no-reply@example.be',
        to: ['an@example.be', 'bart@example.be'],
      });
      assert.deepEqual(mail.from, { name: 'Dienst', address: 'no-reply@example.be' });
      assert.deepEqual(mail.to, [{ name: 'An Peeters', address: 'an@example.be' }]);
      assert.equal(mail.subject, 'déjà');
      assert.equal(mail.text.trim(), 'tekst');
      assert.equal(mail.messageId, '<1@example.be>');
      assert.equal(mail.date, '2026-11-20T11:00:00.000Z');
    });

    it('tells the envelope from what the mail claims', async () => {
      const { port } = await start();
      const claims = 'Return-Path: <evil@evil.be>\r\nDelivered-To: evil@evil.be\r\nReceived: by evil\r\n';
      await speak(port, conversation(`${claims}${CONTENT}`));
      const [mail] = await readMails(folder);
      assert.deepEqual(mail?.envelope, { from: 'no-reply@example.be', to: ['an@example.be'] });
    });

    it('takes a bounce, which is from nobody', async () => {
      const { port } = await start();
      const lines = conversation(CONTENT).map((line) => line.replace('<no-reply@example.be>', '<>'));
      assert.match((await speak(port, lines)).at(-2) ?? '', /^250 /);
      assert.equal((await readMails(folder))[0]?.envelope.from, '');
    });

    it('refuses one that is too large and keeps nothing of it', async () => {
      const { port } = await start();
      const lines = conversation(`${CONTENT}${'\r\n0123456789abcdef'.repeat(1_600_000)}`);
      assert.match((await speak(port, lines)).at(-2) ?? '', /^552 /);
      assert.deepEqual(await readdir(folder), []);
    });

    it('answers 451 when it cannot be stored', async () => {
      await writeFile(join(folder, 'taken'), '');
      const { port } = await start({ folder: join(folder, 'taken') });
      assert.match((await speak(port, conversation(CONTENT))).at(-2) ?? '', /^451 /);
    });

    it('keeps none whose sender breaks off', async () => {
      const smtp = await start();
      await new Promise<void>((resolve) => {
        const socket = connect(smtp.port, '127.0.0.1', () => {
          const lines = conversation(CONTENT).slice(0, -3).join('\r\n');
          socket.end(`${lines}\r\nDATA\r\nhalf a mail`);
          socket.resume();
        });
        socket.on('close', () => resolve());
      });
      await smtp.stop();
      assert.deepEqual(await readMails(folder), []);
    });
  });

  describe('when it is started again', () => {
    it('still has the mails, and the new ones come last', async () => {
      const first = await start();
      await speak(first.port, conversation(CONTENT));
      await first.stop();
      const second = await start();
      await speak(second.port, conversation(CONTENT.replace('<1@', '<2@')));
      const ids = (await readMails(folder)).map(({ messageId }) => messageId);
      assert.deepEqual(ids, ['<1@example.be>', '<2@example.be>']);
    });
  });

  describe('when it is asked for what it does not have', () => {
    it('offers neither TLS nor passwords', async () => {
      const { port } = await start();
      const answers = await speak(port, ['EHLO test', 'STARTTLS', 'AUTH PLAIN AGEAYg==', 'QUIT']);
      assert.match(answers[2] ?? '', /^5/);
      assert.match(answers[3] ?? '', /^5/);
    });

    it('listens on loopback only', async () => {
      await assert.rejects(startSmtp({ folder, host: '0.0.0.0', port: 0 }), { code: 'embeddedPartFailed' });
    });

    it('says which port is taken', async () => {
      const { port } = await start();
      await assert.rejects(startSmtp({ folder, port }), { code: 'embeddedPartFailed' });
      await assert.rejects(startSmtp({ folder, port: 0, pagePort: port }), { code: 'embeddedPartFailed' });
    });
  });
});

describe('readMails', () => {
  it('gives nothing for a folder that does not exist', async () => {
    assert.deepEqual(await readMails(join(folder, 'absent')), []);
  });

  it('passes over mails that are still being written', async () => {
    await writeFile(join(folder, '2026-11-20T12-00-00-000Z-000001-00000000.eml.part'), CONTENT);
    assert.deepEqual(await listMails(folder), []);
  });

  it('gives the newest last, also within one millisecond', async () => {
    const envelope = { from: '', to: ['an@example.be'] };
    const now = new Date('2026-11-20T12:00:00Z');
    for (let number = 0; number < 20; number += 1) {
      await storeMail(folder, envelope, Buffer.from(`Subject: ${number}\r\n\r\n`), now);
    }
    await storeMail(folder, envelope, Buffer.from('Subject: later\r\n\r\n'), new Date(now.getTime() + 1));
    const subjects = (await readMails(folder)).map(({ subject }) => subject);
    assert.deepEqual(subjects, [...Array.from({ length: 20 }, (_, number) => String(number)), 'later']);
  });
});

describe('mail pages', () => {
  const evil = '<script>document.title = "evil"</script><img src="http://127.0.0.1:9/pixel">';

  async function startWithMail(): Promise<{ url: string; file: string }> {
    const { port, pageUrl = '' } = await start({ pagePort: 0 });
    const html = CONTENT.replace('text/plain', 'text/html').replace('tekst', evil);
    await speak(port, conversation(html.replace('=?utf-8?Q?d=C3=A9j=C3=A0?=', '<b>subject</b>')));
    const [file = ''] = await listMails(folder);
    return { url: pageUrl, file };
  }

  it('list the mails and show one, with nothing of it left unescaped', async () => {
    const { url, file } = await startWithMail();
    const list = await (await fetch(url)).text();
    assert.ok(list.includes(`href="/mails/${file}"`));
    assert.ok(list.includes('&lt;b&gt;subject&lt;/b&gt;') && !list.includes('<b>'));
    const shown = await (await fetch(`${url}mails/${file}`)).text();
    assert.ok(!shown.includes('<script') && !shown.includes('<img'));
  });

  it('show the HTML of a mail where it can neither run nor call', async () => {
    const { url, file } = await startWithMail();
    const answer = await fetch(`${url}mails/${file}/html`);
    assert.ok((await answer.text()).includes(evil));
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(policy, /^sandbox allow-popups; default-src 'none';/);
    assert.doesNotMatch(policy, /allow-scripts|allow-same-origin|https?:/);
  });

  it('serve no file but the mails', async () => {
    const { url } = await startWithMail();
    await writeFile(join(folder, 'other.txt'), 'other');
    for (const path of [
      'mails/other.txt',
      'mails/..%2fother.txt',
      'mails/',
      'other',
      'mails/../../etc/passwd',
    ]) {
      assert.equal((await fetch(`${url}${path}`)).status, 404, path);
    }
  });

  it('say so when there is no mail yet', async () => {
    const { pageUrl = '' } = await start({ pagePort: 0 });
    assert.match(await (await fetch(pageUrl)).text(), /No mail yet/);
  });
});
