/** Step 1 for files: forms are staged as they arrive; once the whole file is there, its processing is queued. */

import {
  completeFile,
  deleteAbandonedFiles,
  deleteFile,
  insertFile,
  insertForms,
  type NewForm,
} from '../database/declaration-files.ts';
import { queueJob } from '../database/jobs.ts';
import { readForms } from '../dimona/form-reader.ts';
import { toDeclaration } from '../dimona/xml.ts';
import { createFileKey, subjectMarkOf } from './file-key.ts';
import type { Sender } from './report.ts';
import type { Services } from './services.ts';

const LARGEST_FORM_BYTES = 64 * 1024;
const FORMS_PER_STATEMENT = 200;
/** A file that is still arriving after this long was cut off. */
const ABANDONED_MINUTES = 24 * 60;

/**
 * Stages a file of Dimona forms and gives its id. No connection is held while the sender is waited for.
 * Throws `FormFileRefusal` when the file is not what it should be; then nothing of it is kept.
 */
export async function receiveFile(
  services: Pick<Services, 'database' | 'vault' | 'newId' | 'clock' | 'settings'>,
  sender: Sender,
  chunks: AsyncIterable<Buffer>,
): Promise<string> {
  const { database, vault } = services;
  const fileId = services.newId();
  const receivedAt = services.clock();
  const key = await database.transaction(async (connection) => {
    await deleteAbandonedFiles(connection, ABANDONED_MINUTES);
    await insertFile(connection, {
      fileId,
      senderOrganization: sender.organization,
      senderClient: sender.clientId,
      mandateId: sender.mandate?.mandateId ?? null,
    });
    return createFileKey(services, connection, fileId);
  });
  try {
    let count = 0;
    let batch: NewForm[] = [];
    const stage = async () => {
      const forms = batch;
      batch = [];
      if (forms.length === 0) return;
      await database.transaction((connection) =>
        insertForms(connection, fileId, count - forms.length + 1, forms),
      );
    };
    for await (const form of readForms(chunks, { maxFormBytes: LARGEST_FORM_BYTES })) {
      count += 1;
      const { declaration } = toDeclaration(form, receivedAt);
      batch.push({
        body: key.seal(Buffer.from(form.raw), fileId),
        subjectMark: subjectMarkOf(vault, declaration),
      });
      if (batch.length === FORMS_PER_STATEMENT) await stage();
    }
    await stage();
    await database.transaction(async (connection) => {
      await completeFile(connection, fileId, count);
      await queueJob(connection, {
        lane: 'single',
        kind: 'processFile',
        payload: { fileId },
        dedupeKey: fileId,
      });
    });
    return fileId;
  } catch (error) {
    await database.transaction((connection) => deleteFile(connection, fileId));
    throw error;
  }
}
