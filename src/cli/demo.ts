/** `ebox demo`: the main job on embedded parts, from the employer's declaration to the employer's verification. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readConfig } from '../config.ts';
import { readMails } from '../embedded/smtp/mails.ts';
import { createLog } from '../log.ts';
import { startService } from '../service.ts';
import {
  createDemoClient,
  type Declared,
  type DemoClient,
  type InboxMessage,
  until,
  type Verification,
} from './demo-client.ts';
import { cancel, DECLARATIONS, dimonaFile, lateRegisterFile, registerFile, update } from './demo-input.ts';

/** What `--json` prints. */
interface Summary {
  readonly declarations: readonly Omit<Declared, 'periodId'>[];
  readonly attestations: readonly AttestationSummary[];
  readonly seconds: number;
}

interface AttestationSummary {
  readonly attestationId: string;
  readonly number: string;
  readonly pdf: string;
  readonly sha256: string;
  readonly messageId: string;
  readonly readStatus: boolean;
  readonly verification: { readonly indication: string; readonly status: string };
}

/** Runs the demonstration on a data folder of its own, emptied first; status 0 when all went as it should. */
export async function runDemo(isJson: boolean): Promise<number> {
  const started = performance.now();
  const dataDir = join(readConfig().dataDir, 'demo');
  rmSync(dataDir, { recursive: true, force: true });
  // Everything is embedded here, whatever the environment says of the institution's own parts.
  const config = readConfig({
    DATA_DIR: dataDir,
    PORT: '0',
    SETTLE_AFTER_SECONDS: '1',
    MAIL_AFTER_SECONDS: '0',
    LOG_LEVEL: 'warn',
  });
  const say = stepPrinter(started);
  const service = await startService(config, createLog(config.logLevel));
  let summary: Omit<Summary, 'seconds'>;
  try {
    say(`started on ${service.url}: PostgreSQL, S3, mail, login and PKI are embedded`);
    const { issuer } = service.composition.parts;
    const login = { issuer, folder: join(dataDir, 'login'), publicUrl: service.url };
    const story = new Story(createDemoClient(service.url, login), join(dataDir, 'output'), say);
    await story.declare();
    await story.read();
    await story.correct();
    await story.verify();
    const mails = await readMails(join(dataDir, 'mails'));
    say(`${mails.length} mails told citizens that something is in their eBox`);
    const folder = relative(process.cwd(), join(dataDir, 'output'));
    say(`PDFs, answers and verification reports are in ${folder}`);
    summary = story.summary();
  } finally {
    await service.stop();
  }
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  if (isJson) process.stdout.write(`${JSON.stringify({ ...summary, seconds })}\n`);
  return 0;
}

/** Prints each step in one line, with the seconds since the start. */
function stepPrinter(started: number): (text: string) => void {
  return (text) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
    process.stdout.write(`${seconds} s  ${text}\n`);
  };
}

interface OpenedMessage {
  readonly personId: string;
  readonly message: InboxMessage;
  readonly pdf: Buffer;
  readonly path: string;
}

/** The story in order; each part leaves what it got in the output folder. */
class Story {
  readonly #client: DemoClient;
  readonly #folder: string;
  readonly #say: (text: string) => void;
  readonly #declared: Declared[] = [];
  readonly #opened = new Map<string, OpenedMessage>();
  readonly #reports = new Map<string, Verification>();

  constructor(client: DemoClient, folder: string, say: (text: string) => void) {
    this.#client = client;
    this.#folder = folder;
    this.#say = say;
    for (const part of ['answers', 'attestations', 'verifications'])
      mkdirSync(join(folder, part), { recursive: true });
  }

