/** Tests of sending mail, over the wire to the embedded mail server and to one that refuses. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { readMails } from '../../src/embedded/smtp/mails.ts';
import { type Smtp, startSmtp } from '../../src/embedded/smtp/smtp.ts';
import { ServiceError } from '../../src/errors.ts';
import { createMailer, type Mailer, type OutgoingMail } from '../../src/mail/transport.ts';

const from = { name: 'Dienst, "eBox"', address: 'no-reply@example.be' };

function mail(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    to: { name: 'An Peeters', address: 'an@example.be' },
    subject: 'Er staat iets klaar',
    text: 'tekst',
    html: '<p>tekst</p>',
    messageId: '<0198-1@ebox.example.be>',
    ...changes,
  };
}

function withCode(code: string, ...absent: readonly string[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ServiceError, String(error));
    assert.equal(error.code, code);
    for (const text of absent) assert.ok(!error.message.includes(text), error.message);
    return true;
  };
}

describe('createMailer', () => {
  for (const url of [
    '',
    'example.be',
    'http://example.be',
    'smtp:',
    'smtp://',
    'mailto:x@example.be',
    'smtp://a:%zz@b.be',
  ]) {
    it(`refuses the address ${JSON.stringify(url)}`, () => {
      assert.throws(() => createMailer({ url, from }), withCode('configurationInvalid'));
    });
  }

  it('refuses a sender that is no mailbox', () => {
    const sender = { address: 'no-reply@example.be\r\nBcc: evil@evil.be' };
    assert.throws(
      () => createMailer({ url: 'smtp://127.0.0.1', from: sender }),
      withCode('configurationInvalid', 'evil'),
    );
  });

  it('repeats no password', () => {
    assert.throws(
      () => createMailer({ url: 'http://user:secret@example.be', from }),
      withCode('configurationInvalid', 'secret'),
    );
  });
});

describe('Mailer', () => {
  let folder: string;
  let smtp: Smtp;
  let mailer: Mailer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mails-'));
    smtp = await startSmtp({ folder, port: 0 });
    mailer = createMailer({ url: smtp.url, from });
  });

  after(async () => {
    mailer.close();
    await smtp.stop();
    await rm(folder, { recursive: true });
  });

  describe('when the mail is in order', () => {
    it('hands it over as it is', async () => {
      await mailer.send(
        mail({
          to: { name: 'Łukasz "Lu" Öztürk, c/o', address: 'lukasz@example.be' },
          subject: 'Ein Dokument für Sie — déjà là',
          text: '.\r\n.punt\r\nQUIT\r\nfür',
          html: '<p>für</p>',
        }),
      );
      const stored = (await readMails(folder)).at(-1);
      assert.deepEqual(stored?.envelope, { from: from.address, to: ['lukasz@example.be'] });
      assert.deepEqual(stored.from, from);
      assert.deepEqual(stored.to, [{ name: 'Łukasz "Lu" Öztürk, c/o', address: 'lukasz@example.be' }]);
      assert.equal(stored.subject, 'Ein Dokument für Sie — déjà là');
      assert.equal(stored.text.trimEnd().replaceAll('\r\n', '\n'), '.\n.punt\nQUIT\nfür');
      assert.equal(stored.html.trim(), '<p>für</p>');
      assert.equal(stored.messageId, '<0198-1@ebox.example.be>');
      assert.ok(stored.headers.includes('auto-submitted: auto-generated'));
    });

    it('hands over many at the same time, each to its own recipient', async () => {
      const numbers = Array.from({ length: 25 }, (_, index) => index);
      await Promise.all(
        numbers.map((number) =>
          mailer.send(
            mail({ to: { address: `person${number}@example.be` }, messageId: `<${number}@ebox.example.be>` }),
          ),
        ),
      );
      const stored = (await readMails(folder)).slice(-25);
      const pairs = stored.map(({ envelope, messageId }) => `${envelope.to.join()} ${messageId}`);
      assert.deepEqual(
        pairs.sort(),
        numbers.map((number) => `person${number}@example.be <${number}@ebox.example.be>`).sort(),
      );
    });
  });

  describe('when somebody tries to slip something in', () => {
    const attacks: readonly (readonly [string, Partial<OutgoingMail>])[] = [
      ['a command behind the address', { to: { address: 'an@example.be\r\nRCPT TO:<evil@evil.be>' } }],
      ['a command behind the closed address', { to: { address: 'an@example.be>\r\nRCPT TO:<evil@evil.be' } }],
      ['a second address', { to: { address: 'an@example.be, evil@evil.be' } }],
      ['a second address after a semicolon', { to: { address: 'an@example.be;evil@evil.be' } }],
      ['an address inside an address', { to: { address: 'An <evil@evil.be>' } }],
      ['a group', { to: { address: 'all:an@example.be,evil@evil.be;' } }],
      ['a route', { to: { address: '@evil.be:an@example.be' } }],
      ['a quoted local part', { to: { address: '"evil@evil.be,"@example.be' } }],
      ['a parameter of RCPT', { to: { address: 'an@example.be NOTIFY=SUCCESS' } }],
      ['a header field in the name', { to: { name: 'An\r\nBcc: evil@evil.be', address: 'an@example.be' } }],
      ['a bare line feed in the name', { to: { name: 'An\nBcc: evil@evil.be', address: 'an@example.be' } }],
      [
        'a bare carriage return in the name',
        { to: { name: 'An\rBcc: evil@evil.be', address: 'an@example.be' } },
      ],
      [
        'a line separator in the name',
        { to: { name: 'An\u2028Bcc: evil@evil.be', address: 'an@example.be' } },
      ],
      ['a zero byte in the name', { to: { name: 'An\0', address: 'an@example.be' } }],
      ['a header field in the subject', { subject: 'Hallo\r\nBcc: evil@evil.be' }],
      ['a body in the subject', { subject: 'Hallo\r\n\r\nevil' }],
      ['a bare line feed in the subject', { subject: 'Hallo\nBcc: evil@evil.be' }],
      ['a next-line character in the subject', { subject: 'Hallo\u0085Bcc: evil@evil.be' }],
      ['a header field in the Message-ID', { messageId: '<1@example.be>\r\nBcc: evil@evil.be' }],
      ['a Message-ID without brackets', { messageId: '1@example.be' }],
      ['two Message-IDs', { messageId: '<1@example.be> <2@example.be>' }],
    ];
    for (const [name, changes] of attacks) {
      it(`refuses ${name} and sends nothing`, async () => {
        const before = (await readMails(folder)).length;
        await assert.rejects(mailer.send(mail(changes)), withCode('mailRefused', 'evil', 'an@'));
        assert.equal((await readMails(folder)).length, before);
      });
    }

    it('gives one recipient only, whatever the name says', async () => {
      await mailer.send(mail({ to: { name: 'An" <evil@evil.be>, "', address: 'an@example.be' } }));
      const stored = (await readMails(folder)).at(-1);
      assert.deepEqual(stored?.envelope.to, ['an@example.be']);
      assert.deepEqual(
        stored.to.map(({ address }) => address),
        ['an@example.be'],
      );
    });

    it('reads no file and no address that the content names', async () => {
      // nodemailer takes objects with a path; a text stays a text even when it looks like one.
      await mailer.send(mail({ text: '{"path":"/etc/passwd"}', html: 'file:///etc/passwd' }));
      const stored = (await readMails(folder)).at(-1);
      assert.equal(stored?.text.trim(), '{"path":"/etc/passwd"}');
      assert.equal(stored.html.trim(), 'file:///etc/passwd');
    });
  });

  describe('when the server does not take it', () => {
    let refusing: SMTPServer;
    let url: string;
    const answers = new Map<string, number>();

    before(async () => {
      refusing = refusingServer(answers);
      await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
      url = `127.0.0.1:${(refusing.server.address() as AddressInfo).port}`;
    });

    after(() => new Promise<void>((resolve) => refusing.close(() => resolve())));

    for (const [step, answer, code] of [
      ['MAIL', 550, 'mailRefused'],
      ['RCPT', 550, 'mailRefused'],
      ['DATA', 554, 'mailRefused'],
      ['MAIL', 451, 'mailUnavailable'],
      ['RCPT', 450, 'mailUnavailable'],
      ['DATA', 452, 'mailUnavailable'],
      ['RCPT', 503, 'mailUnavailable'],
      ['DATA', 421, 'mailUnavailable'],
      ['CONNECT', 554, 'mailUnavailable'],
      ['CONNECT', 421, 'mailUnavailable'],
    ] as const) {
      it(`throws ${code} after ${answer} to ${step}`, async () => {
        const toRefusing = createMailer({ url: `smtp://${url}`, from });
        answers.clear();
        answers.set(step, answer);
        await assert.rejects(toRefusing.send(mail()), withCode(code, 'an@example.be', 'An Peeters'));
        answers.clear();
        await toRefusing.send(mail());
        toRefusing.close();
      });
    }

    it('throws mailUnavailable when nobody listens', async () => {
      const nobody = createMailer({ url: 'smtp://127.0.0.1:9', from });
      await assert.rejects(nobody.send(mail()), withCode('mailUnavailable'));
      nobody.close();
    });

    it('throws mailUnavailable, and does not try again, when the connection is lost after the content', async () => {
      const losing = await losingServer();
      const unlucky = createMailer({ url: losing.url, from });
      await assert.rejects(unlucky.send(mail()), withCode('mailUnavailable'));
      assert.equal(losing.received(), 1);
      unlucky.close();
      losing.stop();
    });

    it('throws mailUnavailable when the password is wrong', async () => {
      const stranger = createMailer({ url: `smtp://user:secret@${url}`, from });
      answers.clear();
      answers.set('AUTH', 535);
      await assert.rejects(stranger.send(mail()), withCode('mailUnavailable', 'secret'));
      stranger.close();
    });

    it('throws mailUnavailable rather than send in the clear where TLS is demanded', async () => {
      const before = (await readMails(folder)).length;
      const careful = createMailer({ url: `${smtp.url}/?requireTLS=true`, from });
      await assert.rejects(careful.send(mail()), withCode('mailUnavailable'));
      assert.equal((await readMails(folder)).length, before);
      careful.close();
    });
  });
});

/** Answers with the code set for a step, `CONNECT`, `AUTH`, `MAIL`, `RCPT` or `DATA`; takes everything else. */
function refusingServer(answers: ReadonlyMap<string, number>): SMTPServer {
  const refuse = (step: string): Error | undefined => {
    const responseCode = answers.get(step);
    if (responseCode === undefined) return undefined;
    return Object.assign(new Error(`refused ${step}`), { responseCode });
  };
  return new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: true,
    logger: false,
    closeTimeout: 100,
    onAuth: (_, __, done) => done(refuse('AUTH'), { user: 'user' }),
    onConnect: (_, done) => done(refuse('CONNECT')),
    onMailFrom: (_, __, done) => done(refuse('MAIL')),
    onRcptTo: (_, __, done) => done(refuse('RCPT')),
    onData: (stream, _, done) => {
      stream.resume();
      stream.on('end', () => done(refuse('DATA')));
    },
  });
}

/** Takes a mail and breaks the connection instead of saying so: nobody can know whether it was delivered. */
async function losingServer(): Promise<{ url: string; received: () => number; stop: () => void }> {
  let received = 0;
  const server = createServer((socket) => {
    socket.setEncoding('utf8');
    socket.write('220 losing\r\n');
    socket.on('error', () => {});
    socket.on('data', (text: string) => {
      if (text.endsWith('\r\n.\r\n')) {
        received += 1;
        socket.destroy();
      } else if (/^DATA/i.test(text)) socket.write('354 go on\r\n');
      else if (/^(EHLO|MAIL|RCPT)/i.test(text)) socket.write('250 ok\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => received,
    stop: () => server.close(),
  };
}
