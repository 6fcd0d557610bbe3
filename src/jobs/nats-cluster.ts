/** The NATS JetStream cluster: one stream, in which the ids of jobs lie until they are acknowledged. */
import { AckPolicy, type Consumer, jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node';
import type { Relay } from '../workflows/queue.ts';

/** What is needed of a message. */
export interface Told {
  readonly jobId: string;
  ack(): void;
  /** The work goes on: it is not to be told to anybody else. */
  working(): void;
}

const STREAM = 'EBOX_CHUNKS';
const SUBJECT = 'ebox.chunks';
const CONSUMER = 'workers';
/** So many nodes keep every message; of a smaller cluster one does. */
const REPLICAS = 3;
/** An announcement made twice within this time is one. */
const DUPLICATE_MS = 120_000;
/** The shortest time that the client lets a request for messages stand. */
const FETCH_MS = 1000;
const PATIENCE_MS = 5000;

export interface ClusterOptions {
  /** `nats://` or `tls://` addresses of the nodes. */
  readonly urls: readonly string[];
  readonly leaseSeconds: number;
}

export interface Cluster {
  /** Waits a moment for messages, and gives those that came. */
  fetch(most: number): Promise<readonly Told[]>;
  publish(relay: Relay): Promise<void>;
  leave(): Promise<void>;
}

/** Joins the cluster; the stream and its consumer are made when they are used first, and again where they are gone. */
export async function joinCluster(options: ClusterOptions): Promise<Cluster> {
  const connection = await connect({
    servers: [...options.urls],
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    timeout: PATIENCE_MS,
  });
  const client = jetstream(connection, { timeout: PATIENCE_MS });
  let prepared: Promise<Consumer> | undefined;
  const using = async <T>(use: (consumer: Consumer) => Promise<T>): Promise<T> => {
    prepared ??= prepareStream(connection, options).then(() => client.consumers.get(STREAM, CONSUMER));
    try {
      return await use(await prepared);
    } catch (error) {
      prepared = undefined;
      throw error;
    }
  };
  return {
    fetch: (most) => using((consumer) => fetchFrom(consumer, most)),
    publish: ({ jobId, number }) =>
      using(async () => {
        const msgID = number === 1 ? jobId : `${jobId}/${number}`;
        await client.publish(SUBJECT, jobId, { msgID });
      }),
    leave: () => connection.close(),
  };
}

async function prepareStream(
  connection: NatsConnection,
  { urls, leaseSeconds }: ClusterOptions,
): Promise<void> {
  const manager = await jetstreamManager(connection, { timeout: PATIENCE_MS });
  await manager.streams.info(STREAM).catch(() =>
    manager.streams.add({
      name: STREAM,
      subjects: [SUBJECT],
      retention: RetentionPolicy.Workqueue,
      num_replicas: urls.length < REPLICAS ? 1 : REPLICAS,
      duplicate_window: nanos(DUPLICATE_MS),
    }),
  );
  await manager.consumers.add(STREAM, {
    durable_name: CONSUMER,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(leaseSeconds * 1000),
    max_deliver: -1,
  });
}

/** A request that was lost with its connection is given up by ourselves: nobody would end it. Throws `Error` then. */
async function fetchFrom(consumer: Consumer, most: number): Promise<readonly Told[]> {
  const found: Told[] = [];
  const messages = await consumer.fetch({ max_messages: most, expires: FETCH_MS });
  let isLost = false;
  const timer = setTimeout(() => {
    isLost = true;
    messages.stop();
  }, PATIENCE_MS);
  try {
    for await (const message of messages)
      found.push({
        jobId: message.string(),
        ack: () => message.ack(),
        working: () => message.working(),
      });
  } finally {
    clearTimeout(timer);
  }
  if (isLost && found.length === 0) throw new Error('no node answered a request for messages');
  return found;
}
