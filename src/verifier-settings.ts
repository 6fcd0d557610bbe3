/** The settings of the processes that examine files which the register does not know. */
import { number, setting } from './setting.ts';

/** In the order in which `.env.example` shows them. */
export const VERIFIER_SETTINGS = {
  verifiers: setting(
    'VERIFIERS',
    'How many processes examine files that the register does not know; 0 does it in the service itself, which production refuses. Default: one for each processor but one, at least one.',
    number(0, 64),
    undefined,
    '2',
  ),
  verifierMegabytes: setting(
    'VERIFIER_MEGABYTES',
    'The most memory for what one of them examines, in megabytes; one that wants more is replaced.',
    number(64, 4096),
    256,
    '256',
  ),
  verifierSeconds: setting(
    'VERIFIER_SECONDS',
    'The most time for one file; a process that needs more is replaced.',
    number(1, 60),
    5,
    '5',
  ),
} as const;
