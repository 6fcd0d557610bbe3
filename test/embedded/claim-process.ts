/** Claims the folder it is given, says whether it did, and holds it until its standard input ends. */
import { claimFolder } from '../../src/embedded/claim.ts';
import { describeError } from '../../src/errors.ts';

try {
  claimFolder(process.argv[2] ?? '');
  process.stdout.write('claimed\n');
} catch (error) {
  process.stdout.write(`${describeError(error)}\n`);
}
process.stdin.resume();
