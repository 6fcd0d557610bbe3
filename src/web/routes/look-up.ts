/** One person is looked up under a deliberation: yes or no, or what it allows to see; evidence keeps who asked and why. */
import { titleOf } from '../../domain/courtesy.ts';
import { brusselsDate, type LocalDate, parseLocalDate } from '../../domain/period.ts';
import { parseSsin, type Ssin } from '../../domain/ssin.ts';
import { askForStatus } from '../../workflows/ask-status.ts';
import { queryAttestations } from '../../workflows/consult-attestations.ts';
import { consultInForce, type DeliberationInForce } from '../../workflows/deliberate.ts';
import type { DeliberatedAccess } from '../../workflows/deliberated.ts';
import { groupBy } from '../../workflows/group.ts';
import type { Services } from '../../workflows/services.ts';
import { deskAccessOf } from '../agency-access.ts';
import { deskPage, type FieldFault } from '../desk.ts';
import { fieldOf } from '../field.ts';
import { readFreeText } from '../free-text.ts';
import { attestationAnswer, type LookUpAnswer, statusAnswer } from '../look-up-answer.ts';
import type { OfficialVisit, PageReply, PageRoute } from '../route.ts';

type LookUpServices = Pick<Services, 'database' | 'catalogue' | 'vault' | 'clock'>;

const PATH = '/desk/look-up';

const LONGEST_REASON = 100;
/** As many attestations as one look shows. */
const SHOWN = 20;

/** Gives the routes of `/desk/look-up`. */
export function lookUpRoutes(services: LookUpServices): PageRoute[] {
  const common = { path: PATH, access: 'official', right: 'register:query' } as const;
  return [
    { ...common, name: 'lookUp', method: 'get', handle: (visit: OfficialVisit) => showForm(services, visit) },
    {
      ...common,
      name: 'lookUpAsk',
      method: 'post',
      form: 'fields',
      page: PATH,
      handle: (visit: OfficialVisit) => lookUp(services, visit),
    },
  ];
}

/** What can be asked on a deliberation: one status or the attestations of one type. */
interface Question {
  /** As the form sends it. */
  readonly value: string;
  readonly text: string;
  readonly deliberation: DeliberationInForce;
  readonly kind: 'status' | 'attestation';
  readonly code: string;
}

async function questionsOf(services: LookUpServices, visit: OfficialVisit): Promise<readonly Question[]> {
  const { t, language } = visit.texts;
  const { statusList, types } = services.catalogue;
  const found = await consultInForce(services, deskAccessOf(visit));
  const question = (
    deliberation: DeliberationInForce,
    kind: Question['kind'],
    code: string,
    name: string,
  ) => ({
    value: `${deliberation.deliberationId}/${kind}/${code}`,
    text: kind === 'status' ? t('lookUp.ofStatus', { name }) : name,
    deliberation,
    kind,
    code,
  });
  return found.flatMap((one) => [
    ...one.statuses.map((code) =>
      question(one, 'status', code, statusList.statuses.get(code)?.name[language] ?? code),
    ),
    ...one.attestationTypes.map((code) => {
      const type = types.get(code);
      return question(one, 'attestation', code, type === undefined ? code : titleOf(type, language));
    }),
  ]);
}

interface Typed {
  readonly question: string;
  readonly ssin: string;
  readonly date: string;
  readonly reason: string;
}

const EMPTY: Typed = { question: '', ssin: '', date: '', reason: '' };

async function showForm(
  services: LookUpServices,
  visit: OfficialVisit,
  {
    typed = EMPTY,
    faults = [],
    answer,
  }: {
    readonly typed?: Typed;
    readonly faults?: readonly FieldFault[];
    readonly answer?: LookUpAnswer;
  } = {},
): Promise<PageReply> {
  const { t } = visit.texts;
  const questions = await questionsOf(services, visit);
  const byDeliberation = groupBy(questions, ({ deliberation }) => deliberation.deliberationId);
  return deskPage(services, visit, {
    view: 'look-up',
    title: t('lookUp.title'),
    ...(faults.length > 0 && { status: 400 }),
    data: {
      grounds: [...byDeliberation.values()].map((asked) => ({
        name: groundName(asked[0]?.deliberation, visit),
        questions: asked.map(({ value, text }) => ({ value, text })),
      })),
      typed,
      faults,
      answer,
      longestReason: LONGEST_REASON,
      today: brusselsDate(services.clock()),
    },
  });
}

function groundName(one: DeliberationInForce | undefined, { texts: { t, language } }: OfficialVisit): string {
  return one === undefined
    ? ''
    : t('lookUp.ground', { number: one.number, purpose: one.purpose[language] ?? one.purpose.nl });
}

async function lookUp(services: LookUpServices, visit: OfficialVisit): Promise<PageReply> {
  const { t } = visit.texts;
  const typed: Typed = {
    question: fieldOf(visit, 'question'),
    ssin: fieldOf(visit, 'ssin').slice(0, 40),
    date: fieldOf(visit, 'date').slice(0, 10),
    reason: fieldOf(visit, 'reason').slice(0, 2 * LONGEST_REASON),
  };
  const today = brusselsDate(services.clock());
  const question = (await questionsOf(services, visit)).find(({ value }) => value === typed.question);
  const ssin = parseSsin(typed.ssin.replace(/[\s.\-/]/g, ''), today);
  const date = typed.date === '' ? undefined : parseLocalDate(typed.date);
  const reason = readFreeText(typed.reason, LONGEST_REASON);
  const faults: FieldFault[] = [
    ...(question === undefined ? [{ field: 'question', text: t('lookUp.questionMissing') }] : []),
    ...(ssin === undefined ? [{ field: 'ssin', text: t('lookUp.ssinWrong') }] : []),
    ...(typed.date !== '' && date === undefined ? [{ field: 'date', text: t('lookUp.dateWrong') }] : []),
    ...('fault' in reason ? [{ field: 'reason', text: t(reason.fault) }] : []),
  ];
  if (question === undefined || ssin === undefined || 'fault' in reason || faults.length > 0)
    return showForm(services, visit, { typed: { ...typed, ssin: '' }, faults });
  const { deliberationId, legalContext } = question.deliberation;
  const access = { ...deskAccessOf(visit), deliberationId, legalContext, reason: reason.text };
  const answer = await answerTo(services, visit, access, { question, ssin, date });
  // Nothing of the person stays in the form; the next question may be about somebody else.
  return showForm(services, visit, { typed: { ...EMPTY, question: typed.question }, answer });
}

async function answerTo(
  services: LookUpServices,
  { texts }: OfficialVisit,
  access: DeliberatedAccess,
  asked: { readonly question: Question; readonly ssin: Ssin; readonly date: LocalDate | undefined },
): Promise<LookUpAnswer> {
  const { question, ssin, date } = asked;
  const about = { ssin, what: question.text, reason: access.reason ?? '' };
  if (question.kind === 'status') {
    const wish = { status: question.code, date, knownAt: undefined, ssins: [ssin] };
    const answers = await askForStatus(services, access, wish);
    return statusAnswer(answers?.[0], about, texts);
  }
  const wish = { ssin, type: question.code, size: SHOWN, before: undefined };
  return attestationAnswer(services, (await queryAttestations(services, access, wish)) ?? [], about, texts);
}
