import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ownProcessId } from '../../../src/embedded/s3/process-id.ts';
import {
  clientOf,
  newFolder,
  refusalOf,
  type ServerProcess,
  sha256,
  start,
  startProcess,
} from './fixture.ts';

const Bucket = 'shared';

/** The one body that belongs to a key and a revision of it: up to 200 KB. */
function bodyOf(key: string, revision: number): Buffer {
  const seed = sha256(`${key}#${revision}`);
  return Buffer.alloc((Number.parseInt(seed.slice(0, 5), 16) % 200_000) + 64, seed);
}

async function read(client: S3Client, Key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function allKeys(client: S3Client): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
    keys.push(...Contents.map(({ Key = '' }) => Key));
  }
  return keys;
}

describe('Objects', () => {
  const folders: string[] = [];
  const processes: ServerProcess[] = [];
  after(async () => {
    for (const server of processes) await server.kill();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const folder = () => {
    folders.push(newFolder());
    return folders.at(-1) ?? '';
  };
  const startServer = async (path: string) => {
    const server = await startProcess(path);
    processes.push(server);
    return { server, client: clientOf(server.endpoint) };
  };

  describe('when the server is killed with SIGKILL while it stores', () => {
    it('has every object it acknowledged, whole, and no half of any other', async () => {
      const path = folder();
      /** The revisions of each key that were sent and that were acknowledged. */
      const sent = new Map<string, number>();
      const acknowledged = new Map<string, number>();
      for (let round = 1; round <= 3; round += 1) {
        const { server, client } = await startServer(path);
        assert.deepEqual(readdirSync(join(path, 'tmp')), [], 'leftovers are removed at start');
        await client.send(new CreateBucketCommand({ Bucket }));
        const target = acknowledged.size + 40;
        const worker = async (name: number) => {
          for (let count = 0; ; count += 1) {
            // Every third PUT replaces an object of the same worker.
            const isNew = count % 3 !== 2;
            const key = isNew ? `r${round}/w${name}/${count}` : `w${name}/replaced`;
            const revision = (sent.get(key) ?? 0) + 1;
            sent.set(key, revision);
            const condition = isNew ? { IfNoneMatch: '*' } : {};
            try {
              await client.send(
                new PutObjectCommand({ Bucket, Key: key, Body: bodyOf(key, revision), ...condition }),
              );
            } catch {
              return;
            }
            acknowledged.set(key, revision);
            if (acknowledged.size === target) void server.kill();
          }
        };
        await Promise.all(Array.from({ length: 8 }, (_, name) => worker(name)));
        await server.kill();

        const again = await start(path);
        const reader = clientOf(again.endpoint);
        const keys = await allKeys(reader);
        for (const key of acknowledged.keys()) assert.ok(keys.includes(key), `${key} was acknowledged`);
        for (const key of keys) {
          const found = await read(reader, key);
          const possible = [acknowledged.get(key) ?? 1, sent.get(key) ?? 0].map((revision) =>
            bodyOf(key, revision),
          );
          assert.ok(
            possible.some((body) => body.equals(found)),
            `${key} is whole`,
          );
          // What was stored without an acknowledgement counts from now on.
          acknowledged.set(
            key,
            bodyOf(key, sent.get(key) ?? 0).equals(found)
              ? (sent.get(key) ?? 0)
              : (acknowledged.get(key) ?? 1),
          );
        }
        await again.stop();
      }
      assert.ok(acknowledged.size >= 120);
    });
  });

  describe('when two server processes share a folder', () => {
    it('lets exactly one of twenty PUTs with If-None-Match win', async () => {
      const path = folder();
      const servers = [await startServer(path), await startServer(path)] as const;
      await servers[0].client.send(new CreateBucketCommand({ Bucket }));
      for (let round = 0; round < 5; round += 1) {
        const Key = `race-${round}`;
        const results = await Promise.allSettled(
          Array.from({ length: 20 }, async (_, index) => {
            const { client } = servers[index % 2] ?? servers[0];
            await client.send(
              new PutObjectCommand({ Bucket, Key, Body: bodyOf(Key, index), IfNoneMatch: '*' }),
            );
            return bodyOf(Key, index);
          }),
        );
        const winners = results.filter((result) => result.status === 'fulfilled');
        assert.equal(winners.length, 1);
        for (const { client } of servers)
          assert.ok((await read(client, Key)).equals(winners[0]?.value ?? Buffer.alloc(0)));
      }
    });

    it('loses no update made with If-Match, even when one of them is killed', async () => {
      const path = folder();
      const servers = [await startServer(path), await startServer(path)] as const;
      const [{ client }, other] = servers;
      await client.send(new CreateBucketCommand({ Bucket }));
      await client.send(new PutObjectCommand({ Bucket, Key: 'counter', Body: '0' }));
      let acknowledged = 0;
      let unknown = 0;
      /** Adds one as often as it is allowed to; ends after `times` successes, or when its server is gone. */
      const count = async (worker: S3Client, times: number) => {
        for (let done = 0; done < times; ) {
          try {
            const { Body, ETag } = await worker.send(new GetObjectCommand({ Bucket, Key: 'counter' }));
            const next = String(Number(await Body?.transformToString()) + 1);
            unknown += 1;
            await worker.send(new PutObjectCommand({ Bucket, Key: 'counter', Body: next, IfMatch: ETag }));
            done += 1;
            acknowledged += 1;
            unknown -= 1;
            if (acknowledged === 30) void other.server.kill();
          } catch (error) {
            const isLost =
              error instanceof Error && '$metadata' in error && /PreconditionFailed/.test(error.name);
            if (!isLost) return;
            unknown -= 1;
          }
        }
      };
      await Promise.all([
        ...Array.from({ length: 3 }, () => count(client, 20)),
        ...Array.from({ length: 3 }, () => count(other.client, 1000)),
      ]);
      const final = Number((await read(client, 'counter')).toString());
      assert.ok(acknowledged >= 60);
      assert.ok(
        final >= acknowledged && final <= acknowledged + unknown,
        `${final} of ${acknowledged}+${unknown}`,
      );
    });

    it('does not remove what the other one has in the making', async () => {
      const path = folder();
      const first = await start(path);
      const mine = join(path, 'tmp', `${ownProcessId()}.in-the-making`);
      const dead = join(path, 'tmp', `${ownProcessId().replace(/-\d+-/, '-1-')}.leftover`);
      writeFileSync(mine, '');
      writeFileSync(dead, '');
      const second = await start(path);
      assert.deepEqual([existsSync(mine), existsSync(dead)], [true, false]);
      await first.stop();
      await second.stop();
    });
  });

  describe('when most of a pack is gone', () => {
    const fill = async (client: S3Client, from: number, to: number) => {
      for (let number = from; number < to; number += 1)
        await client.send(new PutObjectCommand({ Bucket, Key: `o${number}`, Body: bodyOf(`o${number}`, 1) }));
    };

    it('has moved what is left, whole, and removed the pack', async () => {
      const path = folder();
      const packs = () => readdirSync(join(path, 'packs'));
      const first = await start(path);
      const client = clientOf(first.endpoint);
      await client.send(new CreateBucketCommand({ Bucket }));
      await fill(client, 0, 8);
      await first.stop();
      const [old = ''] = packs();
      const second = await start(path);
      const other = clientOf(second.endpoint);
      for (let number = 0; number < 7; number += 1)
        await other.send(new DeleteObjectCommand({ Bucket, Key: `o${number}` }));
      assert.ok(!packs().includes(old), 'the pack is gone');
      assert.deepEqual(await read(other, 'o7'), bodyOf('o7', 1));
      assert.deepEqual(await allKeys(other), ['o7']);
      await second.stop();
      const third = await start(path);
      assert.deepEqual(await read(clientOf(third.endpoint), 'o7'), bodyOf('o7', 1));
      await third.stop();
    });
  });

  describe('when a stored file is damaged', () => {
    it('says so instead of giving wrong bytes', async () => {
      const path = folder();
      const server = await start(path);
      const client = clientOf(server.endpoint);
      await client.send(new CreateBucketCommand({ Bucket }));
      await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x'.repeat(100) }));
      const large = 'x'.repeat(300_000);
      await client.send(new PutObjectCommand({ Bucket, Key: 'l', Body: large }));
      const file = join(path, 'buckets', Bucket, 'objects', 'k.l');
      assert.ok(existsSync(file));
      for (const content of ['', 'short', 'x'.repeat(500)]) {
        writeFileSync(file, content);
        assert.equal((await refusalOf(read(client, 'l'))).status, 500);
      }
      const [pack = ''] = readdirSync(join(path, 'packs'));
      const whole = readFileSync(join(path, 'packs', pack));
      assert.ok(whole.includes('x'.repeat(100)));
      const changed = Buffer.from(whole);
      changed.writeUInt8((changed.at(-30) ?? 0) ^ 1, changed.length - 30);
      for (const content of ['', whole.subarray(0, -1), changed]) {
        writeFileSync(join(path, 'packs', pack), content);
        assert.equal((await refusalOf(read(client, 'k'))).status, 500);
      }
      rmSync(join(path, 'packs', pack));
      await assert.rejects(read(client, 'k'));
      await client.send(new HeadBucketCommand({ Bucket }));
      await server.stop();
    });
  });
});
