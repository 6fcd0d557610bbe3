/** A verifier that a hostile file gets the better of: the first bytes say how. Speaks as `verify.process` does. */
import { createSocket } from 'node:dgram';
import { readFrames, writeFrame } from '../../src/workflows/frames.ts';

const kept: Buffer[] = [];

function suffer(file: string): unknown {
  switch (file) {
    case 'loop':
      for (;;) kept.length = 0;
    case 'allocate':
      for (;;) kept.push(Buffer.alloc(2 ** 20, 1));
    case 'heap': {
      const values: number[][] = [];
      for (;;) values.push(Array.from({ length: 1000 }, Math.random));
    }
    case 'exit':
      return process.exit(3);
    case 'pid':
      return { signature: { indication: 'TOTAL_FAILED', explanation: String(process.pid) } };
    case 'environment':
      return { signature: { indication: 'TOTAL_FAILED', explanation: Object.keys(process.env).join(' ') } };
    case 'flood':
      return 'x'.repeat(3 * 2 ** 20);
    default:
      return { fault: file };
  }
}

readFrames(process.stdin, 2 ** 26, (frame) => {
  const file = frame?.bytes.toString() ?? '';
  if (file === 'network') reach();
  else writeFrame(process.stdout, suffer(file));
});
process.stdin.on('end', () => process.exit(0));
writeFrame(process.stdout, 'ready');

/** Sends a datagram to an address outside: without a network there is no way to it. */
function reach(): void {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  socket.send('out', 9, '192.0.2.1', (error) => {
    const explanation = error === null ? 'sent' : String((error as NodeJS.ErrnoException).code);
    writeFrame(process.stdout, { signature: { indication: 'TOTAL_FAILED', explanation } });
    socket.close();
  });
}
