/** Calls from one thread to another over a message port: what a thread cannot do itself, another does for it. */
import type { MessagePort } from 'node:worker_threads';
import { type Fault, packFault, unpackFault } from './fault.ts';

/** What may be called, by name. Arguments and results are plain data; bytes arrive as `Uint8Array`. */
export type Desk = Readonly<Record<string, (...given: never[]) => Promise<unknown>>>;

interface Call {
  readonly id: number;
  readonly name: string;
  readonly given: readonly unknown[];
}

type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly fault: Fault });

/** Answers the calls that come in over a port, until the thread at its other end is gone. Does not keep the process up. */
export function answerCalls(port: MessagePort, desk: Desk): void {
  port.on('message', ({ id, name, given }: Call) => {
    const answer = (message: Answer) => {
      port.postMessage(message);
    };
    // Both ends are of one version: the arguments are those that the name asks for.
    const call = desk[name] as ((...all: readonly unknown[]) => Promise<unknown>) | undefined;
    Promise.resolve()
      .then(() => {
        if (call === undefined) throw new RangeError(`nobody answers ${name}`);
        return call(...given);
      })
      .then((result) => answer({ id, result }))
      .catch((error: unknown) => answer({ id, fault: packFault(error) }));
  });
  port.unref();
}

/** Calls a desk over a port. A call fails with the error that the desk failed with. */
export function openCalls(
  port: MessagePort,
): (name: string, ...given: readonly unknown[]) => Promise<unknown> {
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let last = 0;
  port.on('message', (answer: Answer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('fault' in answer) call?.reject(unpackFault(answer.fault));
    else call?.resolve(answer.result);
  });
  return (name, ...given) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      port.postMessage({ id: last, name, given } satisfies Call);
    });
}
