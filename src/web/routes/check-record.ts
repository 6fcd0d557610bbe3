/** The record of a check as a file to take along, beside each page that shows a check. */
import { type Checked, type RecordServices, recordCheck } from '../../workflows/check-record.ts';
import { dayOf } from '../day-asked.ts';
import { keptCheck } from '../kept-checks.ts';
import { recordLanguage } from '../record-links.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageRoute, Reply, Visit } from '../route.ts';

/** The routes of all three. */
export function checkRecordRoutes(services: RecordServices): PageRoute[] {
  const common = { method: 'get', access: 'public' } as const;
  return [
    {
      ...common,
      name: 'verifyRecord',
      path: '/verify/report/record',
      handle: (visit: Visit) => sendRecord(services, visit, { by: 'file', file: keptCheck(visit).file }),
    },
    {
      ...common,
      name: 'codeRecord',
      path: '/v/:token/record',
      isSecretAddress: true,
      handle: (visit: Visit) => sendRecord(services, visit, { by: 'code', code: visit.param('token') }),
    },
    {
      ...common,
      name: 'shareRecord',
      path: '/s/:token/record',
      isSecretAddress: true,
      handle: (visit: Visit) => sendRecord(services, visit, { by: 'share', code: visit.param('token') }),
    },
  ];
}

async function sendRecord(services: RecordServices, visit: Visit, checked: Checked): Promise<Reply> {
  const holder = { actor: { kind: 'anonymous', id: 'holder' }, traceId: visit.traceId } as const;
  const record = await recordCheck(services, checked, recordLanguage(visit), holder, dayOf(visit));
  if (record === undefined) throw new PageRefusal('notFound');
  const { fileName, pdf } = record;
  return { kind: 'file', mediaType: 'application/pdf', fileName, isInline: false, content: pdf };
}
