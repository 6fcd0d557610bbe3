/** Step 1 for files: staged forms are reported a few at a time, so that a restart goes on where it was. */
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
import type { FileKey } from '../keys/vault.ts';
import { demandFileKey } from './file-key.ts';
import { commitLease, type Lease } from './lease.ts';
import { mandateOf } from './mandated.ts';
import { type Report, type ReportServices, reportIn } from './report.ts';
import type { Services } from './services.ts';

type ProcessServices = ReportServices & Pick<Services, 'database'>;

/** Forms of one job; more are another job, so that others get their turn. */
const FORMS_A_JOB = 100;
/** Forms of one transaction: few enough that little is done again after a crash. */
const FORMS_A_TRANSACTION = 25;

/** Reports the next forms of a file and ends the job. */
export async function processFile(services: ProcessServices, lease: Lease, fileId: string): Promise<void> {
  const { file, forms } = await services.database.transaction(async (connection) => ({
    file: await findFile(connection, fileId),
    forms: await listStagedForms(connection, fileId, FORMS_A_JOB),
  }));
  if (file === undefined) throw new ServiceError('recordMissing', `file ${fileId} is not in the register`);
  for (let start = 0; start < forms.length; start += FORMS_A_TRANSACTION) {
    await reportForms(services, file, forms.slice(start, start + FORMS_A_TRANSACTION));
  }
  await services.database.transaction(async (connection) => {
    await commitLease(connection, lease);
    if (forms.length < FORMS_A_JOB) return closeFile(connection, fileId);
    return queueJob(connection, {
      lane: 'single',
      kind: 'processFile',
      payload: { fileId },
      dedupeKey: fileId,
    });
  });
}

async function reportForms(
  services: ProcessServices,
  file: FileRow,
  forms: readonly StagedForm[],
): Promise<void> {
  await failpoint('report.received');
  const key = demandFileKey(services.vault, file.fileId, file);
  await services.database.transaction(async (connection) => {
    for (const form of forms) {
      const outcome = await reportIn(services, connection, toReport(key, file, form));
      if (!('declarationId' in outcome))
        throw new ServiceError('unexpected', 'a form has no Idempotency-Key, and is never refused whole');
      await answerForm(connection, file.fileId, form.formNumber, outcome.declarationId);
    }
  });
  await failpoint('report.committed');
}

function toReport(key: FileKey, file: FileRow, form: StagedForm): Report {
  const body = key.open(form.body, file.fileId);
  const { declaration, messageReference } = toDeclaration(readForm(body.toString('utf8')), file.receivedAt);
  return {
    declaration,
    body,
    channel: 'xml',
    lane: 'single',
    messageKey:
      messageReference === undefined ? { kind: 'body' } : { kind: 'reference', value: messageReference },
    sender: {
      organization: file.senderOrganization,
      clientId: file.senderClient,
      ...mandateOf(file.senderOrganization, file.mandateId),
    },
    receivedAt: file.receivedAt,
    ...(file.hasFileKey && { file: { fileKeyId: file.fileId, key } }),
  };
}
