/** The settings of who may call, read together: which of them need each other. */
import { resolve } from 'node:path';
import type { Caller, Scope } from './access/caller.ts';
import type { TokenAlgorithm } from './access/token-issuer.ts';
import type { Values } from './setting-values.ts';

/** The files of the service's own TLS. */
export interface TlsConfig {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Undefined: callers are asked for no certificate. */
  readonly clientCaFile: string | undefined;
  readonly isClientCertificateRequired: boolean;
  /** Where the lists of revoked callers are; undefined: revocation is not looked at. */
  readonly clientCrlUrls: readonly string[] | undefined;
  readonly clientOcspUrls: readonly string[] | undefined;
  /** What becomes of a caller of whose certificate no responder says anything. */
  readonly clientOcspAbsent: 'refuse' | 'admit';
}

export interface IdentityConfig {
  readonly audience: string;
  readonly organizationClaim: string;
  readonly personClaim: string;
  readonly rightsClaim: string;
  readonly tokenAlgorithms: readonly TokenAlgorithm[];
  /** How a person must have shown who they are; undefined: in any way. */
  readonly acrValues: readonly string[] | undefined;
  /** Undefined: by discovery. */
  readonly issuerKeysFile: string | undefined;
  readonly vouchesFor: readonly Caller['kind'][];
  /** Undefined: the one issuer is the only one. */
  readonly tokenIssuersFile: string | undefined;
  readonly boundScopes: readonly Scope[];
  /** Undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined;
  /** Addresses and ranges of the proxies whose `Client-Cert` header is believed. */
  readonly certificateProxies: readonly string[];
  readonly sessionIdleSeconds: number;
  readonly sessionLongestSeconds: number;
}

const KINDS: Readonly<Record<string, Caller['kind']>> = { organizations: 'client', persons: 'person' };

/** Gives the kinds of callers by the words of the settings. */
export function kindsOf(words: readonly string[]): Caller['kind'][] {
  return Object.entries(KINDS).flatMap(([word, kind]) => (words.includes(word) ? [kind] : []));
}

/** Gives the settings of who may call; what is missing is added to `faults`. */
export function readIdentity(values: Values, faults: string[]): IdentityConfig {
  const { oidcKeysFile, tokenIssuersFile, certificateProxies, boundScopes } = values;
  if (oidcKeysFile !== undefined && values.oidcIssuer === undefined)
    faults.push('OIDC_ISSUER is missing; OIDC_KEYS_FILE holds its keys.');
  const tls = readTls(values, faults);
  if (boundScopes !== undefined && tls?.clientCaFile === undefined && certificateProxies === undefined)
    faults.push(
      'BOUND_SCOPES needs TLS_CLIENT_CA_FILE or CLIENT_CERTIFICATE_PROXIES: no caller shows a certificate.',
    );
  return {
    audience: values.oidcAudience,
    organizationClaim: values.organizationClaim,
    personClaim: values.personClaim,
    rightsClaim: values.rightsClaim,
    tokenAlgorithms: values.oidcAlgorithms,
    acrValues: values.oidcAcrValues,
    issuerKeysFile: optionalPath(oidcKeysFile),
    vouchesFor: kindsOf(values.oidcVouchesFor),
    tokenIssuersFile: optionalPath(tokenIssuersFile),
    boundScopes: boundScopes ?? [],
    tls,
    certificateProxies: certificateProxies ?? [],
    sessionIdleSeconds: values.sessionIdleSeconds,
    sessionLongestSeconds: values.sessionLongestSeconds,
  };
}

function readTls(values: Values, faults: string[]): TlsConfig | undefined {
  const { tlsCertificateFile, tlsKeyFile, tlsClientCaFile, tlsClientCertificate, tlsClientCrlUrls } = values;
  const isRequired = tlsClientCertificate === 'required';
  if (isRequired && tlsClientCaFile === undefined)
    faults.push('TLS_CLIENT_CA_FILE is missing; TLS_CLIENT_CERTIFICATE=required needs it.');
  if (tlsClientCrlUrls !== undefined && tlsClientCaFile === undefined)
    faults.push('TLS_CLIENT_CA_FILE is missing; TLS_CLIENT_CRL_URLS needs it.');
  if (values.tlsClientOcspUrls !== undefined && tlsClientCaFile === undefined)
    faults.push('TLS_CLIENT_CA_FILE is missing; TLS_CLIENT_OCSP_URLS needs it.');
  if (tlsCertificateFile === undefined && tlsKeyFile === undefined) {
    if (tlsClientCaFile !== undefined)
      faults.push('TLS_CERTIFICATE_FILE and TLS_KEY_FILE are missing; TLS_CLIENT_CA_FILE needs them.');
    return undefined;
  }
  if (tlsCertificateFile === undefined)
    faults.push('TLS_CERTIFICATE_FILE is missing; TLS_KEY_FILE needs it.');
  if (tlsKeyFile === undefined) faults.push('TLS_KEY_FILE is missing; TLS_CERTIFICATE_FILE needs it.');
  return {
    // One that is missing was named.
    certificateFile: resolve(tlsCertificateFile ?? ''),
    keyFile: resolve(tlsKeyFile ?? ''),
    clientCaFile: optionalPath(tlsClientCaFile),
    isClientCertificateRequired: isRequired,
    clientCrlUrls: tlsClientCrlUrls,
    clientOcspUrls: values.tlsClientOcspUrls,
    clientOcspAbsent: values.tlsClientOcspAbsent,
  };
}

function optionalPath(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}
