/** The page that a code opens: that of a document, or of a link which a person made. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CodeReport } from '../domain/verification.ts';
import { factsOf } from '../workflows/shown-facts.ts';
import { courtesyOf } from './courtesy.ts';
import { dayAsked } from './day-asked.ts';
import { recordLinks } from './record-links.ts';
import type { PageReply, Visit } from './route.ts';
import { codeVerdictOf, shareVerdictOf } from './verdict.ts';

/** Shows a report. With the code of a document goes a warning: of the paper that it stands on nothing is known. */
export function codePage(
  { texts, traceId, request }: Visit,
  catalogue: Catalogue,
  report: CodeReport,
  by: 'code' | 'share',
): PageReply {
  const isKnown = report.status !== 'unknown';
  const verdict = (by === 'code' ? codeVerdictOf : shareVerdictOf)(report, texts, catalogue.issuer.contact);
  return {
    kind: 'page',
    view: 'code',
    title: verdict.title,
    status: isKnown ? 200 : 404,
    data: {
      verdict,
      facts: report.attestation && factsOf(report.attestation, catalogue, texts),
      courtesy: courtesyOf(catalogue, texts, report.attestation),
      dayAsked: dayAsked(report, texts, {}),
      warnsOfPaper: isKnown && by === 'code',
      ...(isKnown && { records: recordLinks(texts, `${request.path}/record`, report) }),
      checkedAt: report.checkedAt,
      reference: traceId,
    },
  };
}
