/** What a document carries so that its seal can be judged without asking anybody (ETSI EN 319 142-1 §5.4). */

/** Validation data for the chains of a seal and its time-stamp; all DER, the same for all documents of some hours. */
export interface ValidationData {
  /** Names this content: other content has another. */
  readonly id: string;
  readonly certificates: readonly Buffer[];
  /** OCSP responses. */
  readonly answers: readonly Buffer[];
  /** Revocation lists. */
  readonly lists: readonly Buffer[];
}
