/** Senders and types of message in the wire form of the message registry, contract 2.1. */
import { z } from 'zod';
import { DOCUMENT_LANGUAGES } from '../domain/language.ts';
import type {
  Logo,
  SenderApplication,
  SenderOrganization,
  SenderRegistry,
  SentMessageType,
} from '../domain/sender.ts';

const localized = z
  .object(Object.fromEntries(DOCUMENT_LANGUAGES.map((language) => [language, z.string()])))
  .meta({
    id: 'LocalizedString',
    description: 'A text in each official language',
    example: { nl: 'Brief van de stad', fr: 'Courrier de la ville', de: 'Brief der Stadt' },
  });
const ids = (description: string) => z.array(z.string()).meta({ description });
const contact = z.string().optional().meta({ description: 'A help desk', example: 'city@example.org' });

const imageSchema = z
  .object({
    imageId: z.string().meta({ description: 'Names the image', example: 'logo' }),
    size: z.number().meta({ description: 'Size in kB of 1024 bytes', example: 1.2 }),
    mediaType: z.enum(['image/svg+xml', 'image/png', 'image/jpeg', 'image/gif']),
    contentHref: z.string().meta({ format: 'uri', description: 'Where the image is' }),
  })
  .meta({ id: 'Image' });

/** A type of message (contract: `MessageType`). */
export const messageTypeSchema = z
  .object({
    messageTypeId: z.string().meta({ description: 'Names the type', example: 'city-letter' }),
    messageTypeName: localized,
    messageTypeDescription: localized,
    validityPeriod: z
      .object({
        validityPeriodNumber: z.int().meta({ example: 12 }),
        validityPeriodUnit: z.enum(['day', 'month', 'year']),
      })
      .meta({ id: 'ValidityPeriod', description: 'How long messages of the type are available' }),
    senderOrganizationIds: ids('Who may publish it'),
    senderApplicationIds: ids('The applications that may'),
  })
  .meta({ id: 'MessageType' });

/** An application (contract: `SenderApplication`). */
export const applicationSchema = z
  .object({
    applicationId: z.string().meta({ description: 'Names the application', example: 'city-letters' }),
    applicationName: localized,
    applicationDescription: localized,
    applicationLogos: z.array(imageSchema),
    applicationUrl: localized.optional(),
    senderOrganizationIds: ids('Whose application it is'),
    messageTypeIds: ids('What it may publish'),
    contactBusiness: contact,
    contactTechnical: contact,
  })
  .meta({ id: 'SenderApplication' });

/** An organisation (contract: `SenderOrganization`). */
export const organizationSchema = z
  .object({
    organizationId: z.string().meta({ description: 'Enterprise number', example: '1900080144' }),
    organizationShortName: localized,
    organizationLongName: localized,
    organizationLogos: z.array(imageSchema),
    organizationUrl: localized.optional(),
    senderApplicationIds: ids('Its applications'),
    messageTypeIds: ids('What it may publish'),
    contactBusiness: contact,
    contactTechnical: contact,
  })
  .meta({ id: 'SenderOrganization' });

/** The one image that a sender has. */
export const LOGO_ID = 'logo';

/** Writes a type. Where nobody described it, its name stands in all three languages (duty of a provider). */
export function toMessageType(type: SentMessageType): z.input<typeof messageTypeSchema> {
  return {
    messageTypeId: type.messageTypeId,
    messageTypeName: { ...type.name },
    messageTypeDescription: { ...(type.description ?? type.name) },
    validityPeriod: {
      validityPeriodNumber: type.validity.number,
      validityPeriodUnit: type.validity.unit,
    },
    senderOrganizationIds: [type.organizationId],
    senderApplicationIds: [type.applicationId],
  };
}

/** Writes an application; `href` is its own address. */
export function toApplication(
  { messageTypes }: SenderRegistry,
  one: SenderApplication,
  href: string,
): z.input<typeof applicationSchema> {
  const types = [...messageTypes.values()].filter(({ applicationId }) => applicationId === one.applicationId);
  return {
    applicationId: one.applicationId,
    applicationName: { ...one.name },
    applicationDescription: { ...(one.description ?? one.name) },
    applicationLogos: one.logo === undefined ? [] : [toImage(one.logo, href)],
    ...(one.url && { applicationUrl: { ...one.url } }),
    senderOrganizationIds: [one.organizationId],
    messageTypeIds: types.map(({ messageTypeId }) => messageTypeId),
    ...contactsOf(one),
  };
}

/** Writes an organisation; `href` is its own address. */
export function toOrganization(
  { applications, messageTypes }: SenderRegistry,
  one: SenderOrganization,
  href: string,
): z.input<typeof organizationSchema> {
  const isOwn = ({ organizationId }: { readonly organizationId: string }) =>
    organizationId === one.organizationId;
  return {
    organizationId: one.organizationId,
    organizationShortName: { ...one.shortName },
    organizationLongName: { ...one.longName },
    organizationLogos: [toImage(one.logo, href)],
    ...(one.url && { organizationUrl: { ...one.url } }),
    senderApplicationIds: [...applications.values()].filter(isOwn).map(({ applicationId }) => applicationId),
    messageTypeIds: [...messageTypes.values()].filter(isOwn).map(({ messageTypeId }) => messageTypeId),
    ...contactsOf(one),
  };
}

function contactsOf({ contactBusiness, contactTechnical }: SenderOrganization | SenderApplication) {
  return {
    ...(contactBusiness !== undefined && { contactBusiness }),
    ...(contactTechnical !== undefined && { contactTechnical }),
  };
}

function toImage({ mediaType, bytes }: Logo, href: string): z.input<typeof imageSchema> {
  return {
    imageId: LOGO_ID,
    size: Math.round((bytes.length / 1024) * 10) / 10,
    mediaType,
    contentHref: `${href}/images/${LOGO_ID}/content`,
  };
}
