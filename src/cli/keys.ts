/** `ebox keys`: lists the keys, makes a new one, and asks for its certificate. */
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { type Config, readConfig } from '../config.ts';
import { ATTRIBUTE, type NameParts } from '../embedded/pki/certificate.ts';
import { givenSeal } from '../embedded-parts.ts';
import { ServiceError } from '../errors.ts';
import { openTokenKey } from '../keys/pkcs11.ts';
import { readPrivateKeyFile } from '../keys/seal-files.ts';
import type { KeyPlace } from '../keys/seal-source.ts';
import { algorithmOf, hashOf, readPrivateKey } from '../keys/signer.ts';
import { parseSubject, type RequestKey, writeRequest } from './certificate-request.ts';
import { listKeys, writeKeyTable } from './key-list.ts';

export interface KeysRequest {
  readonly name?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly subject?: string | undefined;
  readonly json: boolean;
}

/** Runs `keys list`, `keys make` or `keys csr`; gives the exit status. Throws `keyUnfit` or `configurationInvalid`. */
export async function runKeys(command: string | undefined, request: KeysRequest): Promise<number> {
  const config = readConfig();
  switch (command) {
    case 'make':
      return makeKey(config, request);
    case 'csr':
      return printRequest(config, request);
    case undefined:
    default:
      return printKeys(config, request);
  }
}

function printKeys(config: Config, { json }: KeysRequest): number {
  const keys = listKeys(config, new Date());
  process.stdout.write(writeKeyTable(keys));
  if (json) process.stdout.write(`${JSON.stringify({ keys })}\n`);
  return 0;
}

/** What can be made here; RSA-2048 is near its end and not offered for a new key. */
const MAKERS = {
  'p-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'p-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'rsa-3072': () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
} as const;

function makeKey(config: Config, { name, algorithm = 'p-256', json }: KeysRequest): number {
  const folder = config.seal.kind === 'given' ? config.seal.keysDir : undefined;
  if (folder === undefined) return complain('Set SEAL_KEYS_DIR: the folder in which the key is to lie.');
  if (name === undefined || !/^[a-z0-9][a-z0-9.-]*$/i.test(name))
    return complain('Give --name, of letters, digits, dots and hyphens.');
  const make = Object.entries(MAKERS).find(([one]) => one === algorithm)?.[1];
  if (make === undefined) return complain(`--algorithm must be ${Object.keys(MAKERS).join(' or ')}.`);
  const file = `${name}.key`;
  const { privateKey } = make();
  writeNew(join(folder, file), String(privateKey.export({ format: 'pem', type: 'pkcs8' })), 0o600);
  writeNew(join(folder, `${name}.json`), `${JSON.stringify({ key: { file } }, undefined, 2)}\n`, 0o644);
  process.stdout.write(
    `Made ${join(folder, file)} (${algorithm}). Ask for its certificate with: ebox keys csr --name ${name}\n` +
      `Put the certificate, then those of its issuers, in ${join(folder, `${name}.crt`)}: the key takes over when it begins.\n`,
  );
  if (json) process.stdout.write(`${JSON.stringify({ name, algorithm, file: join(folder, file) })}\n`);
  return 0;
}

/** A key that is there already is never written over: what it sealed could not be sealed again. */
function writeNew(path: string, text: string, mode: number): void {
  try {
    writeFileSync(path, text, { mode, flag: 'wx' });
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'EEXIST' ? 'is there already' : 'cannot be written';
    throw new ServiceError('keyUnfit', `${path} ${reason}`, { cause });
  }
}

async function printRequest(config: Config, { name, subject, json }: KeysRequest): Promise<number> {
  const place = findPlace(config, name);
  const parts = subject === undefined ? await sealSubject(config.templatesDir) : parseSubject(subject);
  const { key, close } = await openKey(place);
  try {
    const request = await writeRequest(key, parts);
    process.stdout.write(request);
    if (json) process.stdout.write(`${JSON.stringify({ request })}\n`);
    return 0;
  } finally {
    close();
  }
}

function findPlace({ seal }: Config, name = 'SEAL_KEY_FILE'): KeyPlace {
  if (seal.kind !== 'given')
    throw new ServiceError('configurationInvalid', 'SEAL_KEYS_DIR or SEAL_KEY_FILE is missing.');
  const { sources, requested } = givenSeal(seal).readKeys();
  const found = [...sources, ...requested].find((one) => one.name === name);
  if (found === undefined) {
    const names = [...sources, ...requested].map((one) => one.name).join(', ');
    throw new ServiceError('configurationInvalid', `there is no seal key ${name}; --name may be ${names}`);
  }
  return found.place;
}

async function openKey(place: KeyPlace): Promise<{ readonly key: RequestKey; readonly close: () => void }> {
  if (place.kind === 'token') {
    const token = await openTokenKey('seal', place);
    const publicKey = token.readPublicKey();
    const algorithm = algorithmOf('seal', publicKey);
    return { key: { publicKey, sign: (data) => token.sign(algorithm, data) }, close: () => token.close() };
  }
  if (place.kind !== 'file' && place.kind !== 'pem')
    throw new ServiceError('keyUnfit', 'the key is not with us: ask its sealing service for the certificate');
  const keyPem = place.kind === 'pem' ? place.keyPem : readPrivateKeyFile('seal', place);
  const key = readPrivateKey('seal', keyPem);
  const hash = hashOf(algorithmOf('seal', key));
  const publicKey = createPublicKey(key);
  return { key: { publicKey, sign: (data) => promisify(sign)(hash, data, key) }, close: () => undefined };
}

/** The subject of a legal person, from the brand (ETSI EN 319 412-3 §4.2.1). */
async function sealSubject(templatesDir: string): Promise<NameParts> {
  const { issuer } = await loadCatalogue(templatesDir);
  return [
    [ATTRIBUTE.country, 'BE'],
    [ATTRIBUTE.organisation, issuer.name.en],
    [ATTRIBUTE.organisationIdentifier, `NTRBE-${issuer.enterpriseNumber}`],
    [ATTRIBUTE.commonName, issuer.name.en],
  ];
}

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 2;
}
