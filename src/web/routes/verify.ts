/** Verification for whoever holds a document, without an account: of a file by its bytes, of a paper by its code. */
import { drawHeld } from '../../workflows/held-page.ts';
import { type ReceivedFile, receivePdf } from '../../workflows/receive-pdf.ts';
import type { Services } from '../../workflows/services.ts';
import { factsOf } from '../../workflows/shown-facts.ts';
import { examinePdf, type Holder, reportOn, verifyCode } from '../../workflows/verify.ts';
import { checksOf } from '../checks.ts';
import { codePage } from '../code-page.ts';
import { courtesyOf } from '../courtesy.ts';
import { dayAsked, dayOf } from '../day-asked.ts';
import { keepChecks, keptCheck, keptChecks, type Looked, MOST_FILES } from '../kept-checks.ts';
import { recordLinks } from '../record-links.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageReply, PageRoute, Reply, Visit } from '../route.ts';
import { verdictOf } from '../verdict.ts';
import { LARGEST_MEGABYTES, verifyFormPage } from '../verify-form.ts';

type VerifyServices = Pick<
  Services,
  | 'database'
  | 'vault'
  | 'archive'
  | 'documents'
  | 'clock'
  | 'newId'
  | 'sealTrust'
  | 'sealKeys'
  | 'verifiers'
  | 'catalogue'
  | 'settings'
>;

/** Gives the routes of `/verify`, `/verify/report`, `/verify/reports` and `/v/{token}`. */
export function verifyRoutes(services: VerifyServices): PageRoute[] {
  return [
    {
      name: 'verify',
      method: 'get',
      path: '/verify',
      isListed: true,
      access: 'public',
      handle: (visit) => Promise.resolve(verifyFormPage(visit)),
    },
    {
      name: 'verifyFile',
      method: 'post',
      form: 'file',
      page: '/verify',
      path: '/verify',
      access: 'public',
      handle: (visit) => examine(services, visit),
    },
    {
      name: 'verifyReport',
      method: 'get',
      path: '/verify/report',
      access: 'public',
      handle: (visit) => showReport(services, visit),
    },
    {
      name: 'verifyReports',
      method: 'get',
      path: '/verify/reports',
      access: 'public',
      handle: (visit) => showReports(services, visit),
    },
    {
      name: 'verifyPicture',
      method: 'get',
      path: '/verify/report/picture',
      access: 'public',
      handle: (visit) => sendPicture(services, visit),
    },
    {
      name: 'verifyCode',
      method: 'get',
      path: '/v/:token',
      isSecretAddress: true,
      access: 'public',
      handle: (visit) => showCode(services, visit),
    },
  ];
}

/** What can be wrong with what was sent; the status it is answered with. */
const FAULTS = {
  nothing: 400,
  empty: 400,
  noPdf: 400,
  noneIsPdf: 400,
  tooLarge: 413,
  expired: 403,
} as const;
type Fault = keyof typeof FAULTS;

function fileFault(visit: Visit, fault: Fault): PageReply {
  const { t } = visit.texts;
  const problem = {
    nothing: t('verify.nothing'),
    empty: t('verify.empty'),
    noPdf: t('verify.noPdf'),
    noneIsPdf: t('verify.noneIsPdf'),
    tooLarge: t('verify.tooLarge', { size: LARGEST_MEGABYTES }),
    expired: t('verify.expired'),
  }[fault];
  return verifyFormPage(visit, { file: problem }, FAULTS[fault]);
}

/** Leads on to the report, so that loading that again, or in another language, sends no file again. */
async function examine(services: VerifyServices, visit: Visit): Promise<Reply> {
  const files = await takeFiles(visit);
  if (typeof files === 'string') return fileFault(visit, files);
  const form = services.newId();
  const looked: Looked[] = [];
  // One after the other: who sends ten at once waits for no more than their turn, as everybody does.
  for (const file of files) {
    const id = services.newId();
    const fault = faultOf(file);
    looked.push(fault === undefined ? { id, examined: await examinePdf(services, file) } : { id, fault });
  }
  await keepChecks(visit, form, looked);
  const page = looked.length === 1 ? 'report' : 'reports';
  return { kind: 'redirect', to: `/verify/${page}?check=${looked.find((one) => 'examined' in one)?.id}` };
}

