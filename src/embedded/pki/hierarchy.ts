/** The keys and certificates of the development PKI, made once in a folder and renewed before they expire. */
import { mkdirSync } from 'node:fs';
import { ATTRIBUTE, type NameParts } from './certificate.ts';
import { type Credential, type KeyType, openCredential, type Wanted } from './credential.ts';
import {
  type Addresses,
  caExtensions,
  ocspExtensions,
  sealExtensions,
  timeStampExtensions,
} from './profiles.ts';

/** Who the seals speak for. */
export interface InstitutionName {
  readonly organisation: string;
  /** ISO 3166 code of two letters. */
  readonly country: string;
  /** Ten digits of the Crossroads Bank for Enterprises. */
  readonly enterpriseNumber: string;
}

export interface Hierarchy {
  readonly root: Credential;
  readonly issuing: Credential;
  readonly seal: Credential;
  readonly timeStamp: Credential;
  readonly ocsp: Credential;
}

export interface HierarchyOptions {
  readonly folder: string;
  readonly sealKey: KeyType;
  readonly institution: InstitutionName;
  /** Where certificates of the issuing authority, and of the root, are asked about. */
  readonly issuingAddresses: Addresses;
  readonly rootAddresses: Addresses;
  readonly now: Date;
}

/** Opens the hierarchy kept in the folder and makes what is missing, expiring, or no longer what the options ask for. */
export async function openHierarchy(options: HierarchyOptions): Promise<Hierarchy> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const { issuingAddresses, rootAddresses, sealKey } = options;
  const name = (commonName: string) => subjectOf(options.institution, commonName);
  const root = await openCredential(options, undefined, {
    keyType: 'p-256',
    file: 'root',
    subject: name('Development root CA'),
    years: 20,
    extensions: caExtensions(),
  });
  const issuing = await openCredential(options, root, {
    keyType: 'p-256',
    file: 'issuing',
    subject: name('Development issuing CA'),
    years: 10,
    extensions: caExtensions(0, rootAddresses),
  });
  const open = (wanted: Wanted) => openCredential(options, issuing, wanted);
  return {
    root,
    issuing,
    seal: await open({
      keyType: sealKey,
      file: `seal-${sealKey}`,
      subject: sealSubject(options.institution),
      years: 3,
      extensions: sealExtensions(issuingAddresses),
    }),
    timeStamp: await open({
      keyType: 'p-256',
      file: 'time-stamp',
      subject: name('Development time-stamping authority'),
      years: 3,
      extensions: timeStampExtensions(issuingAddresses),
    }),
    ocsp: await open({
      keyType: 'p-256',
      file: 'ocsp',
      subject: name('Development OCSP responder'),
      years: 3,
      extensions: ocspExtensions(),
    }),
  };
}

function subjectOf({ country, organisation }: InstitutionName, commonName: string): NameParts {
  return [
    [ATTRIBUTE.country, country],
    [ATTRIBUTE.organisation, organisation],
    [ATTRIBUTE.commonName, commonName],
  ];
}

/** The subject of a legal person: its identifier is NTR, the country and the trade register's number (ETSI EN 319 412-1 §5.1.4). */
function sealSubject({ country, organisation, enterpriseNumber }: InstitutionName): NameParts {
  return [
    [ATTRIBUTE.country, country],
    [ATTRIBUTE.organisation, organisation],
    [ATTRIBUTE.organisationIdentifier, `NTR${country}-${enterpriseNumber}`],
    [ATTRIBUTE.commonName, organisation],
  ];
}
