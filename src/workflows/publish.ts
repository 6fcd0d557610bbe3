/** A registered sender publishes a message in a citizen's eBox: files into the archive, then the message with its receipt. */
import type { SenderApplication, SentMessageType } from '../domain/sender.ts';
import { type Publication, PublicationRefusal } from '../ebox/publication.ts';
import { matchFiles } from '../ebox/publication-files.ts';
import type { RegistryVersion } from '../ebox/publication-reader.ts';
import { failpoint } from '../failpoint.ts';
import { findActiveContent } from '../verify/active-content.ts';
import { fixPublication, type SentKey } from './fix-publication.ts';
import { putMessage } from './put-message.ts';
import type { Services } from './services.ts';
import { type Arrived, type ArrivedFile, type FormReader, withParts } from './take-parts.ts';
import type { SenderAccess } from './track.ts';

export type PublishServices = Pick<
  Services,
  'database' | 'catalogue' | 'vault' | 'archive' | 'clock' | 'newId' | 'log'
>;

/** What a sender asks. */
export interface PublishRequest {
  readonly version: RegistryVersion;
  readonly access: SenderAccess;
  /** By which a resend is known; missing where the sender gave none. */
  readonly idempotencyKey?: string;
  readonly readForm: FormReader;
}

export type PublishOutcome =
  | {
      readonly kind: 'published';
      readonly messageId: string;
      readonly expiresAt: Date;
      /** Whether the recipient opens an eBox at all: the sender has to decide about paper. */
      readonly hasDigitalUser: boolean;
    }
  /** The key was used before, for this message; `isSame` tells whether what was sent is what was sent then. */
  | { readonly kind: 'alreadyPublished'; readonly messageId: string; readonly isSame: boolean };

/** What the registry knows of a publication. */
export interface Configuration {
  readonly type: SentMessageType;
  readonly application: SenderApplication;
}

/** A publication that was found right, with the file of each attachment in the order of the JSON part. */
export interface CheckedPublication extends Configuration {
  readonly publication: Publication;
  readonly json: string;
  readonly files: readonly CheckedFile[];
}

/** What is put into the eBox of a recipient, whom `FixedPublication` names. */
export interface PutContent {
  readonly type: SentMessageType;
  readonly publication: Pick<
    Publication,
    'subject' | 'language' | 'isBodyMain' | 'isReplyAuthorized' | 'content'
  >;
  readonly files: readonly CheckedFile[];
}

export interface CheckedFile extends Omit<ArrivedFile, 'name'> {
  readonly isMainContent: boolean;
  readonly isSigned: boolean;
}

/**
 * Publishes a message; what it returns is committed. Nothing is kept while the form is read, and nothing of what is
 * refused. Throws `PublicationRefusal` for what is wrong, and what reading the form throws.
 */
export async function publishMessage(
  services: PublishServices,
  { version, access, idempotencyKey, readForm }: PublishRequest,
): Promise<PublishOutcome> {
  const check = (publication: Publication) => void configurationOf(services, access, publication);
  return withParts(version, readForm, check, async (arrived) => {
    const checked = await checkArrived(services, access, arrived);
    const key = idempotencyKey === undefined ? undefined : keyOf(services, checked, idempotencyKey);
    const fixed = await fixPublication(services, access, checked, key);
    if (fixed.kind === 'alreadyPublished') return fixed;
    await failpoint('publish.named');
    const outcome = await putMessage(services, access, checked, fixed);
    await failpoint('publish.committed');
    return outcome;
  });
}

/** Finds what is registered of a publication; throws `PublicationRefusal` where it is not, or not the caller's. */
function configurationOf(
  { catalogue }: Pick<Services, 'catalogue'>,
  { ground }: SenderAccess,
  { recipient, sender, messageTypeId }: Publication,
): Configuration {
  if ((sender.organizationId ?? ground.organization) !== ground.organization)
    throw new PublicationRefusal('INVALID_SENDER', 'Invalid sender: user credentials does not match payload');
  const type = catalogue.senders.messageTypes.get(messageTypeId ?? '');
  const application = type && catalogue.senders.applications.get(type.applicationId);
  const isKnown =
    type?.organizationId === ground.organization &&
    (sender.applicationId ?? type.applicationId) === type.applicationId &&
    (sender.partition ?? 'GENERAL') === 'GENERAL';
  if (!isKnown || application === undefined)
    throw new PublicationRefusal('INVALID_SENDER', 'Invalid message configuration');
  if (recipient.eboxType !== 'citizen')
    throw new PublicationRefusal(
      'NOT_IMPLEMENTED',
      'eboxType enterprise: this registry holds eBoxes of citizens only',
    );
  return { type, application };
}

async function checkArrived(
  services: PublishServices,
  access: SenderAccess,
  { publication, json, files }: Arrived,
): Promise<CheckedPublication> {
  const configuration = configurationOf(services, access, publication);
  const matched = matchFiles(publication, files);
  for (const [, file] of matched) await checkContent(file);
  return {
    ...configuration,
    publication,
    json,
    files: matched.map(([{ isMainContent, isSigned }, file]) => ({ ...file, isMainContent, isSigned })),
  };
}

/** Citizens open what senders send: nothing in it may act by itself. */
async function checkContent({ name, mediaType, spooled }: ArrivedFile): Promise<void> {
  if (spooled.bytes === 0) throw new PublicationRefusal('INVALID_INPUT', `The file of ${name} is empty`);
  if (mediaType !== 'application/pdf') return;
  const fault = await spooled.open(findActiveContent);
  if (fault !== undefined) throw new PublicationRefusal('INVALID_INPUT', `The PDF of ${name} ${fault}`);
}

/** What a sender writes in a key may speak of a person, so only keyed hashes are kept. */
function keyOf(
  { vault }: Pick<Services, 'vault'>,
  { type, json, files }: CheckedPublication,
  value: string,
): SentKey {
  const digests = files.map(({ sha256 }) => sha256.toString('hex'));
  return {
    organizationId: type.organizationId,
    applicationId: type.applicationId,
    keyHmac: vault.message(`publication/${type.organizationId}/${type.applicationId}/${value}`),
    fingerprint: vault.message(['publication', json, ...digests].join('\n')),
  };
}
