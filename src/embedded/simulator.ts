/**
 * Reserved recipients with a known outcome, so that whoever builds on the service can try each: the mail server of this
 * laptop knows their addresses, and some of them open what they get. Only the embedded parts know them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalDate } from '../domain/period.ts';
import { parseSsin } from '../domain/ssin.ts';
import { describeError, ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { DemoPerson } from './login/directory.ts';
import type { MailEnvelope } from './smtp/mails.ts';
import { writeReport } from './smtp/report.ts';
import type { MailReaction } from './smtp/smtp.ts';

/** What becomes of a message to a recipient. */
export type SimulatedOutcome = 'read' | 'unread' | 'noDigitalUser' | 'bounce' | 'slow';

/** Everybody is made up: serial number 997 of a birth day is never reached. */
const SSINS: Readonly<Record<SimulatedOutcome, string>> = {
  read: '51010199751',
  unread: '52020299749',
  noDigitalUser: '53030399747',
  bounce: '54040499745',
  slow: '55050599743',
};

const OUTCOMES = Object.keys(SSINS) as readonly SimulatedOutcome[];
const DOMAIN = 'simulator.example.org';

/** Gives the recipients as those who can log in, as of a day. */
export function simulatedPersons(today: LocalDate): DemoPerson[] {
  return OUTCOMES.map((outcome) => {
    const ssin = parseSsin(SSINS[outcome], today);
    if (ssin === undefined) throw new ServiceError('embeddedPartFailed', `simulator ${outcome} has no SSIN`);
    return { personId: outcome, ssin, givenName: 'Simulator', familyName: outcome, language: 'nl' };
  });
}

/** What the recipients do, done to the running service as others would. */
export interface SimulatedEffects {
  /** Logs in as somebody and opens what is unread. */
  read(personId: string): Promise<void>;
  /** Brings a report to the mailbox that mails come back to. */
  bounce(report: Buffer): Promise<void>;
}

export interface Simulator {
  /** For the mail server. */
  readonly reaction: MailReaction;
  /** The service runs: from now on recipients act on their mail. */
  begin(effects: SimulatedEffects): void;
  /** Nobody begins anything more; waits for who is at it. */
  stop(): Promise<void>;
}

/** How long the slow one takes before opening what the mail speaks of. */
const SLOW_MS = 5000;

/** Makes the recipients. */
export function createSimulator(log: Log): Simulator {
  const asked = new Set<string>();
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let effects: SimulatedEffects | undefined;
  const act = (what: SimulatedOutcome, work: (on: SimulatedEffects) => Promise<void>) => {
    if (effects === undefined || stopping.signal.aborted) return;
    const run = work(effects)
      .catch((error: unknown) =>
        log.warn({ simulator: what, reason: describeError(error) }, 'a recipient failed'),
      )
      .finally(() => running.delete(run));
    running.add(run);
  };
  return {
    reaction: {
      // As greylisting does: whoever comes again is no sender of spam.
      isAskedBack(address) {
        const isFirst = outcomeOf(address) === 'slow' && !asked.has(address);
        asked.add(address);
        return isFirst;
      },
      onMail(envelope: MailEnvelope, content: Buffer) {
        const [outcome] = envelope.to.flatMap((address) => outcomeOf(address) ?? []);
        if (outcome === 'read') act(outcome, (on) => on.read(outcome));
        if (outcome === 'bounce') act(outcome, (on) => on.bounce(writeReport(envelope, content, new Date())));
        if (outcome === 'slow')
          act(outcome, async (on) => {
            await sleep(SLOW_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
            if (!stopping.signal.aborted) await on.read(outcome);
          });
      },
    },
    begin(given) {
      effects = given;
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

function outcomeOf(address: string): SimulatedOutcome | undefined {
  return OUTCOMES.find((outcome) => address.toLowerCase() === `${outcome.toLowerCase()}@${DOMAIN}`);
}
