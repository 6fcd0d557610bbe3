/** A process that examines files one after the other: no key, no setting, no network, and killed when it takes too much. */
import { describeError } from '../errors.ts';
import { armFailpoints, failpoint } from '../failpoint.ts';
import { examine } from '../verify/examine.ts';
import { readFrames, writeFrame } from './frames.ts';
import { unpack } from './unpack.ts';
import { type PackedTrust, UNPACK, unpackTrust } from './verifier-task.ts';

/** The largest file and what it is examined with. */
const LARGEST_TASK = 64 * 2 ** 20;

const [failpoints] = process.argv.slice(2);
if (failpoints !== undefined) armFailpoints(failpoints);

async function answer(head: unknown, pdf: Buffer): Promise<void> {
  if (head === UNPACK) {
    const unpacked = unpack(pdf);
    if (typeof unpacked === 'string') return writeFrame(process.stdout, { refused: unpacked });
    const files = unpacked.map(({ name, bytes }) => ({ name, length: bytes.length }));
    return writeFrame(process.stdout, { files }, Buffer.concat(unpacked.map(({ bytes }) => bytes)));
  }
  await failpoint('verify.begun');
  // Written by the pool.
  const { seal, certificates } = unpackTrust(head as PackedTrust);
  writeFrame(process.stdout, examine(pdf, seal, certificates));
}

readFrames(process.stdin, LARGEST_TASK, (frame) => {
  if (frame === undefined) process.exit(1);
  answer(frame.head, frame.bytes).catch((error: unknown) => {
    writeFrame(process.stdout, { fault: describeError(error) });
  });
});
process.stdin.on('end', () => process.exit(0));
writeFrame(process.stdout, 'ready');
