/** Reads `senders/<name>.yaml`: an organisation that may publish, its applications and its types of message. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { z } from 'zod';
import { parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import { type Logo, registryOf, type Sender, type SenderRegistry } from '../domain/sender.ts';
import type { ServiceError } from '../errors.ts';
import { localizedWords, words } from './shapes.ts';
import { type CheckedFile, gather, type KeyPath, readYamlFile, throwAll } from './yaml-file.ts';

const FOLDER = 'senders';

const identifier = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9:._-]{0,99}$/,
    'letters without accents, digits, dashes, dots, underscores and colons are expected',
  );
const webAddresses = z.strictObject({ nl: z.url(), fr: z.url(), de: z.url() });
const LOGOS = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
} as const satisfies Record<string, Logo['mediaType']>;
const logoFile = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*\.(svg|png|jpe?g|gif)$/, 'the name of an image file beside it is expected');
const contacts = { business: words.exactOptional(), technical: words.exactOptional() };

const messageType = z.strictObject({
  id: identifier,
  name: localizedWords,
  description: localizedWords.exactOptional(),
  validity: z.strictObject({ number: z.int().min(1).max(1200), unit: z.enum(['day', 'month', 'year']) }),
});

const application = z.strictObject({
  id: identifier,
  name: localizedWords,
  description: localizedWords.exactOptional(),
  url: webAddresses.exactOptional(),
  logo: logoFile.exactOptional(),
  contact: z.strictObject(contacts).exactOptional(),
  messageTypes: z.array(messageType).min(1),
});

const senderSchema = z.strictObject({
  enterpriseNumber: z
    .string()
    .refine(
      (text) => text.length === 10 && parseEnterpriseNumber(text) !== undefined,
      'an enterprise number of ten digits in quotation marks is expected, with right check digits',
    ),
  shortName: localizedWords,
  longName: localizedWords,
  url: webAddresses.exactOptional(),
  logo: logoFile,
  isUnnamedInMail: z.boolean().exactOptional(),
  contact: z.strictObject(contacts).exactOptional(),
  applications: z.array(application).min(1),
});
type SenderFile = z.output<typeof senderSchema>;

/** A sender with the file that describes it. */
export type ReadSender = CheckedFile<SenderFile> & { readonly logos: ReadonlyMap<string, Logo> };

/** Reads every sender; none where the folder is not there. @throws ServiceError `templateInvalid` */
export async function readSenderFiles(folder: string): Promise<readonly ReadSender[]> {
  const names = await readdir(join(folder, FOLDER)).catch((): string[] => []);
  return gather(
    names
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => readSender(folder, name)),
  );
}

async function readSender(folder: string, name: string): Promise<ReadSender> {
  const file = await readYamlFile(folder, `${FOLDER}/${name}`, senderSchema);
  const { logo, applications } = file.value;
  const named: (readonly [KeyPath, string])[] = [
    [['logo'], logo],
    ...applications.flatMap((one, at) =>
      one.logo === undefined ? [] : [[['applications', at, 'logo'], one.logo] as const],
    ),
  ];
  const logos = await gather(named.map(([key, image]) => readLogo(folder, image, file, key)));
  return { ...file, logos: new Map(logos) };
}

async function readLogo(
  folder: string,
  name: string,
  { fault }: Pick<CheckedFile<unknown>, 'fault'>,
  key: KeyPath,
): Promise<readonly [string, Logo]> {
  const bytes = await readFile(join(folder, FOLDER, name)).catch(() => undefined);
  if (bytes === undefined) throw fault(key, `names a file that cannot be read: ${name}`);
  // The schema lets no other ending through.
  return [name, { mediaType: LOGOS[extname(name) as keyof typeof LOGOS], bytes }];
}

/** Puts the institution and the senders together. @throws ServiceError `templateInvalid` for an id that stands twice */
export function joinSenders(institution: Sender, files: readonly ReadSender[]): SenderRegistry {
  const taken = new Set([
    institution.organization.organizationId,
    ...institution.applications.map(({ applicationId }) => applicationId),
    ...institution.messageTypes.map(({ messageTypeId }) => messageTypeId),
  ]);
  throwAll(files.flatMap((file) => faultsOf(file, taken)));
  return registryOf([institution, ...files.map(toSender)]);
}

/** One application of one organisation publishes a type: whoever names the type has named all three. */
function faultsOf({ value, fault }: ReadSender, taken: Set<string>): ServiceError[] {
  const ids: (readonly [KeyPath, string])[] = [
    [['enterpriseNumber'], value.enterpriseNumber],
    ...value.applications.flatMap((one, at) => [
      [['applications', at, 'id'], one.id] as const,
      ...one.messageTypes.map(
        ({ id }, place) => [['applications', at, 'messageTypes', place, 'id'], id] as const,
      ),
    ]),
  ];
  return ids.flatMap(([key, id]) => {
    if (taken.has(id)) return [fault(key, 'is that of another one already')];
    taken.add(id);
    return [];
  });
}

function toSender({ value, logos }: ReadSender): Sender {
  const { enterpriseNumber: organizationId, shortName, longName, url, contact, isUnnamedInMail } = value;
  const logo = logos.get(value.logo);
  if (logo === undefined) throw new Error('a sender has the logo that its file names');
  return {
    organization: {
      organizationId,
      shortName,
      longName,
      logo,
      ...(url && { url }),
      ...(isUnnamedInMail !== undefined && { isUnnamedInMail }),
      ...contactsOf(contact),
    },
    applications: value.applications.map((one) => {
      const image = one.logo === undefined ? undefined : logos.get(one.logo);
      return {
        applicationId: one.id,
        organizationId,
        name: one.name,
        ...(one.description && { description: one.description }),
        ...(one.url && { url: one.url }),
        ...(image && { logo: image }),
        ...contactsOf(one.contact),
      };
    }),
    messageTypes: value.applications.flatMap((one) =>
      one.messageTypes.map(({ id, ...type }) => ({
        messageTypeId: id,
        applicationId: one.id,
        organizationId,
        ...type,
      })),
    ),
  };
}

function contactsOf({ business, technical }: NonNullable<SenderFile['contact']> = {}) {
  return {
    ...(business !== undefined && { contactBusiness: business }),
    ...(technical !== undefined && { contactTechnical: technical }),
  };
}
