/** The mail that tells an institution of a run of a flow. It names no person, and its address opens nothing by itself. */
import { escapeHtml, frameMail, paragraph, plainText, writtenAddress } from './frame.ts';

/** Texts with what may be put into them: `{issuerName}`, `{flow}`, `{number}`, `{rows}`. */
export interface FlowNoticeTexts {
  readonly subject: string;
  /** What is there. */
  readonly text: string;
  /** Before the address where it is fetched. */
  readonly address: string;
  /** What the mail does not hold. */
  readonly caution: string;
  /** Who sends this and that answers are not read. */
  readonly footer: string;
}

export interface FlowNoticeValues {
  readonly language: string;
  readonly issuerName: string;
  readonly flow: string;
  readonly number: number;
  readonly rows: number;
  readonly url: string;
}

/** Writes subject, text and page of the mail. */
export function composeFlowNotice(texts: FlowNoticeTexts, values: FlowNoticeValues) {
  const { language, issuerName, url } = values;
  const given: Readonly<Record<string, string>> = {
    issuerName,
    flow: values.flow,
    number: String(values.number),
    rows: new Intl.NumberFormat(`${language}-BE`).format(values.rows),
  };
  const fill = (template: string) =>
    template.replace(/\{(\w+)\}/g, (all, name: string) => given[name] ?? all);
  const [subject, text, address, caution, footer] = [
    fill(texts.subject),
    fill(texts.text),
    fill(texts.address),
    fill(texts.caution),
    fill(texts.footer),
  ];
  return {
    subject,
    text: plainText([subject, text, `${address}\n${url}`, caution, `-- \n${footer}`]),
    html: frameMail({
      language,
      title: subject,
      issuerName,
      heading: subject,
      main: [paragraph(text), writtenAddress(address, url)],
      small: [escapeHtml(caution), escapeHtml(footer)],
    }),
  };
}
