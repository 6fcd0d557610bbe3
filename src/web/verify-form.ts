/** The page on which everything is verified: a file, what is typed by hand, a scanned text; and what was wrong with it. */
import type { PageReply, Visit } from './route.ts';

export const LARGEST_MEGABYTES = 20;

/** The fields of the page's three forms. */
export type VerifyField = 'file' | 'number' | 'code' | 'text';

/** What is wrong with a field, in words. */
export type VerifyProblems = Partial<Readonly<Record<VerifyField, string>>>;

/** What was typed already, to be shown again; never the code. */
export interface VerifyValues {
  readonly number?: string;
  readonly text?: string;
}

/** Shows the page: as it is, or again with what was wrong. */
export function verifyFormPage(
  { texts: { t } }: Visit,
  problems: VerifyProblems = {},
  status = 200,
  values: VerifyValues = {},
): PageReply {
  const title = t('verify.title');
  const faults = Object.entries(problems).map(([field, problem]) => ({ field, problem }));
  return {
    kind: 'page',
    view: 'verify',
    usesCamera: true,
    title: faults.length === 0 ? title : `${t('verify.error')} ${title}`,
    status,
    data: { size: LARGEST_MEGABYTES, faults, problems, values },
  };
}
