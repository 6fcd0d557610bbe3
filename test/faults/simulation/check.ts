/** What has to hold in a simulation: nothing lost, nothing twice, every job ended. Each gives the rules that are broken. */
import type { Outside } from './outside.ts';
import type { Register } from './register.ts';

/** After each commit. */
export function checkCommitted(register: Register): string[] {
  const issued = [...register.documents.values()].filter(({ state }) => state === 'issued');
  const cases = new Set(issued.map(({ caseId }) => caseId));
  return cases.size === issued.length ? [] : ['a case has one issued attestation'];
}

/** When all work has come to its end; `acknowledged`: the reports whose sender was told that they are kept. */
export function checkEnd(register: Register, outside: Outside, acknowledged: ReadonlySet<string>): string[] {
  const broken = new Set<string>();
  const demand = (rule: string, holds: boolean) => {
    if (!holds) broken.add(rule);
  };
  const documents = [...register.documents.values()];
  demand(
    'what was acknowledged is kept',
    [...acknowledged].every((id) => register.declared.has(id)),
  );
  demand('a job has an effect once', new Set(register.committed).size === register.committed.length);
  demand('every job ends', register.queue.jobs.size === 0);
  for (const [caseId, content] of register.facts) {
    const issued = documents.find((document) => document.caseId === caseId && document.state === 'issued');
    demand('a case has the attestation that its facts entitle to', issued?.fingerprint === content);
  }
  for (const { attestationId, state, storedAs } of documents) {
    demand('what was prepared is issued or withdrawn', state !== 'prepared');
    if (storedAs !== undefined)
      demand('what was issued is what is archived', outside.archive.get(attestationId) === storedAs);
  }
  demand('an attestation has one message', new Set(register.messages).size === register.messages.length);
  checkRelays(register, outside, demand);
  checkRows(register, demand);
  return [...broken];
}

type Demand = (rule: string, holds: boolean) => void;

function checkRelays({ relays }: Register, { published }: Outside, demand: Demand): void {
  const there = [...published.values()];
  for (const { messageId, state, registryMessageId } of relays.values()) {
    const found = there.filter((entry) => entry.messageId === messageId);
    demand('a message is published once', found.length <= 1);
    demand('every relay ends', state !== 'waiting');
    demand('what was published is there', found.length > 0 === (state === 'published'));
    if (state === 'published')
      demand('a message is known by its name there', found[0]?.id === registryMessageId);
  }
}

function checkRows(register: Register, demand: Demand): void {
  demand('a row has an outcome, once', register.endedCount === register.rows.size);
  demand('a batch ends', ['done', 'cancelled'].includes(register.batch));
  for (const { rowNumber, outcome } of register.rows.values()) {
    const versions = register.versionsOf(`row-${rowNumber}`);
    demand('a row is declared once', versions.length === (outcome === 'issued' ? 1 : 0));
  }
}
