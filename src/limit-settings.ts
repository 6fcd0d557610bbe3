/** The settings of how many requests are taken from one caller, and how slowly answers may be taken. */
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
  slowestReader: setting(
    'LIMIT_SLOWEST_READER',
    'How many bytes a second the reader of an answer takes at least; whoever takes less during the whole window is cut off. 0 for any number.',
    number(0, 1_000_000),
    250,
    '250',
  ),
  readerWindowSeconds: setting(
    'LIMIT_READER_WINDOW',
    'The seconds over which that is averaged: a phone in a tunnel takes nothing for a while.',
    number(1, 3600),
    60,
    '60',
  ),
} as const;
