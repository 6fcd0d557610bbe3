import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { extension } from '../../src/embedded/pki/certificate.ts';
import { sealExtensions } from '../../src/embedded/pki/profiles.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { bitString, integer, oid, sequence, utf8String } from '../../src/pades/der.ts';
import { parseTimeStampToken } from '../../src/pades/token.ts';
import {
  createTimeStampClient,
  type TimeStampOptions,
  TOKEN_ALLOWANCE_BYTES,
} from '../../src/remote/time-stamp.ts';
import { ADDRESSES, createAuthority, NOW } from '../support/pki.ts';
import { createTsaSigner, forgeToken, granted, POLICY, startTsa, type TsaAnswer } from '../support/tsa.ts';

const root = createAuthority('Root');
const issuing = createAuthority('Issuing', root);
const signer = createTsaSigner(issuing);
const trust = { anchors: [parseCertificate(root.certificate)], intermediates: [] };
const imprint = createHash('sha256').update('signature').digest();
const DAY = 24 * 60 * 60 * 1000;

const right: TsaAnswer = async (asked) => granted(await forgeToken(signer, asked));
const by =
  (key: typeof signer): TsaAnswer =>
  async (asked) =>
    granted(await forgeToken(key, asked));

function client(urls: readonly string[], options: Partial<TimeStampOptions> = {}) {
  return createTimeStampClient({
    urls,
    trust,
    allowLoopback: true,
    clock: () => NOW,
    timeoutMs: 5000,
    pauseMs: 1,
    ...options,
  });
}

const away = { name: 'ServiceError', code: 'remoteUnavailable' };

/** Fails unless stamping is refused with these words. */
async function assertAway(urls: readonly string[], why: RegExp, options: Partial<TimeStampOptions> = {}) {
  await assert.rejects(client(urls, options).stamp(imprint), { ...away, message: why });
}

