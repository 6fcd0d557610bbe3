/** A sealing service over real HTTP that really signs: what it is sent, and what becomes of its faults. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type JWTPayload, jwtVerify } from 'jose';
import type { RemoteAddress } from '../../src/keys/remote-seal.ts';
import { openSigner } from '../../src/keys/seal-source.ts';
import { checkSigner, type Signer } from '../../src/keys/signer.ts';
import { readOnly, readSequence } from '../../src/pades/der-reader.ts';
import { signedDataBytes } from '../../src/pades/signed-data.ts';
import { createGuardedFetch } from '../../src/remote/guarded-fetch.ts';
import { checkSealed } from '../../src/seal/check.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import { needsTool } from '../support/needs.ts';
import { createPdf } from '../support/pdf.ts';
import { createSealFolder } from '../support/seal-folder.ts';
import { opensslCades } from '../support/tools.ts';

/** Signs a digest that was made elsewhere, as a token does: Node signs only what it hashed itself. */
function signDigest(digests: Asked['documentDigests'], key: KeyObject): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'ebox-digest-'));
  const keyFile = join(folder, 'key.pem');
  writeFileSync(keyFile, key.export({ format: 'pem', type: 'pkcs8' }));
  const hash = digests.hashAlgorithmOID.endsWith('.2') ? 'sha384' : 'sha256';
  const { stdout } = spawnSync(
    'openssl',
    ['pkeyutl', '-sign', '-inkey', keyFile, '-pkeyopt', `digest:${hash}`],
    {
      input: Buffer.from(digests.hashes[0] ?? '', 'base64'),
    },
  );
  rmSync(folder, { recursive: true });
  return stdout;
}

/** The two numbers of an ECDSA signature in DER, side by side. */
function sideBySide(der: Buffer, half: number): Buffer {
  const numbers = readSequence(readOnly(der)).map(({ content }) => content.subarray(-half));
  return Buffer.concat(numbers.map((one) => Buffer.concat([Buffer.alloc(half - one.length), one])));
}

const KEYS = {
  'p-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'p-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'rsa-3072': generateKeyPairSync('rsa', { modulusLength: 3072 }),
} as const;
type Algorithm = keyof typeof KEYS;

interface Asked {
  readonly credentialID: string;
  readonly signAlgo: string;
  readonly documentDigests: { readonly hashes: readonly string[]; readonly hashAlgorithmOID: string };
  readonly sad?: string;
}

