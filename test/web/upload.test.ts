/** Forms with a file as anybody may send them: what is no form is the sender's fault, what fails in here is ours. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import express from 'express';
import { ServiceError } from '../../src/errors.ts';
import { PageRefusal, reasonOf } from '../../src/web/refusal.ts';
import { type Take, takeUpload } from '../../src/web/upload.ts';

const BOUNDARY = 'b0';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
const PART = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="days.csv"\r\n\r\nabc`;
const END = `\r\n--${BOUNDARY}--\r\n`;

let server: Server;
let url: string;
/** What is done with the file of the next form. */
let take: Take<string>;
let checkFields: () => void;

before(async () => {
  const app = express();
  app.post('/', (request, response) =>
    takeUpload(request, response, { limitBytes: 1000, checkFields }, take).then(
      (upload) => void response.send(upload.kind === 'taken' ? upload.value : upload.kind),
      (error: unknown) => void response.send(reasonOf(error)),
    ),
  );
  server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const readAll: Take<string> = async ({ chunks }) => {
  let text = '';
  for await (const chunk of chunks) text += chunk.toString('utf8');
  return text;
};

/** Sends a body and gives what the form brought, or why it was refused. */
async function send(body: string, type = TYPE, work = readAll, check = () => {}): Promise<string> {
  take = work;
  checkFields = check;
  const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': type }, body });
  return answer.text();
}

describe('takeUpload', () => {
  it('takes the file of a form', async () => {
    assert.equal(await send(PART + END), 'abc');
    assert.equal(await send(`--${BOUNDARY}--\r\n`), 'nothing');
  });

  const broken: Readonly<Record<string, readonly [body: string, type?: string]>> = {
    'without a boundary': [PART + END, 'multipart/form-data'],
    'without a part': ['', TYPE],
    'cut off in its file': [PART],
    'cut off in the head of a part': [PART.slice(0, 40)],
    'with a head that is none': [`--${BOUNDARY}\r\n\u0001: x\r\n\r\nabc${END}`],
    'with a head that is none behind its file': [`${PART}\r\n--${BOUNDARY}\r\n\u0001: x\r\n\r\nabc${END}`],
    'with a file by another name': [PART.replace('"file"', '"other"') + END],
  };
  for (const [what, [body, type]] of Object.entries(broken)) {
    it(`refuses a form ${what} as one that is not ours`, async () => {
      assert.equal(await send(body, type), 'wrongForm');
    });
  }

  it('throws on what taking the file or looking at the fields threw', async () => {
    const fail = (error: Error): Take<string> => {
      return () => Promise.reject(error);
    };
    assert.equal(await send(PART + END, TYPE, fail(new Error('our own'))), 'failed');
    const away = new ServiceError('databaseUnavailable', 'the database is away');
    assert.equal(await send(PART + END, TYPE, fail(away)), 'unavailable');
    const refuse = () => {
      throw new PageRefusal('sessionEnded');
    };
    assert.equal(await send(PART + END, TYPE, readAll, refuse), 'sessionEnded');
    assert.equal(await send('x', 'text/plain', readAll, refuse), 'sessionEnded');
  });

  it('refuses a file over the limit', async () => {
    assert.equal(await send(PART + 'x'.repeat(1000) + END), 'tooLarge');
    assert.equal(await send(PART + 'x'.repeat(100_000) + END), 'tooLarge');
  });
});
