/** The embedded store as built, or as a copy of it was changed, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface StoreProcess {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

/** Starts the store of a built program (`dist/`, or a copy) with its data in a folder. */
export async function startStoreProcess(built: string, folder: string): Promise<StoreProcess> {
  const keys = { accessKeyId: 'power', secretAccessKey: 'a-secret-of-a-power-cut' };
  const server = JSON.stringify(pathToFileURL(join(built, 'embedded', 's3', 'server.js')).href);
  const options = JSON.stringify({ folder, port: 0, ...keys });
  const script = `import { startS3 } from ${server};
    console.log((await startS3(${options})).endpoint);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [endpoint] = (await Promise.race([
    once(child.stdout.setEncoding('utf8'), 'data'),
    ended.then(() => Promise.reject(new Error('the store does not start'))),
  ])) as [string];
  return {
    endpoint: endpoint.trim(),
    ...keys,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
