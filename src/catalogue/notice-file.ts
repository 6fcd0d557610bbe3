/** Reads `mail/<language>.yaml`: the texts of the notice that something lies in the eBox. */
import { z } from 'zod';
import { words } from './shapes.ts';
import { readYamlFile } from './yaml-file.ts';

const NOTICE_LANGUAGES = ['nl', 'fr', 'de', 'en'] as const;
type NoticeLanguage = (typeof NOTICE_LANGUAGES)[number];

/** A text that can name nothing but the institution: the notice must say nothing of the person. */
const noticeText = words.refine(
  (text) => !/[{}]/.test(text.replaceAll('{issuerName}', '')),
  'it may only name {issuerName} in braces',
);

/** A sentence about one document, and one that counts them. */
const countedText = z.strictObject({
  one: noticeText,
  other: words.refine(
    (text) => /\{count\}/.test(text) && !/[{}]/.test(text.replaceAll(/\{(issuerName|count)\}/g, '')),
    'it has to name {count} in braces, and may only name {issuerName} beside it',
  ),
});

/** The only one that says anything of the documents: whom they come from. */
const sendersText = words.refine(
  (text) => /\{senders\}/.test(text) && !/[{}]/.test(text.replaceAll(/\{(issuerName|senders)\}/g, '')),
  'it has to name {senders} in braces, and may only name {issuerName} beside it',
);

/** Said to an institution of a run of a flow. */
const flowText = words.refine(
  (text) => !/[{}]/.test(text.replaceAll(/\{(issuerName|flow|number|rows)\}/g, '')),
  'it may only name {issuerName}, {flow}, {number} and {rows} in braces',
);

const noticeSchema = z.strictObject({
  language: z.enum(NOTICE_LANGUAGES),
  subject: countedText,
  heading: countedText,
  paragraphs: z.array(noticeText).min(1),
  senders: sendersText,
  link: noticeText,
  address: noticeText,
  login: noticeText,
  settings: noticeText,
  caution: noticeText,
  footer: noticeText,
  flow: z.strictObject({
    subject: flowText,
    text: flowText,
    address: flowText,
    caution: flowText,
    footer: flowText,
  }),
});

/** The texts of the notice in one language; each part says what it is for. */
export type NoticeTexts = Readonly<z.infer<typeof noticeSchema>>;

/** Reads the notice in every language. @throws ServiceError `templateInvalid` */
export async function readNoticeTexts(
  folder: string,
): Promise<Readonly<Record<NoticeLanguage, NoticeTexts>>> {
  const [nl, fr, de, en] = await Promise.all([
    readNotice(folder, 'nl'),
    readNotice(folder, 'fr'),
    readNotice(folder, 'de'),
    readNotice(folder, 'en'),
  ]);
  return { nl, fr, de, en };
}

async function readNotice(folder: string, language: NoticeLanguage): Promise<NoticeTexts> {
  const { value, fault } = await readYamlFile(folder, `mail/${language}.yaml`, noticeSchema);
  if (value.language !== language) throw fault(['language'], `is not right: ${language} is expected`);
  return value;
}
