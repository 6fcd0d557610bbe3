/** Rows of a batch made ready to be judged together, without those that only make sense one after the other. */
import type { OpenRow } from '../database/batch-rows.ts';
import type { StoredBatch } from '../database/batches.ts';
import type { FileKey } from '../keys/vault.ts';
import { readRow, senderOf } from './batch-row.ts';
import { readNames } from './judge.ts';
import { markOf } from './recognise.ts';
import { type NamedRow, subjectOf } from './register-excerpt.ts';
import type { Services } from './services.ts';

/** A batch that is worked on, with the key that its rows are under. */
export type OpenBatch = StoredBatch & { readonly key: FileKey };

/** Opens rows and reads what they name. */
export function nameRows(
  services: Pick<Services, 'vault' | 'renderer'>,
  batch: OpenBatch,
  rows: readonly OpenRow[],
): NamedRow[] {
  const sender = senderOf(batch);
  return rows.map(({ rowNumber, body }) => {
    const row = readRow(batch.key, batch, body);
    const names = readNames(services, row.declaration);
    return { ...row, rowNumber, names, mark: markOf(services, { ...row, sender }) };
  });
}

/** Whether a row can be judged with others at once: it opens a period, on nobody's behalf, under the key of its file. */
export function opensPeriod(batch: OpenBatch, { declaration }: NamedRow): boolean {
  return declaration.action === 'in' && batch.hasFileKey && senderOf(batch).mandate === undefined;
}

/** Splits rows: who stands once in what is done one after the other stays there, so that a worker's rows keep their order. */
export interface Division {
  /** Gives whether a row is done together with the others. */
  take(row: NamedRow, isSimple: boolean): boolean;
}

/** Begins a division. A change of a period may be about anybody: after one, all rows are done one after the other. */
export function divideRows(): Division {
  const marks = new Set<string>();
  const apart = new Set<string>();
  let isAllApart = false;
  return {
    take: (row, isSimple) => {
      const subject = subjectOf(row);
      const isTogether =
        isSimple && !isAllApart && !marks.has(row.mark.key) && (subject === undefined || !apart.has(subject));
      marks.add(row.mark.key);
      if (isTogether) return true;
      const { action } = row.declaration;
      if (action !== undefined && action !== 'in') isAllApart = true;
      if (subject !== undefined) apart.add(subject);
      return false;
    },
  };
}