describe('a key at a sealing service', () => {
  const folder = createSealFolder();
  const activation = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const passwordFile = folder.file('password', 'open sesame\n');
  const activationKeyFile = folder.file(
    'activation.key',
    String(activation.privateKey.export({ format: 'pem', type: 'pkcs8' })),
  );
  const requests: { readonly headers: IncomingMessage['headers']; readonly text: string }[] = [];
  /** What the service does; by default it signs in DER. */
  let answer: ((asked: Asked, response: ServerResponse) => void) | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      requests.push({ headers: request.headers, text });
      if (request.url !== '/eseal/signatures/signHash') return response.writeHead(404).end();
      if (request.headers.authorization !== `Basic ${btoa('office:open sesame')}`)
        return response.writeHead(401).end('{"error":"no"}');
      const asked = JSON.parse(text) as Asked;
      if (answer !== undefined) return answer(asked, response);
      response.end(JSON.stringify({ signatures: [signAs(asked).toString('base64')] }));
    });
  });
  before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  after(() => {
    server.closeAllConnections();
    server.close();
    folder.remove();
  });

  const signAs = ({ credentialID, documentDigests }: Asked) =>
    signDigest(documentDigests, KEYS[credentialID as Algorithm].privateKey);
  const fetch = (timeoutMs = 5000) =>
    createGuardedFetch({
      allowedOrigins: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
      allowLoopback: true,
      timeoutMs,
      maxBytes: 10_000,
    });
  async function open(
    algorithm: Algorithm,
    more: Partial<RemoteAddress> = {},
    timeoutMs?: number,
  ): Promise<Signer> {
    const certificatesFile = folder.file(`${algorithm}.crt`, folder.certify(KEYS[algorithm].publicKey));
    const address = {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/eseal`,
      credential: algorithm,
      user: 'office',
      passwordFile,
      ...more,
    };
    const place = { kind: 'remote', certificatesFile, ...address } as const;
    return (await openSigner({ name: algorithm, place }, fetch(timeoutMs))).signer;
  }
  async function whileAnswering(doing: NonNullable<typeof answer>, work: () => Promise<void>): Promise<void> {
    answer = doing;
    await work().finally(() => {
      answer = undefined;
    });
  }

  for (const algorithm of ['p-256', 'p-384', 'rsa-3072'] as const) {
    it(`seals with ${algorithm} without a word of the document leaving the house`, async (t) => {
      if (!needsTool(t, 'openssl')) return;
      const signer = await open(algorithm);
      await checkSigner('seal', signer);
      const unsigned = await createPdf(signedDataBytes(signer));
      requests.length = 0;
      const sealed = await sealPdf(unsigned, signer);
      checkSealed(sealed, signer);
      assert.ok(requests.length >= 1);
      for (const { text } of requests) {
        assert.ok(text.length < 600, `${text.length} bytes`);
        const { hashes } = (JSON.parse(text) as Asked).documentDigests;
        assert.equal(Buffer.from(hashes.join(), 'base64').length, algorithm === 'p-384' ? 48 : 32);
      }
      assert.equal((await opensslCades(sealed, folder.rootPem)).exitCode, 0);
    });
  }

  it('takes ECDSA signatures whose two numbers stand side by side', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    const signer = await open('p-384');
    await whileAnswering(
      (asked, response) =>
        response.end(JSON.stringify({ signatures: [sideBySide(signAs(asked), 48).toString('base64')] })),
      () => checkSigner('seal', signer),
    );
  });

  it('allows each signature with a key of its own, where the service asks for that', async (t) => {
    if (!needsTool(t, 'openssl')) return;
    requests.length = 0;
    const signer = await open('p-256', { activationKeyFile, activationKeyId: '0a1b' });
    await checkSigner('seal', signer);
    const { sad = '', documentDigests } = JSON.parse(requests[0]?.text ?? '') as Asked;
    const { payload, protectedHeader } = await jwtVerify(sad, activation.publicKey);
    assert.deepEqual(payload, { ...documentDigests } as JWTPayload);
    assert.equal(protectedHeader.kid, '0a1b');
  });

  it('shows a token that is read anew at each call', async () => {
    const tokenFile = folder.file('token', 'first\n');
    const signer = await open('p-256', { tokenFile });
    requests.length = 0;
    await assert.rejects(signer.sign(Buffer.from('a')));
    folder.file('token', 'second\n');
    await assert.rejects(signer.sign(Buffer.from('a')));
    assert.deepEqual(
      requests.map(({ headers }) => headers.authorization),
      ['Bearer first', 'Bearer second'],
    );
  });

  describe('when the service fails', () => {
    const reply = (status: number, body: string) => (_: Asked, response: ServerResponse) =>
      response.writeHead(status).end(body);
    for (const [what, code, isRetriable, doing] of [
      ['has a fault', 'remoteUnavailable', true, reply(500, '{}')],
      ['is busy', 'remoteUnavailable', true, reply(429, '{}')],
      ['does not answer in time', 'remoteUnavailable', true, () => undefined],
      ['breaks off', 'remoteUnavailable', true, (_: Asked, response: ServerResponse) => response.destroy()],
      ['refuses', 'remoteRefused', false, reply(403, '{"error":"hashes: abc"}')],
      ['sends somebody elsewhere', 'remoteRefused', false, reply(302, '')],
      ['answers something else', 'remoteRefused', false, reply(200, 'hello')],
      ['answers nothing', 'remoteRefused', false, reply(200, 'null')],
      ['gives no signature', 'remoteRefused', false, reply(200, '{"signatures":[]}')],
      ['gives too many', 'remoteRefused', false, reply(200, '{"signatures":["AA==","AA=="]}')],
      ['says too much', 'remoteRefused', false, reply(200, `{"signatures":["${'A'.repeat(20_000)}"]}`)],
    ] as const) {
      it(`says ${code} of one that ${what}`, async () => {
        const signer = await open('p-256', {}, what.includes('in time') ? 200 : 5000);
        await whileAnswering(doing, () =>
          assert.rejects(signer.sign(Buffer.from('a')), { name: 'ServiceError', code, isRetriable }),
        );
      });
    }

    it('says remoteUnavailable of one that is away', async () => {
      const signer = await open('p-256', { url: 'http://127.0.0.1:9/eseal' });
      // Its port is not one that was configured here.
      await assert.rejects(signer.sign(Buffer.from('a')), { code: 'remoteRefused' });
      const away = createServer();
      await new Promise<void>((resolve) => away.listen(0, '127.0.0.1', resolve));
      const origin = `http://127.0.0.1:${(away.address() as AddressInfo).port}`;
      await new Promise((resolve) => away.close(resolve));
      const other = createGuardedFetch({
        allowedOrigins: [origin],
        allowLoopback: true,
        timeoutMs: 1000,
        maxBytes: 10,
      });
      const certificatesFile = folder.file('away.crt', folder.certify(KEYS['p-256'].publicKey));
      const place = { kind: 'remote', certificatesFile, url: origin, credential: 'x' } as const;
      const { signer: lost } = await openSigner({ name: 'away', place }, other);
      await assert.rejects(lost.sign(Buffer.from('a')), { code: 'remoteUnavailable' });
    });

    it('does not issue what it signed with another key', async (t) => {
      if (!needsTool(t, 'openssl')) return;
      const signer = await open('p-256');
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      await whileAnswering(
        ({ documentDigests }, response) => {
          const signature = signDigest(documentDigests, privateKey);
          response.end(JSON.stringify({ signatures: [signature.toString('base64')] }));
        },
        async () => {
          await assert.rejects(checkSigner('seal', signer), { code: 'keyUnfit' });
          const sealed = await sealPdf(await createPdf(signedDataBytes(signer)), signer);
          assert.throws(() => checkSealed(sealed, signer), { code: 'sealBroken' });
        },
      );
    });
  });
});
