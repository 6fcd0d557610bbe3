/** Verification for whoever holds a document, without an account: of a file by its bytes, of a paper by its code. */
import { type ReceivedFile, receivePdf } from '../../workflows/receive-pdf.ts';
import type { Services } from '../../workflows/services.ts';
import { factsOf } from '../../workflows/shown-facts.ts';
import { examinePdf, type Holder, reportOn, verifyCode } from '../../workflows/verify.ts';
import { checksOf } from '../checks.ts';
import { codePage } from '../code-page.ts';
import { courtesyOf } from '../courtesy.ts';
import { dayAsked, dayOf } from '../day-asked.ts';
import { keepCheck, keptCheck } from '../kept-checks.ts';
import { recordLinks } from '../record-links.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageReply, PageRoute, Reply, Visit } from '../route.ts';
import { verdictOf } from '../verdict.ts';
import { LARGEST_MEGABYTES, verifyFormPage } from '../verify-form.ts';

type VerifyServices = Pick<
  Services,
  'database' | 'vault' | 'clock' | 'newId' | 'sealTrust' | 'sealKeys' | 'verifiers' | 'catalogue' | 'settings'
>;

/** Gives the routes of `/verify`, `/verify/report` and `/v/{token}`. */
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
const FAULTS = { nothing: 400, empty: 400, noPdf: 400, tooLarge: 413, expired: 403 } as const;
type Fault = keyof typeof FAULTS;

function fileFault(visit: Visit, fault: Fault): PageReply {
  const { t } = visit.texts;
  const problem = {
    nothing: t('verify.nothing'),
    empty: t('verify.empty'),
    noPdf: t('verify.noPdf'),
    tooLarge: t('verify.tooLarge', { size: LARGEST_MEGABYTES }),
    expired: t('verify.expired'),
  }[fault];
  return verifyFormPage(visit, { file: problem }, FAULTS[fault]);
}

/** Leads on to the report, so that loading that again, or in another language, sends no file again. */
async function examine(services: VerifyServices, visit: Visit): Promise<Reply> {
  const file = await takeFile(visit);
  if (typeof file === 'string') return fileFault(visit, file);
  const id = services.newId();
  await keepCheck(visit, id, await examinePdf(services, file));
  return { kind: 'redirect', to: `/verify/report?check=${id}` };
}

async function takeFile(visit: Visit): Promise<ReceivedFile | Fault> {
  try {
    const upload = await visit.receive(LARGEST_MEGABYTES * 2 ** 20, ({ chunks }) => receivePdf(chunks));
    if (upload.kind === 'nothing') return 'nothing';
    if (upload.value.bytes === 0) return 'empty';
    return upload.value.isPdf ? upload.value : 'noPdf';
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
    },
  };
}

async function showCode(services: VerifyServices, visit: Visit): Promise<Reply> {
  const report = await verifyCode(services, visit.param('token'), holderOf(visit), dayOf(visit));
  return codePage(visit, services.catalogue, report, 'code');
}

/** Whoever holds a document: logged in or not, it makes no difference to what they are told. */
function holderOf({ traceId }: Visit): Holder {
  return { actor: { kind: 'anonymous', id: 'holder' }, traceId };
}
