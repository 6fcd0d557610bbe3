/** Asks a service to verify files, sixteen at once, in a process of its own: what asking takes is not what answering takes. */
import { readFileSync } from 'node:fs';
import { Agent, request as ask } from 'node:http';

const AT_ONCE = 16;

const [, , address = '', path = '', type = '', count = '0', token = ''] = process.argv;
const body = readFileSync(path);
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const headers = {
  'content-type': type,
  'content-length': body.length,
  ...(token !== '' && { authorization: `Bearer ${token}` }),
};

const once = () =>
  new Promise<void>((resolve, reject) => {
    const sent = ask(address, { method: 'POST', agent, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`answered ${answer.statusCode}`));
      answer.resume().once('end', resolve);
    });
    sent.once('error', reject).end(body);
  });

let left = Number(count);
const times: number[] = [];
const line = async () => {
  for (; left > 0; ) {
    left -= 1;
    const began = performance.now();
    await once();
    times.push(performance.now() - began);
  }
};
const began = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, line));
const seconds = (performance.now() - began) / 1000;
agent.destroy();
times.sort((one, other) => one - other);
const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
process.stdout.write(
  `${JSON.stringify({ perSecond: Math.round(times.length / seconds), p50Ms: at(0.5), p99Ms: at(0.99), asked: times.length })}\n`,
);
