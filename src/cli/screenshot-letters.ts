/** Letters of another sender, a city, before pages are photographed. */
import { DEMO_CITIZENS } from '../embedded/demo.ts';
import type { Wire } from './demo-wire.ts';

/** A PDF of somebody else, with one line on its page. */
export const LETTER = Buffer.from(letterOf('Uw nieuwe kaart ligt klaar in het stadhuis.'), 'latin1');

export interface ToldLetters {
  /** Lena's letter, which she put away. */
  readonly archived: string;
  /** Lena's notice, which can be read for some days only. */
  readonly ending: string;
}

/** Publishes them, and puts the letter away as Lena does. */
export async function tellLetters(wire: Wire): Promise<ToldLetters> {
  const archived = await publish(wire, {
    messageTypeId: 'city-letter',
    subject: { nl: 'Uw nieuwe kaart' },
    bodyContent: { nl: 'Beste Lena\n\nUw nieuwe kaart ligt klaar. Breng uw oude kaart mee.' },
  });
  const ending = await publish(wire, {
    messageTypeId: 'city-notice',
    subject: { nl: 'Werken in uw straat' },
  });
  return { archived, ending };
}

async function publish(wire: Wire, message: object): Promise<string> {
  const token = await wire.client('city', 'ebox:publish');
  const recipient = { eboxType: 'citizen', eboxIdValue: DEMO_CITIZENS[0]?.ssin };
  const form = new FormData();
  const whole = {
    recipient,
    attachments: [{ httpPartName: 'upfile1', mainContent: true }],
    bodyMainContent: false,
    replyAuthorized: false,
    ...message,
  };
  form.set('messageToPublish', JSON.stringify(whole));
  form.set('upfile1', new Blob([new Uint8Array(LETTER)], { type: 'application/pdf' }), 'brief.pdf');
  const headers = { authorization: `Bearer ${token}` };
  const response = await wire.call('/ebox/citizen/v2/publishMessage', {
    method: 'POST',
    headers,
    body: form,
  });
  return ((await response.json()) as { messageId: string }).messageId;
}

/** The smallest PDF with a page that can be read. */
function letterOf(line: string): string {
  const text = `BT /F1 16 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${text.length}>>stream\n${text}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  let pdf = '%PDF-1.7\n';
  const places = objects.map((object, at) => {
    const place = pdf.length;
    pdf += `${at + 1} 0 obj${object}endobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${places.join('')}`;
  return `${pdf}${table}trailer<</Size ${size}/Root 1 0 R>>\nstartxref\n${pdf.length}\n%%EOF\n`;
}
