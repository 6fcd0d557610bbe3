/** The NATS JetStream cluster: one stream, in which the ids of jobs lie until they are acknowledged. */
import { AckPolicy, jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';

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

/** Joins the cluster; the stream and its consumer are made when they are used first, and again where they are gone. */
export async function joinCluster({
  urls,
  leaseSeconds,
}: {
  readonly urls: readonly string[];
  readonly leaseSeconds: number;
}) {
  const connection = await connect({
    servers: [...urls],
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    timeout: PATIENCE_MS,
  });
  const stream = jetstream(connection, { timeout: PATIENCE_MS });
  const prepare = async () => {
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
    return stream.consumers.get(STREAM, CONSUMER);
  };
  let prepared: ReturnType<typeof prepare> | undefined;
  const using = async <T>(use: (consumer: Awaited<ReturnType<typeof prepare>>) => Promise<T>): Promise<T> => {
    prepared ??= prepare();
    try {
      return await use(await prepared);
    } catch (error) {
      prepared = undefined;
      throw error;
    }
  };
  return {
    fetch: (most: number): Promise<readonly Told[]> =>
      using(async (consumer) => {
        const found: Told[] = [];
        for await (const message of await consumer.fetch({ max_messages: most, expires: FETCH_MS }))
          found.push({
            jobId: message.string(),
            ack: () => message.ack(),
            working: () => message.working(),
          });
        return found;
      }),
    publish: ({ jobId, number }: { readonly jobId: string; readonly number: number }) =>
      using(async () => {
        const msgID = number === 1 ? jobId : `${jobId}/${number}`;
        await stream.publish(SUBJECT, jobId, { msgID });
      }),
    leave: () => connection.close(),
  };
}
