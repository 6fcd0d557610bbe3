/** What workflows work with: one record, made once by `compose`; each workflow takes only the parts it names. */
import type { Archive } from '../archive/archive.ts';
import type { LockedBucket } from '../archive/locked-bucket.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Es256Signer } from '../code/offline-code.ts';
import type { PublicCodeKey } from '../code/public-key.ts';
import type { Database } from '../database/database.ts';
import type { LanguagePresumption } from '../domain/language.ts';
import type { EvidenceKey } from '../keys/evidence-key.ts';
import type { SealKeys } from '../keys/seal-keys.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';
import type { Mailer } from '../mail/transport.ts';
import type { RegistryClient } from '../remote/registry.ts';
import type { WebhookCaller } from '../remote/webhook-call.ts';
import type { Renderer } from '../render/render.ts';
import type { SealTrust } from '../verify/seal.ts';
import type { DocumentMaker } from './document.ts';
import type { Sealing } from './seal-level.ts';
import type { Verifiers } from './verifiers.ts';

export interface Services {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly vault: Vault;
  readonly archive: Archive;
  /** Knows what can be printed, and renders on this thread the evidence or record that somebody asks for. */
  readonly renderer: Pick<Renderer, 'canPrint' | 'renderEvidence' | 'renderCheckRecord'>;
  /** Renders and seals, on threads of their own or on this one. */
  readonly documents: DocumentMaker;
  /** The keys that seal attestations, or did so. */
  readonly sealKeys: SealKeys;
  /** The level of the seals, and what it takes to reach it. */
  readonly sealing: Sealing;
  /** What seals are checked against; read at each use. */
  readonly sealTrust: Omit<SealTrust, 'at'>;
  /** Where files that the register does not know are examined. */
  readonly verifiers: Verifiers;
  /** The key that signs offline codes and status lists: never that of the seal. */
  readonly codeSigner: Es256Signer;
  /** The keys that codes are checked with: the one that signs first, then those that did before. */
  readonly codeKeys: readonly PublicCodeKey[];
  /** The key that seals the heads of the evidence log. */
  readonly evidenceKey: EvidenceKey;
  /** Where the evidence log is exported. */
  readonly evidenceBucket: LockedBucket;
  /** Gives a time-stamp token (RFC 3161) over a SHA-256; missing where no authority is configured. */
  readonly timeStamp?: (imprint: Buffer) => Promise<Buffer | undefined>;
  /** Where messages are published instead of lying in our own registry; missing where they lie in ours. */
  readonly registry?: RegistryClient | undefined;
  readonly mailer: Mailer;
  /** Calls the webhooks of senders. */
  readonly webhooks: WebhookCaller;
  readonly mailing: Mailing;
  readonly log: Log;
  readonly clock: () => Date;
  /** Makes a new UUIDv7. */
  readonly newId: () => string;
  readonly settings: WorkflowSettings;
}

/** How people are mailed. */
export interface Mailing {
  /** Seconds between a message and the digest that speaks of it, so that a burst of messages makes one. */
  readonly afterSeconds: number;
  /** Where people change their address or have no more mail; undefined where there is no such page. */
  readonly settingsUrl: string | undefined;
}

export interface WorkflowSettings {
  /** Seconds of quiet before a case is settled, so that a burst of declarations makes one attestation. */
  readonly settleAfterSeconds: number;
  /** Seconds between two heads of the evidence log, while it grows. */
  readonly headSeconds: number;
  /** The address people reach the service at, without a slash at its end. */
  readonly publicUrl: string;
  readonly languagePresumption: LanguagePresumption;
  /** After so many days the key of a file is destroyed, and with it what came in. */
  readonly fileKeyDays: number;
  /** Whether events may be told in the format of the federation, which names citizens. */
  readonly federationEvents?: boolean;
}
