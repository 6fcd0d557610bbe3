/** Verification for whoever holds a document, without an account: of a file by its bytes, of a paper by its code. */
import type { KeptVerification } from '../../access/session.ts';
import { isVouchedFor } from '../../domain/verdict.ts';
import { type ReceivedFile, receivePdf } from '../../workflows/receive-pdf.ts';
import type { Services } from '../../workflows/services.ts';
import { examinePdf, type Holder, reportOn, verifyCode } from '../../workflows/verify.ts';
import { checksOf } from '../checks.ts';
import { dayAsked, dayOf } from '../day-asked.ts';
import { factsOf } from '../facts.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageReply, PageRoute, Reply, Visit } from '../route.ts';
import { codeVerdictOf, verdictOf } from '../verdict.ts';
import { LARGEST_MEGABYTES, verifyFormPage } from '../verify-form.ts';

type VerifyServices = Pick<
  Services,
  'database' | 'vault' | 'clock' | 'newId' | 'sealTrust' | 'sealKeys' | 'verifiers' | 'catalogue' | 'settings'
>;

/** Reports that one browser can come back to; older ones were looked at long ago. */
const MOST_KEPT = 5;

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
  const { sha256, isInOurName, signature, alteration, original } = await examinePdf(services, file);
  const { indication, subIndication, signer, level, timeStamp } = signature;
  const kept: KeptVerification = {
    id: services.newId(),
    sha256,
    isInOurName,
    signature: {
      indication,
      ...(subIndication !== undefined && { subIndication }),
      // Of anybody else's seal no name is kept: it may be a person's, and it is worth nothing.
      ...(signer !== undefined && isVouchedFor(signature) && { signer }),
      ...(level !== undefined && { level }),
    },
    ...(alteration !== undefined && { alteration }),
    ...(original !== undefined && { original }),
    ...(timeStamp &&
      level !== undefined && {
        timeStamp: { time: timeStamp.time.toISOString(), authority: timeStamp.authority },
      }),
  };
  const { session } = visit.request;
  session.verifications = [...(session.verifications ?? []), kept].slice(-MOST_KEPT);
  // Not left to the end of the answer: a browser follows a redirect before it has read that.
  await new Promise<void>((resolve, reject) => {
    session.save((error: unknown) => (error ? reject(error) : resolve()));
  });
  return { kind: 'redirect', to: `/verify/report?check=${kept.id}` };
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
  const { texts, request, traceId } = visit;
  const { catalogue, settings } = services;
  const kept = request.session.verifications ?? [];
  const asked = request.query.check;
  const found = asked === undefined ? kept.at(-1) : kept.find(({ id }) => id === asked);
  if (found === undefined) throw new PageRefusal('gone');
  const { timeStamp, ...examined } = found;
  const reported = await reportOn(services, examined, holderOf(visit), dayOf(visit));
  const stamp = timeStamp && { timeStamp: { ...timeStamp, time: new Date(timeStamp.time) } };
  const report = { ...reported, ...stamp };
  const verdict = verdictOf(report, texts, catalogue.issuer.contact);
  return {
    kind: 'page',
    view: 'verified',
    title: verdict.title,
    data: {
      verdict,
      facts: report.attestation && factsOf(report.attestation, catalogue, texts),
      dayAsked: dayAsked(report, texts, { check: found.id }),
      checks: checksOf(report, texts),
      sha256: report.sha256,
      checkedAt: report.checkedAt,
      reference: traceId,
      place: `${settings.publicUrl}/verify`,
    },
  };
}

async function showCode(services: VerifyServices, visit: Visit): Promise<Reply> {
  const { texts } = visit;
  const { catalogue } = services;
  const report = await verifyCode(services, visit.param('token'), holderOf(visit), dayOf(visit));
  const verdict = codeVerdictOf(report, texts, catalogue.issuer.contact);
  return {
    kind: 'page',
    view: 'code',
    title: verdict.title,
    status: report.status === 'unknown' ? 404 : 200,
    data: {
      verdict,
      facts: report.attestation && factsOf(report.attestation, catalogue, texts),
      dayAsked: dayAsked(report, texts, {}),
      isKnown: report.status !== 'unknown',
      checkedAt: report.checkedAt,
      reference: visit.traceId,
    },
  };
}

/** Whoever holds a document: logged in or not, it makes no difference to what they are told. */
function holderOf({ traceId }: Visit): Holder {
  return { actor: { kind: 'anonymous', id: 'holder' }, traceId };
}
