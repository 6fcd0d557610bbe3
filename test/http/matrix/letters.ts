/** A letter without files, as a sender publishes it in either version; its body is the main content. */
import { PARTIES } from './callers.ts';

const BOUNDARY = 'letter-of-the-matrix';

/** Writes the form of a letter from the institution. */
export function letterForm(version: 2 | 3, ssin: string): { readonly type: string; readonly body: string } {
  const sender = PARTIES.institution.number;
  const common = {
    subject: { nl: 'Brief' },
    messageTypeId: 'quarantine-declaration-attestation',
    bodyContent: { nl: 'Een brief' },
    paymentData: {
      paymentDataId: '1',
      amount: 1,
      vatAmount: 0,
      currency: 'EUR',
      dueDate: '2030-01-01T00:00:00Z',
      iban: 'BE71096123456769',
    },
  };
  const message =
    version === 2
      ? {
          ...common,
          recipient: { eboxType: 'citizen', eboxIdValue: ssin },
          senderOrganizationId: sender,
          bodyMainContent: true,
          replyAuthorized: false,
        }
      : {
          ...common,
          sender: { eboxType: 'enterprise', enterpriseNumber: sender },
          recipient: { eboxType: 'citizen', ssin },
          isBodyMainContent: true,
        };
  const head = 'Content-Disposition: form-data; name="messageToPublish"';
  const body = `--${BOUNDARY}\r\n${head}\r\n\r\n${JSON.stringify(message)}\r\n--${BOUNDARY}--\r\n`;
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, body };
}
