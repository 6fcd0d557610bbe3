/** The settings of another message registry, for an institution that publishes there instead of hosting messages itself. */
import { number, setting, text, url } from './setting.ts';
import type { Values } from './setting-values.ts';

/** In the order in which `.env.example` shows them. */
export const REGISTRY_SETTINGS = {
  registryPublishUrl: setting(
    'REGISTRY_PUBLISH_URL',
    'Where messages are published (message registry v3) instead of lying in our own registry. Default: they lie in ours.',
    url('https:', 'http:'),
    undefined,
    'https://services.socialsecurity.be/REST/ebox/enterprise/messageRegistry/v3/ebox/messages',
  ),
  registryStatusUrl: setting(
    'REGISTRY_STATUS_URL',
    'Where is asked what was read there. Default: it is not asked.',
    url('https:', 'http:'),
    undefined,
    'https://services.socialsecurity.be/REST/ebox/enterprise/messageRegistry/v2/searchMessageStatus',
  ),
  registryStatusSeconds: setting(
    'REGISTRY_STATUS_SECONDS',
    'How long after a message was asked of it is asked of again, as long as it is unread.',
    number(1, 604_800),
    21_600,
    '21600',
  ),
  registryTokenUrl: setting(
    'REGISTRY_TOKEN_URL',
    'Where access tokens for that registry are issued; also the audience of the assertions.',
    url('https:', 'http:'),
    undefined,
    'https://services.socialsecurity.be/REST/oauth/v5/token',
  ),
  registryClientId: setting(
    'REGISTRY_CLIENT_ID',
    'The client that we are there.',
    text,
    undefined,
    'ebox:office:attestations',
  ),
  registryClientKeyFile: setting(
    'REGISTRY_CLIENT_KEY_FILE',
    'The key by which it identifies itself (private_key_jwt), PEM or JWK: P-256, or RSA of 2048 bits or more.',
    text,
    undefined,
    '/run/secrets/registry.pem',
  ),
  registryScope: setting(
    'REGISTRY_SCOPE',
    'The scopes that are asked for, separated by spaces.',
    text,
    'scope:document:management:consult:ws-eboxrestentreprise:publicationsender',
    'scope:document:management:consult:ws-eboxrestentreprise:publicationsender',
  ),
  registryPartition: setting(
    'REGISTRY_PARTITION',
    'The part of the organisation that sends, where it has several there.',
    text,
    undefined,
    'GENERAL',
  ),
} as const;

/** Where messages are published instead of lying in our own registry. */
export interface RegistryConfig {
  readonly publishUrl: string;
  readonly statusUrl: string | undefined;
  readonly statusSeconds: number;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientKeyFile: string;
  readonly scope: string;
  readonly partition: string | undefined;
}

/** Reads the other registry; undefined where none is named. What is missing is added to `faults`. */
export function readRegistry(values: Values, faults: string[]): RegistryConfig | undefined {
  const demanded = {
    REGISTRY_PUBLISH_URL: values.registryPublishUrl,
    REGISTRY_TOKEN_URL: values.registryTokenUrl,
    REGISTRY_CLIENT_ID: values.registryClientId,
    REGISTRY_CLIENT_KEY_FILE: values.registryClientKeyFile,
  };
  const given = Object.entries(demanded).filter(([, value]) => value !== undefined);
  if (values.registryStatusUrl !== undefined && given.length === 0)
    faults.push('REGISTRY_PUBLISH_URL is missing; REGISTRY_STATUS_URL needs it.');
  const { registryPublishUrl, registryTokenUrl, registryClientId, registryClientKeyFile } = values;
  if (given.length === 0) return undefined;
  const names = given.map(([name]) => name).join(' and ');
  for (const [name, value] of Object.entries(demanded))
    if (value === undefined) faults.push(`${name} is missing; ${names} needs it.`);
  return {
    publishUrl: registryPublishUrl ?? '',
    statusUrl: values.registryStatusUrl,
    statusSeconds: values.registryStatusSeconds,
    tokenUrl: registryTokenUrl ?? '',
    clientId: registryClientId ?? '',
    clientKeyFile: registryClientKeyFile ?? '',
    scope: values.registryScope,
    partition: values.registryPartition,
  };
}
