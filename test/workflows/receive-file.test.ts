/** Step 1 for files, where a transfer breaks off without a word. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import { insertFile, insertForms } from '../../src/database/declaration-files.ts';
import { createVault } from '../../src/keys/vault.ts';
import { receiveFile } from '../../src/workflows/receive-file.ts';
import type { Services } from '../../src/workflows/services.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { quaForm, quaXml } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';

const SENDER = { organization: '1900045601', clientId: 'payroll' };

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

/** What a process leaves that was killed while a file arrived, so many hours ago. */
async function cutOff(hours: number): Promise<string> {
  const fileId = randomUUID();
  await test.database.transaction(async (connection) => {
    await insertFile(connection, {
      fileId,
      senderOrganization: SENDER.organization,
      senderClient: SENDER.clientId,
    });
    await insertForms(connection, fileId, 1, [{ body: Buffer.from('sealed form'), subjectMark: undefined }]);
    await connection.query(
      `update declaration_file set received_at = clock_timestamp() - make_interval(hours => $2) where file_id = $1`,
      [fileId, hours],
    );
  });
  return fileId;
}

it('forgets a file cut off more than a day ago, with its forms, and keeps one that may still be arriving', async () => {
  const abandoned = await cutOff(25);
  const arriving = await cutOff(1);
  const form = quaForm({
    ssin: demoSsin('lena'),
    day: '2020-11-16',
    reference: 'F1',
    createdOn: '2020-12-01',
  });
  const received = await receiveFile(
    {
      database: test.database,
      vault: createVault(randomBytes(32)),
      newId: randomUUID,
      clock: () => new Date(),
      settings: { fileKeyDays: 400 } as Services['settings'],
    },
    SENDER,
    (async function* () {
      yield Buffer.from(quaXml([form]));
    })(),
  );
  const files = await test.query<{ id: string }>('select distinct file_id as id from declaration_form');
  assert.deepEqual(new Set(files.map(({ id }) => id)), new Set([arriving, received]));
  assert.ok(!files.some(({ id }) => id === abandoned));
});
