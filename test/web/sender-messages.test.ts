/** Messages of other senders at the pages: who sent them, their text, and each of their files. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { filePart, jsonPart, letter, send } from '../http/publishing.ts';
import { INBOX, type Scene, startScene } from '../http/scene.ts';
import { logIn } from './people.ts';
import { createVisitor, type Visitor, wordsOf } from './visitor.ts';

let scene: Scene;
let visitor: Visitor;
/** Where the message is shown. */
let page: string;

before(async () => {
  scene = await startScene();
  const message = letter({
    subject: { nl: 'Uw <nieuwe> kaart' },
    attachments: [
      { httpPartName: 'upfile1', mainContent: true },
      { httpPartName: 'upfile2', mainContent: false },
    ],
    bodyContent: { nl: 'Beste Lena\n\nUw kaart ligt <b>klaar</b>.' },
  });
  const list = filePart('upfile2', { fileName: 'lijst.csv', type: 'text/csv', content: 'a;b' });
  const { body } = await send(scene, [jsonPart(message), filePart('upfile1'), list]);
  page = `/inbox/${body.messageId}`;
  visitor = createVisitor(scene.service.url);
  await logIn(scene.service, visitor, 'lena');
});
after(() => scene.stop());

async function isRead(): Promise<boolean> {
  const token = await scene.service.personToken('lena');
  return (await scene.api.get(`${INBOX}/${page.split('/').at(-1)}`, token)).body.readStatus;
}

describe('a message of another sender', () => {
  it('stands in the list with the name of its sender', async () => {
    const words = wordsOf(await visitor.get('/inbox'));
    assert.match(words, /Uw <nieuwe> kaart|Uw &lt;nieuwe&gt; kaart/);
    assert.match(words, /From Stadsbestuur van Voorbeeld/);
  });

  it('is shown with its text and all its files, and whom to ask', async () => {
    const answer = await visitor.get(page);
    assert.equal(answer.status, 200);
    const words = wordsOf(answer);
    assert.match(words, /Beste Lena/);
    assert.doesNotMatch(answer.text, /<b>klaar/);
    assert.match(words, /lijst\.csv \(1 kB\)/);
    assert.match(words, /city@example\.org/);
    assert.equal(await isRead(), false);
  });

  it('has its files under addresses that name nobody, and is read once the main one was opened', async () => {
    const { text } = await visitor.get(page);
    const [main = '', other = ''] = [...text.matchAll(/href="(\/inbox\/[^"]*\/document)\?download"/g)].map(
      ([, href = '']) => href,
    );
    assert.match(String((await visitor.get(other)).headers['content-disposition']), /lijst\.csv/);
    assert.equal(await isRead(), false);
    const opened = await visitor.get(main);
    assert.deepEqual([opened.status, opened.headers['content-type']], [200, 'application/pdf']);
    assert.equal(await isRead(), true);
  });
});
