/** `ebox keys rekey`: changes over to the secret that was configured last, and tells how far that is. */
import { showVersions, startRekey, type VersionStanding } from '../workflows/rekey.ts';
import { operatorOf, withRegister } from './privacy-source.ts';

export interface RekeyOptions {
  readonly database?: string | undefined;
  readonly actor?: string | undefined;
  readonly json: boolean;
}

/** Runs `status` (also without a word) or `start`; gives the exit status. Throws `configurationInvalid` and `keyUnfit`. */
export async function runRekey(
  [command = 'status']: readonly string[],
  options: RekeyOptions,
): Promise<number> {
  if (command !== 'status' && command !== 'start') {
    process.stderr.write('Say status or start.\n');
    return 2;
  }
  const actor = command === 'start' ? operatorOf(options.actor) : undefined;
  return withRegister(options.database, async (services) => {
    if (actor !== undefined && (await startRekey(services, { actor })) === undefined) {
      process.stderr.write(
        'There is no next secret: put it in VAULT_SECRET_FILE and the present one in FORMER_VAULT_SECRET_FILES,\n' +
          'start every process again with both, then start the change.\n',
      );
      return 1;
    }
    const versions = await showVersions(services);
    for (const version of versions) process.stdout.write(`${lineOf(version)}\n`);
    if (options.json) {
      const shown = versions.map(({ fingerprint, ...rest }) => ({
        ...rest,
        fingerprint: fingerprint?.toString('hex').slice(0, 16),
      }));
      process.stdout.write(`${JSON.stringify({ versions: shown })}\n`);
    }
    return 0;
  });
}

function lineOf({ version, state, under, currentAt, retiredAt }: VersionStanding): string {
  const since = (retiredAt ?? currentAt)?.toISOString().slice(0, 10) ?? '';
  const head = `${String(version).padStart(3)}  ${state.padEnd(8)}  ${since.padEnd(10)}`;
  if (under === undefined) return `${head}  nothing is under it: its file may go`;
  const counts = [
    `${under.persons} persons`,
    `${under.citizenKeys} citizen keys`,
    `${under.fileKeys} file keys`,
    `${under.waiting} waiting declarations`,
  ];
  const older = [
    ...(under.declarations > 0 ? [`${under.declarations} declarations from before they had keys`] : []),
    ...(under.files > 0 ? [`${under.files} files from before they had keys`] : []),
  ];
  return `${head}  ${[...counts, ...(state === 'former' ? older : [])].join(', ')}`;
}
