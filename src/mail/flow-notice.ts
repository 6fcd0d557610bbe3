/** The mail that tells an institution of a run of a flow. It names no person, and its address opens nothing by itself. */

import { escapeHtml } from './notice.ts';

/** Texts with what may be put into them: `{issuerName}`, `{flow}`, `{number}`, `{rows}`, `{url}`. */
export interface FlowNoticeTexts {
  readonly subject: string;
  readonly text: string;
}

export interface FlowNoticeValues {
  readonly issuerName: string;
  readonly flow: string;
  readonly number: number;
  readonly rows: number;
  readonly url: string;
}

/** Writes subject, text and page of the mail. */
export function composeFlowNotice({ subject, text }: FlowNoticeTexts, values: FlowNoticeValues) {
  const given: Readonly<Record<string, string | number>> = { ...values };
  const fill = (template: string) =>
    template.replace(/\{(\w+)\}/g, (all, name: string) => String(given[name] ?? all));
  const body = fill(text);
  return { subject: fill(subject), text: `${body}\n`, html: `<!doctype html><p>${escapeHtml(body)}</p>\n` };
}
