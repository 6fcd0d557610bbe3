/** A cluster of three NATS nodes with JetStream, each a process that can be killed like any other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { freePort } from '../../src/embedded/ports.ts';
import { until } from './client.ts';

export interface NatsCluster {
  readonly urls: readonly string[];
  /** Kills the node that leads the stream of chunks. */
  killLeader(): Promise<void>;
  stop(): Promise<void>;
}

const NAMES = ['one', 'two', 'three'] as const;
const STREAM = 'EBOX_CHUNKS';

/** Starts a cluster and waits until it has chosen whom it follows. Needs the tool `nats-server`. */
export async function startNats(): Promise<NatsCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-'));
  const ports: { readonly client: number; readonly route: number }[] = [];
  for (const _ of NAMES) ports.push({ client: await freePort(), route: await freePort() });
  const routes = ports.map(({ route }) => `nats://127.0.0.1:${route}`).join(',');
  const nodes = new Map<string, ChildProcess>();
  for (const [at, { client, route }] of ports.entries()) {
    const name = NAMES[at] ?? '';
    const place = ['--addr', '127.0.0.1', '--port', String(client), '--store_dir', join(folder, name)];
    const cluster = ['--cluster_name', 'ebox', '--cluster', `nats://127.0.0.1:${route}`, '--routes', routes];
    const node = spawn('nats-server', ['--name', name, '--jetstream', ...place, ...cluster], {
      stdio: 'ignore',
    });
    nodes.set(name, node);
  }
  const urls = ports.map(({ client }) => `nats://127.0.0.1:${client}`);
  const stop = async () => {
    await Promise.all([...nodes.values()].map(kill));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(() => asked(urls, 'account'), Boolean);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    urls,
    killLeader: async () => {
      const leader = await until(() => asked(urls, 'leader'), Boolean);
      const node = nodes.get(leader ?? '');
      if (node === undefined) throw new Error(`no node is called ${leader}`);
      await kill(node);
    },
    stop,
  };
}

/** Asks the cluster over a connection of its own; undefined while it does not answer. */
async function asked(urls: readonly string[], what: 'account' | 'leader'): Promise<string | undefined> {
  try {
    const connection = await connect({ servers: [...urls], timeout: 2000, reconnect: false });
    try {
      const manager = await jetstreamManager(connection, { timeout: 2000 });
      if (what === 'account') return JSON.stringify(await manager.getAccountInfo());
      return (await manager.streams.info(STREAM)).cluster?.leader;
    } finally {
      await connection.close();
    }
  } catch {
    return undefined;
  }
}

async function kill(node: ChildProcess): Promise<void> {
  if (node.exitCode !== null || node.signalCode !== null) return;
  const ended = once(node, 'exit');
  node.kill('SIGKILL');
  await ended;
}
