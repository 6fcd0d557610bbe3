/** Files of forms for tests: read whole, or refused for a reason. */
import assert from 'node:assert/strict';
import { type FormLimits, type FormXml, readForms } from '../../src/dimona/form-reader.ts';
import { FormFileRefusal, type RefusalReason } from '../../src/dimona/refusal.ts';
import { cancelForm } from '../support/declarations.ts';

/** Room for any form of the tests. */
export const LIMITS: FormLimits = { maxFormBytes: 65_536 };
/** A form, as short as one can be. */
export const FORM = cancelForm({ periodId: '600027876089' });

type Chunk = Uint8Array | string;

/** Reads a file to its end. */
export async function read(file: Chunk | readonly Chunk[], limits: FormLimits = LIMITS): Promise<FormXml[]> {
  const chunks = Array.isArray(file) ? (file as readonly Chunk[]) : [file as Chunk];
  const forms: FormXml[] = [];
  const arriving = (async function* () {
    yield* chunks;
  })();
  for await (const form of readForms(arriving, limits)) forms.push(form);
  return forms;
}

/** Asserts that a file is refused for a reason. */
export async function assertRefused(
  reason: RefusalReason,
  file: Chunk | readonly Chunk[],
  limits: FormLimits = LIMITS,
) {
  await assert.rejects(read(file, limits), (error) => {
    assert.ok(error instanceof FormFileRefusal, String(error));
    assert.equal(error.reason, reason, error.message);
    return true;
  });
}

/** A file around forms. */
export const file = (inside: string, prolog = '') => `${prolog}<Dimona>${inside}</Dimona>`;
/** Cuts bytes into chunks. */
export const split = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
