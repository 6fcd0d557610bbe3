/** Which texts of the pages say a verdict: its one sentence, and what to do next. Pages and API say the same. */
import type { CodeVerdict, VerdictKind } from './verdict.ts';

/** The keys of texts (`templates/web/`). */
export interface VerdictWords {
  readonly title: string;
  readonly next: readonly string[];
}

const REVOKED_NEXT = ['verdict.nextRevoked', 'verdict.nextRevokedWrong'];
const ERASED: VerdictWords = {
  title: 'verdict.erasedTitle',
  next: ['verdict.nextErasedAlone', 'verdict.nextErased'],
};

const OF_FILES: Readonly<Record<VerdictKind, VerdictWords>> = {
  valid: {
    title: 'verdict.validTitle',
    next: ['verdict.nextCompare', 'verdict.nextKeep', 'verdict.nextAgain'],
  },
  superseded: { title: 'verdict.supersededTitle', next: ['verdict.nextNumber', 'verdict.nextNewFile'] },
  revoked: { title: 'verdict.revokedTitle', next: REVOKED_NEXT },
  expired: { title: 'verdict.expiredTitle', next: ['verdict.nextRevoked', 'verdict.nextNewest'] },
  notYetValid: { title: 'verdict.notYetValidTitle', next: ['verdict.nextWait', 'verdict.nextAgain'] },
  erased: ERASED,
  checkRecord: { title: 'verdict.checkRecordTitle', next: ['verdict.nextRecord', 'verdict.nextKeep'] },
  messageEvidence: {
    title: 'verdict.messageEvidenceTitle',
    next: ['verdict.nextEvidence', 'verdict.nextKeep'],
  },
  altered: { title: 'verdict.alteredTitle', next: ['verdict.nextOriginal', 'verdict.nextFraud'] },
  foreign: {
    title: 'verdict.foreignTitle',
    next: ['verdict.nextOriginal', 'verdict.nextPaper', 'verdict.nextElsewhere'],
  },
  undecided: { title: 'verdict.undecidedTitle', next: ['verdict.nextWait', 'verdict.nextAsk'] },
};

const OF_CODES: Readonly<Record<CodeVerdict, VerdictWords>> = {
  valid: { title: 'code.validTitle', next: ['code.nextCompare', 'code.nextFile'] },
  superseded: { title: 'code.supersededTitle', next: ['verdict.nextNumber', 'code.nextFile'] },
  revoked: { title: 'code.revokedTitle', next: REVOKED_NEXT },
  expired: { title: 'code.expiredTitle', next: ['verdict.nextRevoked', 'verdict.nextNewest'] },
  notYetValid: { title: 'code.notYetValidTitle', next: ['verdict.nextWait', 'code.nextFile'] },
  erased: ERASED,
  undecided: { title: 'code.unknownTitle', next: ['code.nextScan', 'code.nextDistrust', 'code.nextFile'] },
};

/** Gives the words for a file. `isNumbered`: the number that took its place is known. */
export function wordsForFile(kind: VerdictKind, isNumbered: boolean): VerdictWords {
  return numbered(OF_FILES[kind], isNumbered);
}

/** Gives the words for a code. */
export function wordsForCode(kind: CodeVerdict, isNumbered: boolean): VerdictWords {
  return numbered(OF_CODES[kind], isNumbered);
}

function numbered({ title, next }: VerdictWords, isNumbered: boolean): VerdictWords {
  const step = (key: string) => (key === 'verdict.nextNumber' && !isNumbered ? 'verdict.nextNewest' : key);
  return { title, next: next.map(step) };
}
