/** Reads the courtesy translation of an attestation type, `<type>/en.yaml`; a type may have none. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttestationTexts, AttestationType } from '../domain/attestation-type.ts';
import { faultsOfTranslation, typeTexts } from './language-file.ts';
import { readYamlFile, throwAll } from './yaml-file.ts';

/**
 * Reads it and holds it against the Dutch file: the same words, each with the same placeholders.
 * @param type what its `type.yaml` says; missing when that cannot be read, then only the form of the file is checked
 * @throws ServiceError `templateInvalid`
 */
export async function readCourtesy(
  folder: string,
  id: string,
  type: Pick<AttestationType, 'layout' | 'facts'> | undefined,
): Promise<AttestationTexts | undefined> {
  const path = `${id}/en.yaml`;
  const isThere = await access(join(folder, path)).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const { value, fault } = await readYamlFile(folder, path, typeTexts);
  // A Dutch file that cannot be read is told of by whoever reads it.
  const dutch = await readYamlFile(folder, `${id}/nl.yaml`, typeTexts).catch(() => undefined);
  if (type !== undefined && dutch !== undefined)
    throwAll(
      faultsOfTranslation(dutch.value, value, type).map(({ key, problem }) => fault(['words', key], problem)),
    );
  return value;
}
