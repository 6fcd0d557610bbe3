/** What workflows work with: one record, made once by `compose`; each workflow takes only the parts it names. */
import type { Archive } from '../archive/archive.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Database } from '../database/database.ts';
import type { LanguagePresumption } from '../domain/language.ts';
import type { Signer } from '../keys/signer.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';
import type { Mailer } from '../mail/transport.ts';
import type { Renderer } from '../render/render.ts';
import type { SealTrust } from '../verify/seal.ts';
import type { Sealing } from './seal-level.ts';

export interface Services {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly vault: Vault;
  readonly archive: Archive;
  readonly renderer: Renderer;
  /** The key that seals attestations. */
  readonly sealSigner: Signer;
  /** The level of the seals, and what it takes to reach it. */
  readonly sealing: Sealing;
  /** What seals are checked against. */
  readonly sealTrust: Omit<SealTrust, 'at'>;
  readonly mailer: Mailer;
  readonly log: Log;
  readonly clock: () => Date;
  /** Makes a new UUIDv7. */
  readonly newId: () => string;
  readonly settings: WorkflowSettings;
}

export interface WorkflowSettings {
  /** Seconds of quiet before a case is settled, so that a burst of declarations makes one attestation. */
  readonly settleAfterSeconds: number;
  /** The address people reach the service at, without a slash at its end. */
  readonly publicUrl: string;
  readonly languagePresumption: LanguagePresumption;
}
