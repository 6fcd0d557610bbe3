/** A message that a sender publishes, whatever version of the registry it was written for, and why one is refused. */
import type { DocumentLanguage } from '../domain/language.ts';

/** The codes with which the registry refuses a publication (NSSO implementation of the message registry). */
export type RefusalCode = 'INVALID_INPUT' | 'NOT_IMPLEMENTED' | 'INVALID_SENDER' | 'DIGEST_DO_NOT_MATCH';

/** Thrown while a publication is read and checked; nothing was kept of it. The message never repeats a value. */
export class PublicationRefusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = 'PublicationRefusal';
    this.code = code;
  }
}

export interface PublishedAttachment {
  /** The part of the request that holds the file. */
  readonly partName: string;
  readonly isMainContent: boolean;
  readonly isSigned: boolean;
  /** SHA-256 as the sender computed it. */
  readonly sha256?: Buffer;
}

/** A text in one of the languages. */
export type Translated = { readonly [Language in DocumentLanguage]?: string | undefined };

export interface BusinessData {
  readonly key: string;
  readonly name?: Translated | undefined;
  readonly description?: Translated | undefined;
  readonly values: readonly Translated[];
}

export interface PaymentData {
  readonly paymentDataId: string;
  readonly amount: number;
  readonly vatAmount: number;
  readonly currency: string;
  readonly dueDate: string;
  readonly iban: string;
  readonly bic?: string | undefined;
  readonly reference?: Readonly<Record<string, unknown>> | undefined;
}

export interface Attention {
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly name?: string | undefined;
}

/** What a message says beside its subject and its files; kept encrypted. */
export interface MessageContent {
  readonly body?: string | undefined;
  readonly businessData?: readonly BusinessData[] | undefined;
  readonly paymentData?: PaymentData | undefined;
  readonly attention?: Attention | undefined;
}

export interface Publication {
  readonly recipient: { readonly eboxType: 'citizen' | 'enterprise'; readonly value: string };
  readonly sender: {
    readonly organizationId?: string | undefined;
    readonly applicationId?: string | undefined;
    readonly partition?: string | undefined;
  };
  readonly messageTypeId?: string | undefined;
  readonly subject: string;
  readonly language: DocumentLanguage;
  readonly attachments: readonly PublishedAttachment[];
  readonly isBodyMain: boolean;
  readonly isReplyAuthorized: boolean;
  readonly originalMessageId?: string | undefined;
  readonly content: MessageContent;
}
