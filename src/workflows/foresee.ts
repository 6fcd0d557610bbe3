/** What reporting a declaration would come to: for the check before a batch, which must say what its run will say. */
import type { Connection } from '../database/database.ts';
import { type AnomalyCode, isAnomalyCode } from '../domain/anomaly.ts';
import { casesOf, factOf } from './apply.ts';
import type { Judgement } from './judge.ts';
import { judgeMandated } from './mandated.ts';
import { asReuse, markOf, recognise } from './recognise.ts';
import { numbersKey } from './register-excerpt.ts';
import type { Report, ReportServices } from './report.ts';
import type { Services } from './services.ts';

/** What reporting a declaration would come to. */
interface Foresight {
  readonly anomalies: readonly AnomalyCode[];
  /** It would open or change a period now: it was not sent before, and does not wait for its worker. */
  readonly isNew: boolean;
  /** The cases that it would touch. */
  readonly cases: readonly string[];
}

/** Foretells what reporting a declaration would come to, if it were done now; nothing is changed by asking. */
export async function foreseeReport(
  services: ReportServices,
  connection: Connection,
  report: Pick<Report, 'declaration' | 'body' | 'messageKey' | 'sender'>,
): Promise<Foresight> {
  const { declaration, sender } = report;
  const known = await recognise(connection, report, markOf(services, report));
  if (known.kind === 'resend')
    return { anomalies: known.first.anomalies.filter(isAnomalyCode), isNew: false, cases: [] };
  const foreseen = known.kind === 'referenceReused' ? asReuse(declaration) : declaration;
  const { judgement } = await judgeMandated(services, connection, { declaration: foreseen, sender }, true);
  return foresightOf(services, judgement);
}

/** What a judgement foretells. */
export function foresightOf(services: Pick<Services, 'catalogue'>, judgement: Judgement): Foresight {
  const { assessment } = judgement;
  return {
    anomalies: assessment.anomalies.map(({ code }) => code),
    isNew: assessment.result !== 'S',
    cases: casesTouched(services, judgement),
  };
}

/** An employer whom nobody registered yet is called by the numbers it was declared with. */
function casesTouched({ catalogue }: Pick<Services, 'catalogue'>, judgement: Judgement): readonly string[] {
  const { assessment, person, employerNumbers, period: before } = judgement;
  const { period } = assessment;
  if (period === undefined || person === undefined) return [];
  const employerId = before?.employerId ?? judgement.employerId ?? numbersKey(employerNumbers);
  const { personId } = person;
  const fact = factOf(catalogue, { ...period, personId, employerId, periodId: '' });
  return fact === undefined ? [] : casesOf([...catalogue.types.values()], [fact]);
}
