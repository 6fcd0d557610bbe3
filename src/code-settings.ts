/** The settings of what is printed and scanned, and of who is told apart by their address. */
import { number, setting, text } from './setting.ts';

/** They stand among all others in `settings.ts`. */
export const CODE_SETTINGS = {
  codeKeyFile: setting(
    'CODE_KEY_FILE',
    'The private key that signs offline codes and status lists, EC on P-256, PEM or JWK; never that of the seal. Default: a key made at first start.',
    text,
    undefined,
    '/run/secrets/code-key.pem',
  ),
  formerCodeKeysFile: setting(
    'FORMER_CODE_KEYS_FILE',
    'The public keys that signed codes before, as JWK set: what /verifications/v1/keys gave when they did.',
    text,
    undefined,
    '/etc/citizen-ebox/former-code-keys.json',
  ),
  proxies: setting(
    'PROXIES',
    'How many proxies of your own every request comes through; as many steps back the caller’s address is looked for.',
    number(0, 9),
    0,
    '1',
  ),
} as const;