const WRONG: Readonly<Record<string, readonly [TsaAnswer, RegExp]>> = {
  'another imprint': [
    async (asked) => granted(await forgeToken(signer, { ...asked, imprint: Buffer.alloc(32) })),
    /it is that of something else/,
  ],
  'another nonce': [
    async (asked) => granted(await forgeToken(signer, { ...asked, nonce: integer(7) })),
    /it answers another request/,
  ],
  'no nonce': [
    async (asked) => granted(await forgeToken(signer, { ...asked, nonce: undefined })),
    /it answers another request/,
  ],
  'a time an hour ago': [
    async (asked) =>
      granted(await forgeToken(signer, { ...asked, time: new Date(NOW.getTime() - 3_600_000) })),
    /it states 2026-03-01T08:00:00/,
  ],
  'the certificate of a seal': [
    by(createTsaSigner(issuing, { extensions: sealExtensions(ADDRESSES) })),
    /whose certificate is not meant for time-stamping alone/,
  ],
  'a purpose that is not critical': [
    by(
      createTsaSigner(issuing, {
        extensions: [extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.8')))],
      }),
    ),
    /whose certificate is not meant for time-stamping alone/,
  ],
  'two purposes': [
    by(
      createTsaSigner(issuing, {
        extensions: [
          extension('2.5.29.37', true, sequence(oid('1.3.6.1.5.5.7.3.8'), oid('1.3.6.1.5.5.7.3.4'))),
        ],
      }),
    ),
    /whose certificate is not meant for time-stamping alone/,
  ],
  'an expired certificate': [
    by(createTsaSigner(issuing, { notAfter: new Date(NOW.getTime() - DAY) })),
    /a certificate that is not valid at that time/,
  ],
  'a key too weak': [by(createTsaSigner(issuing, { key: 'rsa-1024' })), /does not open with the key/],
  'a stranger': [by(createTsaSigner(createAuthority('Root'))), /not that of an authority/],
  'no certificate': [
    async (asked) => granted(await forgeToken(signer, { ...asked, certificates: [issuing.certificate] })),
    /does not carry the certificate of its signer/,
  ],
  'a stranger’s certificate too': [
    async (asked) =>
      granted(
        await forgeToken(signer, {
          ...asked,
          certificates: [signer.certificate, issuing.certificate, createAuthority('Stranger').certificate],
        }),
      ),
    /carries certificates that are not those of its issuers/,
  ],
  'a refusal': [
    async () =>
      sequence(
        sequence(integer(2), sequence(utf8String('quota\nexceeded')), bitString(Buffer.from([0x20]), 5)),
      ),
    /refused: rejected, bad request, “quota exceeded”/,
  ],
  'a grant with modifications': [
    async (asked) => sequence(sequence(integer(1)), await forgeToken(signer, asked)),
    /refused: granted with modifications/,
  ],
  'something that is no DER': [async () => Buffer.from('<html>'), /gave an unreadable answer/],
  'a grant without token': [async () => sequence(sequence(integer(0))), /gave an unreadable answer/],
  'another media type': [
    async (asked, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(granted(await forgeToken(signer, asked)));
      return undefined;
    },
    /answered in another format/,
  ],
  'status 403': [
    async (_, response) => {
      response.writeHead(403).end();
      return undefined;
    },
    /answered with status 403/,
  ],
  'too many bytes': [async () => Buffer.alloc(70_000), /more than 65536 bytes/],
};

describe('createTimeStampClient', () => {
  it('gives the token that the first authority gave', async (t) => {
    const [first, second] = [await startTsa(t, right), await startTsa(t, right)];
    const token = parseTimeStampToken(await client([first.url, second.url]).stamp(imprint));
    assert.deepEqual([token.imprint, token.time, token.policy], [imprint, NOW, POLICY]);
    assert.deepEqual([first.count, second.count], [1, 0]);
  });

  it('asks with a nonce of 16 bytes that is another each time, and the policy configured', async (t) => {
    const asked: string[] = [];
    const tsa = await startTsa(t, async (request) => {
      asked.push(request.nonce.toString('hex'));
      assert.equal(request.askedPolicy, oid(POLICY).toString('hex'));
      return granted(await forgeToken(signer, request));
    });
    const stamper = client([tsa.url], { policy: POLICY });
    for (let round = 0; round < 20; round += 1) await stamper.stamp(imprint);
    assert.equal(new Set(asked).size, 20);
    for (const nonce of asked) assert.match(nonce, /^0210[4-7]/);
  });

  for (const [what, [answer, why]] of Object.entries(WRONG)) {
    it(`refuses ${what}, saying so, and asks the next authority`, async (t) => {
      const [bad, good] = [await startTsa(t, answer), await startTsa(t, right)];
      await assertAway([bad.url], why);
      assert.equal(bad.count, 1);
      parseTimeStampToken(await client([bad.url, good.url]).stamp(imprint));
    });
  }

  it('refuses another policy than the one configured', async (t) => {
    const tsa = await startTsa(t, async (asked) =>
      granted(await forgeToken(signer, { ...asked, policy: '1.2.3' })),
    );
    await assertAway([tsa.url], /it is of the policy 1\.2\.3/, { policy: POLICY });
    await client([tsa.url]).stamp(imprint);
  });

  describe('when an authority does not answer', () => {
    it('tries again, then asks the next', async (t) => {
      const silent = await startTsa(t, async (_, response) => {
        response.writeHead(503).end();
        return undefined;
      });
      const good = await startTsa(t, right);
      await client([silent.url, good.url]).stamp(imprint);
      assert.deepEqual([silent.count, good.count], [3, 1]);
    });

    it('gives up after its time', async (t) => {
      const slow = await startTsa(t, () => new Promise(() => undefined));
      await assertAway([slow.url], /did not answer within 50 ms/, { timeoutMs: 50, retries: 0 });
    });

    it('says that nobody is there', async () => {
      await assertAway(['http://127.0.0.1:9/tsa'], /is unreachable/);
    });

    it('leaves it alone after three failures, until it had its rest', async (t) => {
      const tsa = await startTsa(t, async (_, response) => {
        response.writeHead(503).end();
        return undefined;
      });
      const stamper = client([tsa.url], { retries: 0, restMs: 2000 });
      for (let round = 0; round < 3; round += 1) await assert.rejects(stamper.stamp(imprint), away);
      await assert.rejects(stamper.stamp(imprint), { ...away, message: /left alone/ });
      assert.equal(tsa.count, 3);
      tsa.answer = right;
      await new Promise((resolve) => setTimeout(resolve, 2200));
      await stamper.stamp(imprint);
      assert.equal(tsa.count, 4);
    });
  });

  it('names no address that is not allowed', () => {
    assert.throws(() => client(['http://127.0.0.1:9/tsa'], { allowLoopback: false }), {
      code: 'configurationInvalid',
    });
    client(['http://tsa.example.be/'], { allowLoopback: false });
  });
});

describe('tokenBytes', () => {
  it('is the length of the longest token of all authorities, with an allowance', async (t) => {
    const long = createTsaSigner(issuing, { key: 'rsa-3072' });
    const urls = [(await startTsa(t, right)).url, (await startTsa(t, by(long))).url];
    const stamper = client(urls);
    const longest = (await forgeToken(long, { imprint, nonce: integer(Buffer.alloc(16, 0x40)) })).length;
    assert.equal(await stamper.tokenBytes(), longest + TOKEN_ALLOWANCE_BYTES);
    assert.equal(stamper.paths().length, 2);
  });

  it('grows when an authority comes with a longer token', async (t) => {
    const tsa = await startTsa(t, right);
    const stamper = client([tsa.url]);
    const before = await stamper.tokenBytes();
    tsa.answer = by(createTsaSigner(issuing, { key: 'rsa-3072' }));
    await stamper.stamp(imprint);
    assert.ok((await stamper.tokenBytes()) > before);
  });

  it('is unknown while no authority answers', async () => {
    await assert.rejects(client(['http://127.0.0.1:9/tsa'], { retries: 0 }).tokenBytes(), away);
  });
});
