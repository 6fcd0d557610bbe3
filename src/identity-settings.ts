/** The settings of who may call: token issuers, certificates of callers, logins of people, and the line they come over. */
import { SCOPES } from './access/caller.ts';
import { TOKEN_ALGORITHMS } from './access/token-issuer.ts';
import { DESK_RIGHTS } from './domain/desk-right.ts';
import { addressRanges, choice, choices, names, number, setting, text, url, urls } from './setting.ts';

/** The line: they stand with the address that the service listens on. */
export const LINE_SETTINGS = {
  tlsCertificateFile: setting(
    'TLS_CERTIFICATE_FILE',
    'The certificate of the service’s own TLS, PEM, then those of its issuers. Default: plain HTTP, for this machine or behind a proxy.',
    text,
    undefined,
    '/etc/citizen-ebox/tls.crt',
  ),
  tlsKeyFile: setting(
    'TLS_KEY_FILE',
    'The private key of that certificate, PEM. Both files are read again at SIGHUP.',
    text,
    undefined,
    '/run/secrets/tls.key',
  ),
  tlsClientCaFile: setting(
    'TLS_CLIENT_CA_FILE',
    'Who issues the certificates of callers, PEM; callers are asked for one (mTLS), and one of another issuer ends the connection. Default: none is asked for.',
    text,
    undefined,
    '/etc/citizen-ebox/client-ca.crt',
  ),
  tlsClientCertificate: setting(
    'TLS_CLIENT_CERTIFICATE',
    'Whether callers must bring a certificate: optional (people’s browsers have none) or required.',
    choice('optional', 'required'),
    'optional',
    'required',
  ),
  tlsClientCrlUrls: setting(
    'TLS_CLIENT_CRL_URLS',
    'Where the revocation lists (DER) of the authorities of TLS_CLIENT_CA_FILE are, of each one of a caller’s path, separated by commas; fetched in the background each hour. A revoked certificate, or any while no current list is held, ends the connection. Default: revocation is not looked at.',
    urls('https:', 'http:'),
    undefined,
    'http://crl.example.be/clients.crl',
  ),
  tlsClientOcspUrls: setting(
    'TLS_CLIENT_OCSP_URLS',
    'OCSP responders (RFC 6960) that are asked about the certificates of callers, separated by commas, in this order until one answers; an answer counts for ten minutes at the most. Addresses in certificates are never called. Default: none is asked.',
    urls('https:', 'http:'),
    undefined,
    'http://ocsp.example.be',
  ),
  tlsClientOcspAbsent: setting(
    'TLS_CLIENT_OCSP_ABSENT',
    'What becomes of a caller of whose certificate no responder says anything: refuse (the connection ends) or admit (revocation lists alone count, where there are any). One whose path to TLS_CLIENT_CA_FILE is not known is refused in any case.',
    choice('refuse', 'admit'),
    'refuse',
    'admit',
  ),
  certificateProxies: setting(
    'CLIENT_CERTIFICATE_PROXIES',
    'The proxies whose Client-Cert header (RFC 9440) is believed, by address or range, separated by commas; they must remove what callers send under that name. Default: the header is ignored.',
    addressRanges,
    undefined,
    '10.0.0.7,10.1.0.0/24',
  ),
} as const;

/** In the order in which `.env.example` shows them. */
export const IDENTITY_SETTINGS = {
  oidcIssuer: setting(
    'OIDC_ISSUER',
    'Who issues access tokens (OpenID Connect discovery). Default: an embedded login for demo persons.',
    url('https:', 'http:'),
    undefined,
    'https://idp.example.be',
  ),
  oidcAudience: setting(
    'OIDC_AUDIENCE',
    'The audience that access tokens must name.',
    text,
    'urn:citizen-ebox',
    'urn:citizen-ebox',
  ),
  oidcAlgorithms: setting(
    'OIDC_ALGORITHMS',
    `The algorithms its access tokens may be signed with: ${TOKEN_ALGORITHMS.join(', ')}.`,
    choices(...TOKEN_ALGORITHMS),
    ['RS256', 'PS256', 'ES256'] as const,
    'ES256',
  ),
  oidcKeysFile: setting(
    'OIDC_KEYS_FILE',
    'Its public keys as JWK set, read again at SIGHUP. Default: those its discovery document leads to, on its own origin.',
    text,
    undefined,
    '/etc/citizen-ebox/issuer-keys.json',
  ),
  oidcVouchesFor: setting(
    'OIDC_VOUCHES_FOR',
    'Whom its access tokens may name: organizations, persons, or both.',
    choices('organizations', 'persons'),
    ['organizations', 'persons'] as const,
    'organizations,persons',
  ),
  organizationClaim: setting(
    'OIDC_ORGANIZATION_CLAIM',
    'The claim with the enterprise number of a client’s organisation.',
    text,
    'cbe-number',
    'cbe-number',
  ),
  personClaim: setting('OIDC_PERSON_CLAIM', 'The claim with a person’s SSIN.', text, 'egovNRN', 'egovNRN'),
  rightsClaim: setting(
    'OIDC_RIGHTS_CLAIM',
    `The claim of a login with what an official may do at the desk beside sending batches, as a list or with spaces between: ${DESK_RIGHTS.join(', ')}. What it does not name is refused.`,
    text,
    'ebox-rights',
    'ebox-rights',
  ),
  oidcAcrValues: setting(
    'OIDC_ACR_VALUES',
    'How a person must have shown who they are (`acr`), by the names of the issuer, separated by commas: a login or a person’s access token that says another one, or none, is refused. Default: any.',
    names,
    undefined,
    'urn:be:fedict:iam:fas:Level450,urn:be:fedict:iam:fas:Level500',
  ),
  tokenIssuersFile: setting(
    'TOKEN_ISSUERS_FILE',
    'Further issuers of access tokens, JSON, read again at SIGHUP. See README.md.',
    text,
    undefined,
    '/etc/citizen-ebox/token-issuers.json',
  ),
  boundScopes: setting(
    'BOUND_SCOPES',
    'The scopes that programs may use only with tokens bound to their certificate (cnf.x5t#S256, RFC 8705), separated by commas. Default: none.',
    choices(...SCOPES),
    undefined,
    'register:report,batches:submit',
  ),
  oidcClientId: setting(
    'OIDC_CLIENT_ID',
    'The client through which people log in at the pages; its redirect is PUBLIC_URL/login/callback. Default: nobody can.',
    text,
    undefined,
    'citizen-ebox',
  ),
  oidcClientKeyFile: setting(
    'OIDC_CLIENT_KEY_FILE',
    'The private key of that client (private_key_jwt), PEM or JWK.',
    text,
    undefined,
    '/run/secrets/login-client.pem',
  ),
  sessionIdleSeconds: setting(
    'SESSION_IDLE_SECONDS',
    'Seconds after which somebody who does nothing at the pages is logged out.',
    number(60, 86_400),
    1800,
    '1800',
  ),
  sessionLongestSeconds: setting(
    'SESSION_LONGEST_SECONDS',
    'Seconds after which a login ends however busy its session is.',
    number(60, 604_800),
    28_800,
    '28800',
  ),
} as const;