/** Why a file cannot be looked at; undefined for one that can. */
function faultOf({ bytes, isPdf }: ReceivedFile): 'empty' | 'noPdf' | undefined {
  return bytes === 0 ? 'empty' : isPdf ? undefined : 'noPdf';
}

/** Gives the files of the form; one among several that is no PDF keeps nobody from the others. */
async function takeFiles(visit: Visit): Promise<readonly ReceivedFile[] | Fault> {
  try {
    const limit = LARGEST_MEGABYTES * 2 ** 20;
    const upload = await visit.receive(limit, ({ chunks }) => receivePdf(chunks), MOST_FILES);
    if (upload.kind === 'nothing') return 'nothing';
    const faults = upload.values.map(faultOf);
    if (faults.includes(undefined)) return upload.values;
    return faults.length > 1 ? 'noneIsPdf' : (faults[0] ?? 'nothing');
  } catch (error) {
    if (!(error instanceof PageRefusal)) throw error;
    if (error.reason === 'tooLarge') return 'tooLarge';
    // Nobody was logged in here: what ran out is the form, and a new one is all it takes.
    if (error.reason === 'sessionEnded') return 'expired';
    throw error;
  }
}

/** Each look reads the register anew, and stands in evidence. */
async function showReport(services: VerifyServices, visit: Visit): Promise<Reply> {
  const { texts, traceId } = visit;
  const { catalogue, settings } = services;
  const { id, file } = keptCheck(visit);
  const report = await reportOn(services, file, holderOf(visit), dayOf(visit));
  const verdict = verdictOf(report, texts, catalogue.issuer.contact);
  return {
    kind: 'page',
    view: 'verified',
    title: verdict.title,
    data: {
      verdict,
      facts: report.attestation && factsOf(report.attestation, catalogue, texts),
      courtesy: courtesyOf(catalogue, texts, report.attestation),
      dayAsked: dayAsked(report, texts, { check: id }),
      records: recordLinks(texts, '/verify/report/record', report, { check: id }),
      checks: checksOf(report, texts),
      sha256: report.sha256,
      checkedAt: report.checkedAt,
      reference: traceId,
      place: `${settings.publicUrl}/verify`,
      picture: isDrawn(report) ? `/verify/report/picture?check=${id}` : undefined,
    },
  };
}

/** What the register has of a file it knows can be shown, whatever became of it since. */
function isDrawn({ status }: { readonly status: string }): boolean {
  return status === 'valid' || status === 'superseded' || status === 'revoked';
}

/** Files that were chosen together, each with its verdict and the way to what was found. */
async function showReports(services: VerifyServices, visit: Visit): Promise<Reply> {
  const { texts } = visit;
  const kept = keptChecks(visit);
  const items = [];
  for (const one of kept) {
    if ('fault' in one) {
      const fault = texts.t(`verify.${one.fault}Title`);
      items.push({ title: fault, tone: 'warn', symbol: 'question', about: texts.t('verify.notLookedAt') });
      continue;
    }
    const { id, file } = one;
    const report = await reportOn(services, file, holderOf(visit));
    const { title, tone, symbol } = verdictOf(report, texts, services.catalogue.issuer.contact);
    const { holder } = report.attestation?.facts ?? {};
    const name = [holder?.familyName, holder?.givenName].filter(Boolean).join(', ');
    const about = [name, report.attestation?.number].filter(Boolean).join('\u00a0· ');
    items.push({ href: `/verify/report?check=${id}`, title, tone, symbol, about });
  }
  const title = texts.t('verify.severalTitle', { count: items.length });
  return { kind: 'page', view: 'verified-several', title, data: { heading: title, items } };
}

/** The document as it was issued, to be laid beside what somebody holds. */
async function sendPicture(services: VerifyServices, visit: Visit): Promise<Reply> {
  const png = await drawHeld(services, keptCheck(visit).file.sha256, holderOf(visit));
  if (png === undefined) throw new PageRefusal('notFound');
  return { kind: 'file', mediaType: 'image/png', fileName: 'page.png', isInline: true, content: png };
}

async function showCode(services: VerifyServices, visit: Visit): Promise<Reply> {
  const report = await verifyCode(services, visit.param('token'), holderOf(visit), dayOf(visit));
  return codePage(visit, services.catalogue, report, 'code');
}

/** Whoever holds a document: logged in or not, it makes no difference to what they are told. */
function holderOf({ traceId }: Visit): Holder {
  return { actor: { kind: 'anonymous', id: 'holder' }, traceId };
}
