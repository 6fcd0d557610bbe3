import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { extension, writeName } from '../../src/embedded/pki/certificate.ts';
import { answerOcsp } from '../../src/embedded/pki/ocsp.ts';
import { caExtensions, ocspExtensions, sealExtensions } from '../../src/embedded/pki/profiles.ts';
import { createLog } from '../../src/log.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { element, oid, sequence, TAG } from '../../src/pades/der.ts';
import { readOnly, readSequence } from '../../src/pades/der-reader.ts';
import { parseOcspAnswer } from '../../src/pades/ocsp.ts';
import { findPaths } from '../../src/pades/path.ts';
import { parseRevocationList } from '../../src/pades/revocation-list.ts';
import { keepRevocation } from '../../src/remote/revocation.ts';
import { createRevocationFetch } from '../../src/remote/revocation-fetch.ts';
import { createAuthority, createCrl, createKeyPair, createSigner, NOW } from '../support/pki.ts';

const HOUR = 60 * 60 * 1000;

/** One seal under one issuing authority, with a responder and lists that answer as the test wishes. */
async function scene(t: TestContext, options: { readonly withoutCrl?: boolean } = {}) {
  let now = NOW;
  let isUp = true;
  let asked = 0;
  const answers: Record<string, (body: Buffer) => Buffer> = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked += 1;
      const answer = answers[request.url ?? ''];
      if (!isUp || answer === undefined) response.writeHead(503).end();
      else response.end(answer(Buffer.concat(chunks)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const at = (crl: string) => ({ ocsp: `${url}/ocsp`, crl: `${url}${crl}`, issuerCertificate: url });
  const root = createAuthority('Root');
  const issuing = createAuthority('Issuing', root, caExtensions(0, at('/root.crl')));
  const seal = createSigner({ authority: issuing, extensions: sealExtensions(at('/issuing.crl')) });
  const responder = createKeyPair(issuing, writeName([['2.5.4.3', 'Responder']]), ocspExtensions());
  const state = {
    status: 'good' as 'good' | 'revoked' | 'unknown',
    responder,
  };
  answers['/ocsp'] = (body) =>
    answerOcsp(
      body,
      {
        authority: issuing,
        signer: state.responder,
        certificate: state.responder.certificate,
        statusOf: () =>
          state.status === 'revoked' ? { status: 'revoked', since: NOW } : { status: state.status },
      },
      now,
    );
  const list = (authority: typeof root) => () =>
    createCrl(authority, [], { thisUpdate: now, nextUpdate: new Date(now.getTime() + 24 * HOUR) });
  answers['/root.crl'] = list(root);
  if (options.withoutCrl !== true) answers['/issuing.crl'] = list(issuing);
  const paths = findPaths(parseCertificate(seal.certificate), {
    anchors: [parseCertificate(root.certificate)],
    intermediates: [parseCertificate(issuing.certificate)],
  });
  const logLines: string[] = [];
  const keeper = keepRevocation({
    paths: () => ({ seal: paths }),
    fetch: createRevocationFetch({ allowLoopback: true, timeoutMs: 5000 }),
    clock: () => now,
    log: createLog('info', { write: (line: string) => logLines.push(line) }),
    pauseMs: 1,
  });
  t.after(() => {
    keeper.stop();
    server.close();
    server.closeAllConnections();
  });
  return {
    keeper,
    answers,
    state,
    root,
    issuing,
    logLines,
    asked: () => asked,
    go: (up: boolean) => {
      isUp = up;
    },
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
  };
}

const away = { name: 'ServiceError', code: 'remoteUnavailable' };

describe('keepRevocation', () => {
  it('gives an OCSP answer, the lists and the certificates of the whole path, the same until they change', async (t) => {
    const { keeper, asked } = await scene(t);
    const data = await keeper.current();
    assert.deepEqual([data.answers.length, data.lists.length, data.certificates.length], [1, 2, 3]);
    data.answers.map(parseOcspAnswer);
    data.lists.map(parseRevocationList);
    assert.equal((await keeper.current()).id, data.id);
    assert.equal(asked(), 3);
  });

  it('refreshes at half the time of an answer', async (t) => {
    const { keeper, asked, pass } = await scene(t);
    const { id } = await keeper.current();
    pass(HOUR / 2 - 1000);
    await keeper.refresh();
    assert.equal(asked(), 3);
    pass(2000);
    await keeper.refresh();
    assert.equal(asked(), 4);
    assert.notEqual((await keeper.current()).id, id);
  });

  describe('when nobody answers any more', () => {
    it('gives what is held until it ends, then nothing; the log says so once for each address', async (t) => {
      const { keeper, go, pass, logLines } = await scene(t);
      await keeper.current();
      go(false);
      pass(HOUR - 1000);
      await keeper.refresh();
      await keeper.refresh();
      assert.equal((await keeper.current()).answers.length, 1);
      pass(2000);
      // The lists still cover all.
      const later = await keeper.current();
      assert.deepEqual([later.answers.length, later.lists.length], [0, 2]);
      pass(23 * HOUR);
      await assert.rejects(keeper.current(), { ...away, message: /revocation data for the seal: .*503/ });
      const said = logLines.filter((line) => line.includes('cannot be refreshed'));
      assert.equal(said.length, 3);
      assert.match(said[0] ?? '', /"usableUntil":"2026-03-01T10:00:00/);
      go(true);
      pass(HOUR);
      await keeper.current();
      assert.equal(logLines.filter((line) => line.includes('can be refreshed again')).length, 3);
    });

    it('is not asked again at once by everybody who waits', async (t) => {
      const { keeper, go, asked } = await scene(t);
      go(false);
      await assert.rejects(keeper.current(), away);
      const before = asked();
      await assert.rejects(keeper.current(), away);
      assert.equal(asked(), before);
    });
  });

  describe('when the certificate was revoked', () => {
    it('gives nothing: no level is right any more', async (t) => {
      const { keeper, state } = await scene(t);
      state.status = 'revoked';
      await assert.rejects(keeper.current(), { code: 'sealLevelUnreachable', message: /seal .*was revoked/ });
    });
  });

  describe('when an OCSP answer is of no use and there is no list', () => {
    it('refuses one of a responder that the issuer did not name', async (t) => {
      const { keeper, state, logLines } = await scene(t, { withoutCrl: true });
      const name = writeName([['2.5.4.3', 'Responder']]);
      state.responder = createKeyPair(createAuthority('Issuing'), name, ocspExtensions());
      await assert.rejects(keeper.current(), away);
      assert.match(logLines.join(), /nobody signed who may say so/);
    });

    it('refuses one whose certificate is not meant for it', async (t) => {
      const { keeper, state, issuing, logLines } = await scene(t, { withoutCrl: true });
      const purpose = extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.4')));
      state.responder = createKeyPair(issuing, writeName([['2.5.4.3', 'Responder']]), [purpose]);
      await assert.rejects(keeper.current(), away);
      assert.match(logLines.join(), /nobody signed who may say so/);
    });

    it('refuses one that does not know the certificate', async (t) => {
      const { keeper, state } = await scene(t, { withoutCrl: true });
      state.status = 'unknown';
      await assert.rejects(keeper.current(), { ...away, message: /does not know the certificate/ });
    });

    it('refuses one that was altered, one that ended, and bytes that are none', async (t) => {
      const { keeper, answers, pass } = await scene(t, { withoutCrl: true });
      const honest = answers['/ocsp'];
      assert.ok(honest);
      const spoil: ((der: Buffer) => Buffer)[] = [
        (der) => {
          const copy = Buffer.from(der);
          const { tbs } = parseOcspAnswer(copy);
          const [, , list] = readSequence(readOnly(tbs));
          // The status “good” of the one entry becomes “unknown”, still signed as before.
          const at = list?.raw.indexOf(element(0x80)) ?? -1;
          assert.ok(at > 0 && list);
          list.raw[at] = 0x82;
          return copy;
        },
        (der) => {
          pass(2 * HOUR);
          return der;
        },
        () => Buffer.from('no answer'),
        () => sequence(element(TAG.enumerated, Buffer.from([6]))),
      ];
      for (const change of spoil) {
        answers['/ocsp'] = (body) => change(honest(body));
        pass(HOUR);
        await assert.rejects(keeper.current(), away);
      }
      answers['/ocsp'] = honest;
      pass(HOUR);
      await keeper.current();
    });
  });

  describe('when a list is of no use', () => {
    it('refuses one that another authority signed, and one that ended', async (t) => {
      const { keeper, answers, root, pass, logLines } = await scene(t);
      answers['/root.crl'] = () => createCrl(createAuthority('Root'));
      await assert.rejects(keeper.current(), { ...away, message: /its authority did not sign/ });
      answers['/root.crl'] = () => createCrl(root, [], { nextUpdate: new Date(NOW.getTime() - 1000) });
      pass(HOUR);
      await assert.rejects(keeper.current(), { ...away, message: /ended on 2026-03-01T08:59:59/ });
      assert.equal(logLines.filter((line) => line.includes('root.crl')).length, 1);
    });
  });
});
