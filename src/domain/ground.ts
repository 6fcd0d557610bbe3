/** The ground of an access: why the caller may see a person's data. A workflow without one returns nothing. */
import type { EnterpriseNumber } from './enterprise-number.ts';

export type Ground =
  /** The person reads what is theirs. */
  | { readonly kind: 'ownData'; readonly personId: string }
  /** An organisation reads the answers to its own declarations. */
  | { readonly kind: 'declarant'; readonly organization: EnterpriseNumber }
  /** A sender asks what became of the messages it published. */
  | { readonly kind: 'sender'; readonly organization: EnterpriseNumber }
  /** An authentic source loads or corrects its own data. */
  | { readonly kind: 'source'; readonly organization: EnterpriseNumber }
  /** Whoever has the document or its code. */
  | { readonly kind: 'holder' };
