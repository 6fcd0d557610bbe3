/** Declarations made by a mandate: for the employer who is acted for, and for no other. */
import type { Connection } from '../database/database.ts';
import { findRepresentedEmployer, type RepresentedEmployer } from '../database/mandates.ts';
import type { Declaration } from '../domain/declaration.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { MandateGround } from '../domain/ground.ts';
import { type Judgement, judgeDeclaration } from './judge.ts';
import type { Services } from './services.ts';

type JudgeServices = Pick<Services, 'catalogue' | 'vault' | 'renderer'>;

/** A declaration, and by which mandate its sender declares, if by any. */
interface Sent {
  readonly declaration: Declaration;
  readonly sender: { readonly organization: string; readonly mandate?: MandateGround };
}

export interface MandatedJudgement {
  readonly judgement: Judgement;
  /** The employer who is acted for, where one is. */
  readonly employer?: RepresentedEmployer;
  /** Whether the mandate that the sender names lets them declare this; without a mandate there is nothing to let. */
  readonly isMandated: boolean;
}

/** Judges a declaration for the employer whom its sender acts for. One that the mandate is not for is refused as such. */
export async function judgeMandated(
  services: JudgeServices,
  connection: Connection,
  { declaration, sender }: Sent,
  isTentative = false,
): Promise<MandatedJudgement> {
  const { organization, mandate } = sender;
  const judge = (one: Declaration, representedEmployerId?: string) => {
    const acting = { organization, ...(representedEmployerId !== undefined && { representedEmployerId }) };
    return judgeDeclaration(services, connection, one, acting, isTentative);
  };
  if (mandate === undefined) return { judgement: await judge(declaration), isMandated: true };
  const employer = await findRepresentedEmployer(connection, mandate);
  if (employer !== undefined) {
    const judgement = await judge(declaration, employer.employerId);
    if (isFor(judgement, employer, declaration)) return { judgement, employer, isMandated: true };
  }
  return { judgement: await judge(withoutMandate(declaration)), isMandated: false };
}

/** Whether a declaration is for the employer who is acted for. A change of no known period is for nobody, and refused. */
function isFor({ employerId }: Judgement, employer: RepresentedEmployer, { action }: Declaration): boolean {
  return employerId === undefined ? action !== 'in' : employerId === employer.employerId;
}

/** No mandate, or it has ended (block 90256). */
function withoutMandate(declaration: Declaration): Declaration {
  return { ...declaration, formAnomalies: [...declaration.formAnomalies, { code: '90256-155' }] };
}

/** The mandate by which a file came in, as its sender named it. */
export function mandateOf(
  organization: string,
  mandateId: string | null,
): { readonly mandate?: MandateGround } {
  if (mandateId === null) return {};
  // Senders are organisations by the enterprise number of their token.
  const agent = { kind: 'organization', organization: organization as EnterpriseNumber } as const;
  return { mandate: { kind: 'mandate', mandateId, agent, right: 'declare' } };
}
