/** The settings of the evidence log. */
import { number, setting, text } from './setting.ts';

/** In the order in which `.env.example` shows them. */
export const EVIDENCE_SETTINGS = {
  evidenceKeyFile: setting(
    'EVIDENCE_KEY_FILE',
    'The private key that seals the heads of the evidence log, P-256, PEM or JWK. Default: one made in DATA_DIR.',
    text,
    undefined,
    '/run/secrets/evidence.pem',
  ),
  evidenceBucket: setting(
    'EVIDENCE_BUCKET',
    'The bucket with object lock that the evidence log is exported to.',
    text,
    'evidence',
    'evidence',
  ),
  headSeconds: setting(
    'EVIDENCE_HEAD_SECONDS',
    'Seconds between two sealed heads of the evidence log, while it grows.',
    number(0, 3600),
    30,
    '30',
  ),
} as const;
