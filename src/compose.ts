/** Config → the running parts and services, once; used by main and cli. */
import { randomBytes } from 'node:crypto';
import { createTokenVerifier, type TokenVerifier } from './access/token.ts';
import { openArchive } from './archive/archive.ts';
import { type Catalogue, loadCatalogue } from './catalogue/catalogue.ts';
import { parseCodeKeys } from './code/public-key.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { uuidv7 } from './domain/identifier.ts';
import { type Parts, startParts } from './embedded-parts.ts';
import { ServiceError } from './errors.ts';
import { type CodeKeyTexts, loadCodeSigner } from './keys/code-key.ts';
import { isSelfSigned, loadPemSigner, readCertificates } from './keys/signer.ts';
import { createVault } from './keys/vault.ts';
import type { Log } from './log.ts';
import { createMailer } from './mail/transport.ts';
import { createGuardedFetch } from './remote/guarded-fetch.ts';
import { createRenderer } from './render/render.ts';
import { checkSealCertificate } from './seal/fitness.ts';
import type { Services } from './workflows/services.ts';

export interface Composition {
  readonly services: Services;
  readonly tokens: TokenVerifier;
  readonly parts: Parts;
  /** Closes connections and stops the embedded parts. */
  stop(): Promise<void>;
}

/**
 * Starts what is embedded, brings the schema up to date, loads keys and templates and opens every connection.
 * `publicUrl` is where the service can be reached. Throws the first fault, after stopping what was started.
 */
export async function compose(config: Config, log: Log, publicUrl: string): Promise<Composition> {
  const catalogue = await loadCatalogue(config.templatesDir);
  const parts = await startParts(config, log, catalogue.issuer, publicUrl);
  try {
    return await connect({ config, log, publicUrl, catalogue, parts });
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
}

async function connect(ingredients: Ingredients): Promise<Composition> {
  const { config, log, publicUrl, catalogue, parts } = ingredients;
  const clock = () => new Date();
  const seal = openSeal(parts, log, clock());
  const code = openCodeKeys(parts.codeKeys, clock());
  const applied = await migrate(parts.databaseUrl);
  if (applied.length > 0) log.info({ applied }, 'schema brought up to date');
  const database = openDatabase({ url: parts.databaseUrl, connections: config.workers + 12, log });
  const archive = openArchive({ ...parts.archive, region: config.s3Region, bucket: config.s3Bucket });
  const mailer = createMailer({
    url: parts.smtpUrl,
    from: { address: config.mailFrom, name: catalogue.issuer.shortName.en },
  });
  const services: Services = {
    database,
    catalogue,
    vault: createVault(parts.vaultSecret),
    archive,
    renderer: createRenderer(catalogue),
    ...seal,
    ...code,
    mailer,
    log,
    clock,
    newId: () => uuidv7(clock(), randomBytes(10)),
    settings: {
      settleAfterSeconds: config.settleAfterSeconds,
      publicUrl,
      languagePresumption: config.languagePresumption,
    },
  };
  const stop = async () => {
    mailer.close();
    archive.close();
    await database.close();
    await parts.stop();
  };
  try {
    await archive.prepare();
    return { services, tokens: openTokens(config, parts), parts, stop };
  } catch (error) {
    mailer.close();
    archive.close();
    await database.close();
    throw error;
  }
}

/** The trust file may name former issuing authorities beside the roots, so that old seals stay verifiable. */
function openSeal(parts: Parts, log: Log, now: Date): Pick<Services, 'sealSigner' | 'sealTrust'> {
  const sealSigner = loadPemSigner('seal', parts.seal.keyPem, parts.seal.certificatesPem);
  for (const warning of checkSealCertificate(sealSigner, now)) log.warn(warning);
  const trusted = readCertificates('seal trust', parts.seal.trustPem);
  const anchors = trusted.filter(isSelfSigned).map((certificate) => certificate.raw);
  const former = trusted
    .filter((certificate) => !isSelfSigned(certificate))
    .map((certificate) => certificate.raw);
  const intermediates = [
    ...sealSigner.chain,
    ...former.filter((one) => !sealSigner.chain.some((der) => der.equals(one))),
  ];
  return { sealSigner, sealTrust: { anchors, intermediates } };
}

/** Codes stay on paper for years, so the keys that signed them before stay known. */
function openCodeKeys(
  { key, formerKeys }: CodeKeyTexts,
  now: Date,
): Pick<Services, 'codeSigner' | 'codeKeys'> {
  const codeSigner = loadCodeSigner(key, now);
  const former = formerKeys === undefined ? [] : parseCodeKeys(formerKeys);
  if (former === undefined)
    throw new ServiceError('keyUnfit', 'FORMER_CODE_KEYS_FILE is no JWK set of P-256 keys with their kid');
  const others = former.filter(({ keyId }) => keyId !== codeSigner.publicKey.keyId);
  return { codeSigner, codeKeys: [codeSigner.publicKey, ...others] };
}

function openTokens(config: Config, parts: Parts): TokenVerifier {
  const { origin } = new URL(parts.issuer);
  return createTokenVerifier({
    issuer: parts.issuer,
    audience: config.audience,
    claims: { organization: config.organizationClaim, person: config.personClaim },
    fetch: createGuardedFetch({
      allowedOrigins: [origin],
      allowLoopback: config.environment !== 'production',
      timeoutMs: 10_000,
      maxBytes: 1024 * 1024,
    }),
  });
}
