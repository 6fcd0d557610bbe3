/** What `publishMessage` takes, as schemas: contract 2.1 (`MessageToPublish`), and the names of version 3. */
import { z } from 'zod';
import { findTextFault, isPrintable, TEXT_FAULTS, writeLine } from '../domain/text.ts';

/** The most that the implementation of the NSSO takes, in characters; its body has no published limit, ours is this. */
const LONGEST = { subject: 400, businessValue: 256, attention: 100, name: 100, body: 10_000 } as const;
const MOST_BUSINESS_DATA = 100;

const line = (longest: number, description: string) =>
  z
    .string()
    .transform((text, context) => {
      const fault = findTextFault(text, longest);
      if (fault === undefined) return writeLine(text);
      context.issues.push({ code: 'custom', message: TEXT_FAULTS[fault], input: text });
      return z.NEVER;
    })
    .meta({ type: 'string', minLength: 1, maxLength: longest, description });

/** A text of many lines. */
const bodyText = z
  .string()
  .min(1, TEXT_FAULTS.empty)
  .max(LONGEST.body, TEXT_FAULTS.tooLong)
  .refine((text) => isPrintable(text.replace(/[\t\r\n]/g, ' ')), TEXT_FAULTS.unprintable);

const inLanguages = <T extends z.ZodType>(text: T) =>
  z
    .strictObject({ nl: text.optional(), fr: text.optional(), de: text.optional() })
    .refine((texts) => Object.values(texts).some((one) => one !== undefined), 'has a text in no language');

const flag = (description: string) => z.boolean().meta({ description });
const shortText = (description: string) => line(LONGEST.name, description);

const digest = z.strictObject({
  digestMethod: z.literal('sha_256'),
  digestValue: z.string().meta({ description: 'SHA-256 of the file in base64url (RFC 4648 §5)' }).max(100),
});

const businessData = z.strictObject({
  key: shortText('Names the data'),
  name: inLanguages(shortText('What they are called')).optional(),
  description: inLanguages(line(LONGEST.subject, 'What they are')).optional(),
  values: z.array(inLanguages(line(LONGEST.businessValue, 'A value'))).max(MOST_BUSINESS_DATA),
});

const paymentData = z.strictObject({
  paymentDataId: shortText('Names the payment'),
  amount: z.number(),
  vatAmount: z.number(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'expected a currency of ISO 4217'),
  dueDate: z.iso.datetime({ offset: true }),
  iban: z.string().regex(/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/, 'expected an IBAN without spaces'),
  bic: z
    .string()
    .regex(/^[A-Z0-9]{8}([A-Z0-9]{3})?$/, 'expected a BIC')
    .optional(),
  reference: z.record(z.string(), z.unknown()).optional(),
});

const subject = inLanguages(line(LONGEST.subject, 'The title, in the one language of the message'));
const common = {
  originalMessageId: shortText('An earlier message of the same sender to the same recipient').optional(),
  subject,
  messageTypeId: shortText('The type of message, as registered').optional(),
  expirationDate: shortText('Not looked at: the type of message says how long it stays').optional(),
  senderApplicationId: shortText('The application, as registered').optional(),
  bodyContent: inLanguages(bodyText).optional(),
  businessDataList: z.array(businessData).max(MOST_BUSINESS_DATA).optional(),
  paymentData: paymentData.optional(),
};
const attachmentCommon = {
  attachmentTitle: inLanguages(line(LONGEST.subject, 'Not shown: the file name is')).optional(),
  httpPartName: shortText('The part of the request that holds the file'),
  digest: digest.optional(),
};
const enterpriseNumber = z.string().regex(/^[0-1]\d{9}$/, 'expected an enterprise number of ten digits');

/** `MessageToPublish` of contract 2.1. */
export const publicationSchema = z
  .strictObject({
    ...common,
    recipient: z.strictObject({
      eboxType: z.enum(['citizen', 'enterprise']),
      eboxIdValue: z.string().max(20),
    }),
    forTheAttentionOf: z
      .strictObject({
        id: shortText('The number of whom it is for').optional(),
        type: shortText('What kind of number it is').optional(),
        name: line(LONGEST.attention, 'Whom it is for').optional(),
      })
      .optional(),
    senderOrganizationId: enterpriseNumber.optional(),
    registeredMail: flag('Not true: only ePost sends registered mail').optional(),
    attachments: z
      .array(
        z.strictObject({
          ...attachmentCommon,
          mainContent: flag('Whether opening it makes the message read'),
          attachmentSigned: flag('Whether it carries a signature').optional(),
        }),
      )
      .optional(),
    bodyMainContent: flag('Whether the body is the main content'),
    replyAuthorized: flag('Whether the recipient may reply'),
  })
  .meta({ id: 'MessageToPublish' });
export type PublicationBody = z.output<typeof publicationSchema>;

/** The same in the names of version 3. */
export const publicationSchemaOf3 = z
  .strictObject({
    ...common,
    sender: z.strictObject({
      eboxType: z.literal('enterprise'),
      enterpriseNumber,
      partition: shortText('Not given, or GENERAL').optional(),
    }),
    recipient: z.union(
      [
        z.strictObject({ eboxType: z.literal('citizen'), ssin: z.string().max(20) }),
        z.strictObject({
          eboxType: z.literal('enterprise'),
          enterpriseNumber: z.string().max(20),
          partition: z.string().max(100).optional(),
        }),
      ],
      { error: 'expected a citizen with an ssin, or an enterprise with an enterpriseNumber' },
    ),
    forTheAttentionOf: z
      .strictObject({
        ssin: shortText('The number of whom it is for').optional(),
        label: line(LONGEST.attention, 'Whom it is for').optional(),
      })
      .optional(),
    isRegisteredMail: flag('Not true: only ePost sends registered mail').optional(),
    attachments: z
      .array(
        z.strictObject({
          ...attachmentCommon,
          isMainContent: flag('Whether opening it makes the message read'),
          isAttachmentSigned: flag('Whether it carries a signature').optional(),
        }),
      )
      .optional(),
    isBodyMainContent: flag('Whether the body is the main content').optional(),
    isReplyAuthorized: flag('Whether the recipient may reply').optional(),
  })
  .meta({ id: 'MessageToPublishOf3' });
export type PublicationBodyOf3 = z.output<typeof publicationSchemaOf3>;