  /** Persons are loaded, employers declare: a file of forms, then one by one. */
  async declare(): Promise<void> {
    const { loaded, refused } = await this.#client.load(registerFile());
    this.#say(`register: ${loaded} persons and enterprises loaded, ${refused} refused`);
    const { items, notification } = await this.#client.declareFile(dimonaFile());
    writeFileSync(join(this.#folder, 'answers', 'notification.xml'), notification);
    for (const item of items) await this.#keep('form of the file', item);
    for (const [name, body] of Object.entries(DECLARATIONS))
      await this.#keep(name, await this.#client.declare(body));
    const again = await this.#client.declare(DECLARATIONS.serban);
    const first = this.#declared.find(({ declarationId }) => declarationId === again.declarationId);
    this.#say(
      `serban sent again: ${first === undefined ? 'taken for a new one' : 'the first answer came back'}`,
    );
    const waiting = this.#declared.find(({ result }) => result === 'S');
    await this.#client.load(lateRegisterFile());
    if (waiting === undefined) return;
    const { declarationId } = waiting;
    const answer = () => this.#client.answerTo(declarationId);
    const judged = await until('the waiting declaration', answer, ({ result }) => result !== 'S');
    this.#declared.splice(this.#declared.indexOf(waiting), 1);
    await this.#keep('hakon, now in the register', judged);
  }

  async #keep(name: string, declared: Declared): Promise<void> {
    this.#declared.push(declared);
    const { declarationId, result, anomalies } = declared;
    const { body } = await this.#client.answerTo(declarationId);
    writeFileSync(
      join(this.#folder, 'answers', `${declarationId}.json`),
      `${JSON.stringify(body, undefined, 2)}\n`,
    );
    this.#say(`declared: ${result}  ${name}${anomalies.length > 0 ? `  ${anomalies.join(' ')}` : ''}`);
  }

  /** Each citizen finds an attestation in the eBox and opens it. */
  async read(): Promise<void> {
    for (const personId of ['lena', 'amelie', 'lukasz', 'serban']) {
      const [message] = await until(
        `the attestation of ${personId}`,
        () => this.#client.inbox(personId),
        (messages) => messages.length > 0,
      );
      if (message) await this.#open(personId, message);
    }
  }

  async #open(personId: string, message: InboxMessage): Promise<void> {
    const pdf = await this.#client.open(personId, message);
    const path = join(
      this.#folder,
      'attestations',
      message.attachments.items[0]?.fileName ?? 'attestation.pdf',
    );
    writeFileSync(path, pdf);
    const now = (await this.#client.inbox(personId)).find(({ messageId }) => messageId === message.messageId);
    this.#opened.set(message.messageId, { personId, message: now ?? message, pdf, path });
    const subject = Object.values(message.subject)[0] ?? '';
    this.#say(
      `${personId} reads “${subject}”: ${now?.readStatus === true ? 'read' : 'unread'}, ${Math.round(pdf.length / 1024)} kB`,
    );
  }

  /** The employer moves one day and takes another back; the attestations follow. */
  async correct(): Promise<void> {
    const [, , third, fourth] = this.#declared;
    if (third?.periodId === undefined || fourth?.periodId === undefined) return;
    await this.#keep(
      'lena, day moved to 4 September',
      await this.#client.declare(update(third.periodId, '2020-09-04')),
    );
    await this.#keep('amelie, cancelled', await this.#client.declare(cancel(fourth.periodId)));
    const messages = await until(
      'the new version for lena',
      () => this.#client.inbox('lena'),
      (found) => found.length > 1,
    );
    if (messages[0]) await this.#open('lena', messages[0]);
    const amelie = [...this.#opened.values()].find(({ personId }) => personId === 'amelie');
    if (!amelie) return;
    await until(
      'the revocation',
      () => this.#client.verify(amelie.pdf),
      ({ status }) => status === 'revoked',
    );
  }

  /** The employer verifies every document, and a copy in which one letter was changed. */
  async verify(): Promise<void> {
    for (const { message, pdf, path } of this.#opened.values()) {
      const report = await this.#client.verify(pdf);
      this.#reports.set(message.messageId, report);
      const name = path.split('/').at(-1) ?? '';
      writeFileSync(
        join(this.#folder, 'verifications', `${name}.json`),
        `${JSON.stringify(report, undefined, 2)}\n`,
      );
      this.#say(`verified ${name}: ${report.signature.indication}, ${report.status}`);
    }
    const genuine = this.#opened.values().next().value?.pdf;
    if (genuine === undefined) return;
    const forged = Buffer.from(genuine);
    forged.writeUInt8(forged.readUInt8(2000) ^ 1, 2000);
    const report = await this.#client.verify(forged);
    this.#say(`verified a forged copy: ${report.signature.indication}, ${report.status}`);
  }

  summary(): Omit<Summary, 'seconds'> {
    return {
      declarations: this.#declared.map(({ declarationId, result, anomalies }) => ({
        declarationId,
        result,
        anomalies,
      })),
      attestations: [...this.#opened.values()].map(({ message, path }) => {
        const report = this.#reports.get(message.messageId);
        return {
          attestationId: report?.attestation?.attestationId ?? '',
          number: report?.attestation?.number ?? '',
          pdf: path,
          sha256: report?.sha256 ?? '',
          messageId: message.messageId,
          readStatus: message.readStatus,
          verification: { indication: report?.signature.indication ?? '', status: report?.status ?? '' },
        };
      }),
    };
  }
}
