/** Verification of paper without a camera that opens addresses: number and code typed by hand, or the text of a scan. */

import { addressOf } from '../../access/address.ts';
import { readTypedCode, readTypedNumber } from '../../domain/typed-code.ts';
import type { Services } from '../../workflows/services.ts';
import { findByHand } from '../../workflows/type-by-hand.ts';
import { reportOnOffline } from '../../workflows/verify-offline.ts';
import { fieldOf } from '../field.ts';
import { offlineFactsOf, offlineVerdictOf } from '../offline-verdict.ts';
import type { PageReply, PageRoute, Reply, Visit } from '../route.ts';
import { type VerifyProblems, verifyFormPage } from '../verify-form.ts';

type PaperServices = Pick<Services, 'database' | 'vault' | 'codeKeys' | 'clock' | 'catalogue'>;

/** Gives the routes of the two forms below that of a file. */
export function verifyPaperRoutes(services: PaperServices): PageRoute[] {
  return [
    {
      name: 'verifyByHand',
      method: 'post',
      form: 'fields',
      page: '/verify',
      path: '/verify/code',
      access: 'public',
      handle: (visit) => verifyTyped(services, visit),
    },
    {
      name: 'verifyScan',
      method: 'post',
      form: 'fields',
      page: '/verify',
      path: '/verify/scan',
      access: 'public',
      handle: (visit) => verifyScan(services, visit),
    },
  ];
}

/** Leads on to the page that the QR would have opened. */
async function verifyTyped(services: PaperServices, visit: Visit): Promise<Reply> {
  const { t } = visit.texts;
  const typed = { number: fieldOf(visit, 'number'), code: fieldOf(visit, 'code') };
  const number = readTypedNumber(typed.number);
  const code = readTypedCode(typed.code);
  const again = (problems: VerifyProblems, status: number) =>
    verifyFormPage(visit, problems, status, { number: typed.number });
  if (number === undefined || code === undefined) {
    const wrongNumber = typed.number.trim() === '' ? t('typed.numberMissing') : t('typed.numberWrong');
    const wrongCode = typed.code.trim() === '' ? t('typed.codeMissing') : t('typed.codeWrong');
    return again(
      {
        ...(number === undefined && { number: wrongNumber }),
        ...(code === undefined && { code: wrongCode }),
      },
      400,
    );
  }
  const outcome = await findByHand(services, { number, code, address: addressOf(visit.request.ip) });
  switch (outcome.kind) {
    case 'found':
      return { kind: 'redirect', to: `/v/${outcome.token}` };
    case 'unknown':
      return again({ code: t('typed.unknown') }, 404);
    case 'tooMany':
      visit.response.set('Retry-After', String(outcome.retryAfterSeconds));
      return again({ code: t('typed.tooMany', { minutes: Math.ceil(outcome.retryAfterSeconds / 60) }) }, 429);
  }
}

async function verifyScan(services: PaperServices, visit: Visit): Promise<PageReply> {
  const { texts } = visit;
  const text = fieldOf(visit, 'text');
  if (text.trim() === '') return verifyFormPage(visit, { text: texts.t('offline.missing') }, 400);
  const report = await reportOnOffline(services, text, {
    actor: { kind: 'anonymous', id: 'holder' },
    traceId: visit.traceId,
  });
  if (report.kind === 'malformed')
    return verifyFormPage(visit, { text: texts.t('offline.malformed') }, 400, { text });
  const verdict = offlineVerdictOf(report, texts);
  return {
    kind: 'page',
    view: 'offline',
    title: verdict.title,
    data: {
      verdict,
      facts: 'claims' in report ? offlineFactsOf(report.claims, services.catalogue, texts) : undefined,
      checkedAt: report.checkedAt,
      reference: visit.traceId,
    },
  };
}
