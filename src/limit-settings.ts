/** The settings of how many requests are taken from one caller. */
import { number, setting } from './setting.ts';

const requests = number(0, 100_000_000);

/** They stand among all others in `settings.ts`. */
export const LIMIT_SETTINGS = {
  clientLimit: setting(
    'LIMIT_CLIENT',
    'How many requests a minute are taken from one client of the API, all processes together; 0 for any number.',
    requests,
    60_000,
    '60000',
  ),
  personLimit: setting(
    'LIMIT_PERSON',
    'How many requests a minute are taken from one person, at the pages and the API together; 0 for any number.',
    requests,
    1200,
    '1200',
  ),
  addressLimit: setting(
    'LIMIT_ADDRESS',
    'How many requests a minute are taken from one address by whoever is not known, or whose token is refused; 0 for any number. See PROXIES.',
    requests,
    3000,
    '3000',
  ),
} as const;
