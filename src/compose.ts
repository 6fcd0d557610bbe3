/** Config → the running parts and services, once; used by main and cli. */
import type { RequestLimits } from './access/request-limits.ts';
import type { TokenVerifier } from './access/token.ts';
import { openArchive } from './archive/archive.ts';
import { openFlowBucket } from './archive/flow-bucket.ts';
import { openLockedBucket } from './archive/locked-bucket.ts';
import { type Catalogue, loadCatalogue } from './catalogue/catalogue.ts';
import { openCodeKeys } from './compose-code.ts';
import { openDocuments } from './compose-documents.ts';
import { type ComposedLevels, composeLevels } from './compose-levels.ts';
import { openLimits } from './compose-limits.ts';
import { openRegistryClient } from './compose-registry.ts';
import { openSeal } from './compose-seal.ts';
import { composeTokens } from './compose-tokens.ts';
import { openVerifiers } from './compose-verifiers.ts';
import { openWebhooks } from './compose-webhooks.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { uuidv7 } from './domain/identifier.ts';
import { NOTICES_PATH } from './domain/notices-path.ts';
import { type Parts, startParts } from './embedded-parts.ts';
import { readEvidenceKey } from './keys/evidence-key.ts';
import type { Log } from './log.ts';
import { createMailer } from './mail/transport.ts';
import { freshBytes } from './random.ts';
import type { Patience } from './start-patience.ts';
import { openVault } from './workflows/open-vault.ts';
import type { Services } from './workflows/services.ts';

export interface Composition {
  readonly services: Services;
  readonly tokens: TokenVerifier;
  /** How many requests are taken from one caller. */
  readonly limits: RequestLimits;
  /** Gives time-stamps to whatever else wants one; undefined where none is configured. */
  readonly timeStamper: ComposedLevels['timeStamper'];
  readonly parts: Parts;
  /** Reads token issuers and seal keys again; what cannot be read leaves things as they were. */
  reload(): Promise<void>;
  /** Closes connections and stops the embedded parts. */
  stop(): Promise<void>;
}

/**
 * Starts what is embedded, brings the schema up to date, loads keys and templates and opens every connection.
 * `publicUrl` is where the service can be reached; what is away is waited for with `patience`. Throws the first fault, after
 * stopping what was started.
 */
export async function compose(
  config: Config,
  log: Log,
  publicUrl: string,
  patience: Patience,
): Promise<Composition> {
  const catalogue = await loadCatalogue(config.templatesDir);
  const parts = await startParts(config, log, catalogue.issuer, publicUrl);
  try {
    return await connect({ config, log, publicUrl, catalogue, parts, patience });
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

interface Ingredients {
  readonly config: Config;
  readonly log: Log;
  readonly publicUrl: string;
  readonly catalogue: Catalogue;
  readonly parts: Parts;
  readonly patience: Patience;
}

async function connect(ingredients: Ingredients): Promise<Composition> {
  const { config, log, publicUrl, catalogue, parts, patience } = ingredients;
  const clock = () => new Date();
  const allowLoopback = config.environment !== 'production';
  const { sealKeys, sealTrust, ...seal } = await openSeal({ seal: parts.seal, log, clock, allowLoopback });
  const codeKeys = openCodeKeys(parts.codeKeys, clock());
  const { database, vault } = await patience(() => openRegister({ config, log, parts }));
  const buckets = openBuckets({ config, parts });
  const registry = await openRegistryClient(config, clock);
  const levels = composeLevels({ config, parts, log, clock, sealKeys, sealTrust, database });
  const { timeStamper } = levels;
  const mail = openMail({ config, parts, catalogue, publicUrl });
  const verifiers = await openVerifiers(config, log);
  const services: Services = {
    database,
    catalogue,
    vault,
    ...buckets,
    ...openDocuments({ config, catalogue, sealKeys, sourceOf: seal.sourceOf, log }),
    sealKeys,
    ...codeKeys,
    ...levels.services,
    verifiers,
    evidenceKey: await readEvidenceKey(parts.evidenceKey),
    ...(timeStamper && { timeStamp: (imprint: Buffer) => timeStamper.stamp(imprint) }),
    webhooks: openWebhooks(config),
    ...(registry && { registry }),
    ...mail,
    log,
    clock,
    newId: () => uuidv7(clock(), freshBytes(10)),
    settings: settingsOf(config, publicUrl),
  };
  const close = async () => {
    await services.documents.stop();
    await verifiers.stop();
    mail.mailer.close();
    buckets.archive.close();
    buckets.evidenceBucket.close();
    buckets.flowBucket.close();
    await database.close();
    levels.stop();
    seal.stop();
  };
  try {
    for (const bucket of Object.values(buckets)) await patience(() => bucket.prepare());
    const issuers = composeTokens(config, parts.issuer, clock, log);
    const limits = openLimits(config, services);
    const reload = () => {
      issuers.reload();
      return seal.reload();
    };
    const stop = () => close().then(() => parts.stop());
    return { services, tokens: issuers.tokens, limits, timeStamper, parts, reload, stop };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Brings the schema up to date, and opens the database and what its secrets are kept under. */
async function openRegister({
  config,
  log,
  parts,
}: Pick<Ingredients, 'config' | 'log' | 'parts'>): Promise<Pick<Services, 'database' | 'vault'>> {
  const applied = await migrate(parts.databaseUrl);
  if (applied.length > 0) log.info({ applied }, 'schema brought up to date');
  const database = openDatabase({ url: parts.databaseUrl, connections: config.workers + 12, log });
  try {
    return { database, vault: await openVault({ database }, parts.vaultSecrets) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Where documents are archived, where the evidence log is exported to, and where files of flows are put down. */
function openBuckets({
  config,
  parts,
}: Pick<Ingredients, 'config' | 'parts'>): Pick<Services, 'archive' | 'evidenceBucket' | 'flowBucket'> {
  const store = { ...parts.archive, region: config.s3Region };
  return {
    archive: openArchive({ ...store, bucket: config.s3Bucket }),
    evidenceBucket: openLockedBucket({ ...store, bucket: config.evidenceBucket }),
    flowBucket: openFlowBucket({ ...store, bucket: config.flowBucket }),
  };
}

/** How people are mailed, and over which server. */
function openMail({
  config,
  parts,
  catalogue,
  publicUrl,
}: Pick<Ingredients, 'config' | 'parts' | 'catalogue' | 'publicUrl'>): Pick<Services, 'mailer' | 'mailing'> {
  const { mailFrom, mailBounceAddress: bounceAddress, mailAfterSeconds, mailSettingsUrl } = config;
  const from = { address: mailFrom, name: catalogue.issuer.shortName.en };
  return {
    mailer: createMailer({ url: parts.smtpUrl, from, bounceAddress }),
    mailing: {
      afterSeconds: mailAfterSeconds,
      settingsUrl: mailSettingsUrl ?? `${publicUrl}${NOTICES_PATH}`,
    },
  };
}

function settingsOf(config: Config, publicUrl: string): Services['settings'] {
  const { settleAfterSeconds, headSeconds, languagePresumption, fileKeyDays, batchGuards } = config;
  const federationEvents = config.webhooks.federation;
  return {
    settleAfterSeconds,
    headSeconds,
    publicUrl,
    languagePresumption,
    fileKeyDays,
    federationEvents,
    batchGuards,
  };
}
