/** The service as a process of its own, that can be killed like any other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectRoot } from './needs.ts';
import { ourProgram } from './program.ts';
import { keepFolder } from './sinks/folder.ts';
import { keep } from './sinks/keep.ts';
import { callTls } from './tls.ts';

export interface ServiceProcess {
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended, with the signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>;
  /** Everything it wrote on standard output and error so far. */
  output(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** The process ended before it was UP. */
export class EndedEarly extends Error {
  readonly signal: NodeJS.Signals | null;

  constructor(signal: NodeJS.Signals | null, message: string) {
    super(message);
    this.signal = signal;
  }
}

/**
 * Starts the service and waits until it is UP; one with TLS of its own is asked over TLS, its certificate being of `ca`
 * (PEM). Throws `EndedEarly` with its output when it ends before that.
 */
export async function startProcess(
  settings: Readonly<Record<string, string>>,
  ca?: string,
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, ourProgram('main'), {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'exit').then(([, signal]) => {
    keep('log', 'process', output);
    if (settings.DATA_DIR !== undefined) keepFolder(settings.DATA_DIR);
    return signal as NodeJS.Signals | null;
  });
  const url = `${ca === undefined ? 'http' : 'https'}://localhost:${settings.PORT}`;
  const ask = async () => {
    if (ca === undefined) return (await fetch(`${url}/health`)).ok;
    return (await callTls({ url: `${url}/health`, ca })).status === 200;
  };
  await waitUntilUp(child, ask, () => output);
  return {
    url,
    pid: child.pid ?? 0,
    ended,
    output: () => output,
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}

async function waitUntilUp(
  child: ChildProcess,
  ask: () => Promise<boolean>,
  output: () => string,
): Promise<void> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new EndedEarly(
        child.signalCode,
        `the service ended (${child.signalCode ?? child.exitCode}): ${output()}`,
      );
    if (await ask().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`the service did not start: ${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
