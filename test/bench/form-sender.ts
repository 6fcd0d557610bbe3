/** Sends forms with large files from a process of its own: what the sender holds in memory is not the service's. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FORM_TYPE, filePart, formOf, jsonPart, letter, PUBLISH } from '../http/publishing.ts';
import { projectRoot } from '../support/needs.ts';

/** What the process is told: so many forms at the same time, of so many files of so many bytes each. */
export interface Sending {
  readonly url: string;
  readonly token: string;
  readonly forms: number;
  readonly files: number;
  readonly fileBytes: number;
}

/** Has the forms sent and gives the bytes of one. Throws when one was not accepted. */
export async function sendForms(sending: Sending): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), { cwd: projectRoot, execArgv: ['--import', 'tsx'] });
  child.send(sending);
  const [told] = (await once(child, 'message')) as [
    { readonly bytes: number } | { readonly refused: string },
  ];
  child.disconnect();
  if ('refused' in told) throw new Error(`refused: ${told.refused}`);
  return told.bytes;
}

async function send({ url, token, forms, files, fileBytes }: Sending): Promise<number> {
  const names = Array.from({ length: files }, (_, at) => `upfile${at + 1}`);
  const content = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(fileBytes, 'x')]);
  const attachments = names.map((httpPartName, at) => ({ httpPartName, mainContent: at === 0 }));
  const body = formOf([
    ...names.map((name) => filePart(name, { content })),
    jsonPart(letter({ attachments })),
  ]);
  const headers = { authorization: `Bearer ${token}`, 'content-type': FORM_TYPE };
  const sendOne = async () => {
    const response = await fetch(`${url}${PUBLISH}`, { method: 'POST', headers, body });
    const text = await response.text();
    if (response.status !== 201) throw new Error(text);
  };
  await Promise.all(Array.from({ length: forms }, sendOne));
  return body.length;
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url))
  process.once('message', (sending: Sending) => {
    const tell = (told: object) => process.send?.(told);
    send(sending).then(
      (bytes) => tell({ bytes }),
      (error: unknown) => tell({ refused: String(error) }),
    );
  });
