/** Step 1 for files: each staged form is reported in a transaction of its own, so that a restart goes on where it was. */
import {
  answerForm,
  closeFile,
  type FileRow,
  findFile,
  listStagedForms,
  type StagedForm,
} from '../database/declaration-files.ts';
import { queueJob } from '../database/jobs.ts';
import { readForm } from '../dimona/form-reader.ts';
import { toDeclaration } from '../dimona/xml.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { commitLease, type Lease } from './lease.ts';
import { type Report, type ReportServices, reportIn } from './report.ts';
import type { Services } from './services.ts';

type ProcessServices = ReportServices & Pick<Services, 'database'>;

const FORMS_AT_ONCE = 100;

/** Reports the next forms of a file and ends the job; more forms are another job, so that others get their turn. */
export async function processFile(services: ProcessServices, lease: Lease, fileId: string): Promise<void> {
  const { file, forms } = await services.database.transaction(async (connection) => ({
    file: await findFile(connection, fileId),
    forms: await listStagedForms(connection, fileId, FORMS_AT_ONCE),
  }));
  if (file === undefined) throw new ServiceError('recordMissing', `file ${fileId} is not in the register`);
  for (const form of forms) await reportForm(services, file, form);
  await services.database.transaction(async (connection) => {
    await commitLease(connection, lease);
    if (forms.length < FORMS_AT_ONCE) return closeFile(connection, fileId);
    return queueJob(connection, {
      lane: 'single',
      kind: 'processFile',
      payload: { fileId },
      dedupeKey: fileId,
    });
  });
}

async function reportForm(services: ProcessServices, file: FileRow, form: StagedForm): Promise<void> {
  await failpoint('report.received');
  await services.database.transaction(async (connection) => {
    const outcome = await reportIn(services, connection, toReport(services, file, form));
    if (outcome.kind === 'keyReused') throw new ServiceError('unexpected', 'a form has no Idempotency-Key');
    await answerForm(connection, file.fileId, form.formNumber, outcome.declarationId);
  });
  await failpoint('report.committed');
}

function toReport({ vault }: ProcessServices, file: FileRow, form: StagedForm): Report {
  const body = vault.open(form.body, file.fileId);
  const { declaration, messageReference } = toDeclaration(readForm(body.toString('utf8')), file.receivedAt);
  return {
    declaration,
    body,
    channel: 'xml',
    messageKey:
      messageReference === undefined ? { kind: 'body' } : { kind: 'reference', value: messageReference },
    sender: { organization: file.senderOrganization, clientId: file.senderClient },
    receivedAt: file.receivedAt,
  };
}
