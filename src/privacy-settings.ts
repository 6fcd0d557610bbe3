/** The settings of privacy: former secrets, keys of files, and what is deleted when its time is over. */
import { choice, number, paths, setting } from './setting.ts';

/** In the order in which `.env.example` shows them. */
export const PRIVACY_SETTINGS = {
  formerVaultSecretFiles: setting(
    'FORMER_VAULT_SECRET_FILES',
    'Secrets that VAULT_SECRET_FILE took the place of, separated by commas; needed until `ebox keys rekey status` says that nothing is under them.',
    paths,
    [] as readonly string[],
    '/run/secrets/vault-2025',
  ),
  fileKeyDays: setting(
    'FILE_KEY_DAYS',
    'Days after which the key of a file that came in is destroyed, and with it its rows, names and rejects.',
    number(1, 3650),
    400,
    '400',
  ),
  retention: setting(
    'RETENTION',
    'apply deletes what has been kept for its time, some of it each hour; report leaves it to `ebox privacy retention`.',
    choice('report', 'apply'),
    'report',
    'apply',
  ),
} as const;
