/** Who may publish what: organisations, their applications and the types of message, as registered with the eBox. */
import type { AttestationType, Emblem, Issuer } from './attestation-type.ts';
import type { LocalizedString } from './language.ts';
import type { ValidityPeriod } from './message.ts';

/** What an organisation or an application is known by at sight. */
export interface Logo {
  readonly mediaType: 'image/svg+xml' | 'image/png' | 'image/jpeg' | 'image/gif';
  readonly bytes: Buffer;
}

/** How a user, or a technician, reaches those who answer for it: a help desk, never a person. */
export interface Contacts {
  readonly contactBusiness?: string;
  readonly contactTechnical?: string;
}

export interface SenderOrganization extends Contacts {
  /** Enterprise number, ten digits. */
  readonly organizationId: string;
  readonly shortName: LocalizedString;
  readonly longName: LocalizedString;
  readonly url?: LocalizedString;
  readonly logo: Logo;
  /** Its name alone says something of those to whom it writes, so mails leave it out. */
  readonly isUnnamedInMail?: boolean;
}

export interface SenderApplication extends Contacts {
  readonly applicationId: string;
  readonly organizationId: string;
  readonly name: LocalizedString;
  readonly description?: LocalizedString;
  readonly url?: LocalizedString;
  readonly logo?: Logo;
}

/** A type of message: one application of one organisation publishes it. */
export interface SentMessageType {
  readonly messageTypeId: string;
  readonly applicationId: string;
  readonly organizationId: string;
  readonly name: LocalizedString;
  readonly description?: LocalizedString;
  readonly validity: ValidityPeriod;
}

/** Everything that is registered, each list by id in the order of ids. */
export interface SenderRegistry {
  readonly organizations: ReadonlyMap<string, SenderOrganization>;
  readonly applications: ReadonlyMap<string, SenderApplication>;
  readonly messageTypes: ReadonlyMap<string, SentMessageType>;
}

/** A sender with what it publishes. */
export interface Sender {
  readonly organization: SenderOrganization;
  readonly applications: readonly SenderApplication[];
  readonly messageTypes: readonly SentMessageType[];
}

/** Puts senders together. */
export function registryOf(senders: readonly Sender[]): SenderRegistry {
  return {
    organizations: byId(senders.map(({ organization }) => [organization.organizationId, organization])),
    applications: byId(
      senders.flatMap(({ applications }) => applications.map((one) => [one.applicationId, one] as const)),
    ),
    messageTypes: byId(
      senders.flatMap(({ messageTypes }) => messageTypes.map((one) => [one.messageTypeId, one] as const)),
    ),
  };
}

function byId<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  return new Map(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** The institution itself is a sender: of its attestations. */
export function institutionAsSender(
  issuer: Issuer,
  emblem: Emblem,
  types: readonly AttestationType[],
): Sender {
  const { enterpriseNumber: organizationId, shortName, name, contact } = issuer;
  const messageTypes = types.map(({ messageType }) => messageType);
  const contactBusiness = contact.email;
  return {
    organization: {
      organizationId,
      shortName: official(shortName),
      longName: official(name),
      logo: drawEmblem(emblem, issuer.colour),
      contactBusiness,
    },
    applications: messageTypes.map(({ senderApplicationId: applicationId, applicationName }) => ({
      applicationId,
      organizationId,
      name: applicationName,
      contactBusiness,
    })),
    messageTypes: messageTypes.map(({ messageTypeId, senderApplicationId, name: typeName, validity }) => ({
      messageTypeId,
      applicationId: senderApplicationId,
      organizationId,
      name: typeName,
      validity,
    })),
  };
}

function official({ nl, fr, de }: LocalizedString): LocalizedString {
  return { nl, fr, de };
}

/** Draws the emblem as SVG; the brand file was checked to hold path data and nothing else. */
function drawEmblem({ width, height, path }: Emblem, colour: string): Logo {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><path fill="${colour}" fill-rule="evenodd" d="${path}"/></svg>\n`;
  return { mediaType: 'image/svg+xml', bytes: Buffer.from(svg) };
}
