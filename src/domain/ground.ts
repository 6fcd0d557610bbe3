/** The ground of an access: why the caller may see a person's data. A workflow without one returns nothing. */
import type { EnterpriseNumber } from './enterprise-number.ts';
import type { MandateRight } from './mandate.ts';

export type Ground =
  /** The person reads what is theirs. */
  | { readonly kind: 'ownData'; readonly personId: string }
  | MandateGround
  | DeliberationGround
  /** An organisation reads the answers to its own declarations. */
  | { readonly kind: 'declarant'; readonly organization: string }
  /** A sender asks what became of the messages it published. */
  | { readonly kind: 'sender'; readonly organization: EnterpriseNumber }
  /** An authentic source loads or corrects its own data. */
  | { readonly kind: 'source'; readonly organization: EnterpriseNumber }
  /** Whoever has the document, its code, or a code that the person made. */
  | { readonly kind: 'holder'; readonly held: HeldDocument };

/** What a holder shows, by its SHA-256: the document, the code printed on it, or a code that the person made for them. */
export type HeldDocument =
  | { readonly kind: 'pdf'; readonly sha256: Buffer }
  | { readonly kind: 'pdfs'; readonly sha256: readonly Buffer[] }
  | { readonly kind: 'code'; readonly sha256: Buffer }
  | { readonly kind: 'share'; readonly sha256: Buffer };

/** Somebody acts for another: a person for a person, an organisation for an employer. */
export interface MandateGround {
  readonly kind: 'mandate';
  readonly mandateId: string;
  /** Who acts. */
  readonly agent: MandateAgent;
  /** What is done by it. */
  readonly right: MandateRight;
}

export type MandateAgent =
  | { readonly kind: 'person'; readonly personId: string }
  | { readonly kind: 'organization'; readonly organization: EnterpriseNumber };

/** An organisation uses what a deliberation of the Information Security Committee lets it use, and for that alone. */
export interface DeliberationGround {
  readonly kind: 'deliberation';
  readonly deliberationId: string;
  readonly version: number;
  readonly organization: EnterpriseNumber;
  /** The purpose by its code. */
  readonly legalContext: string;
}

/** Names a version of a deliberation as evidence does. */
export function groundIdOf({
  deliberationId,
  version,
}: Pick<DeliberationGround, 'deliberationId' | 'version'>) {
  return `${deliberationId}/${version}`;
}

/** Reads what `groundIdOf` wrote; undefined for any other text. */
export function parseGroundId(
  text: string,
): Pick<DeliberationGround, 'deliberationId' | 'version'> | undefined {
  const [, deliberationId, version] = /^([\da-f-]{36})\/([1-9]\d*)$/.exec(text) ?? [];
  return deliberationId === undefined ? undefined : { deliberationId, version: Number(version) };
}
