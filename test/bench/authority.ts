/** Runs the PKI of a folder in a process of its own, so that its work is not counted as that of who asks it; until its input ends. */
import { startPki } from '../../src/embedded/pki/pki.ts';
import { isKey } from './openssl.ts';
import { ISSUER_NAME } from './samples.ts';

const [folder = '', sealKey = ''] = process.argv.slice(2);
if (!isKey(sealKey)) throw new Error(`${sealKey} is no kind of key`);
const { url, rootPem, stop } = await startPki({ folder, port: 0, sealKey, issuerName: ISSUER_NAME });
process.stdout.write(`${JSON.stringify({ url, rootPem })}\n`);
process.stdin.resume().on('end', () => void stop());
