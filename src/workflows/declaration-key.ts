/** Under which key a declaration is kept: of the citizen it speaks of, else of its file, else one of its own. */
import { keepCitizenKey } from '../database/citizen-keys.ts';
import type { Connection } from '../database/database.ts';
import type { PersonRow } from '../database/persons.ts';
import type { CitizenKey, FileKey } from '../keys/vault.ts';
import { createFileKey } from './file-key.ts';
import type { Services } from './services.ts';

/** The key of a file that is being read. */
export interface OpenedFileKey {
  readonly fileKeyId: string;
  readonly key: FileKey;
}

/** The key that a body goes under, and its id. */
export type BodyKey = OpenedFileKey | { readonly citizenKeyId: string; readonly key: FileKey };

type KeyServices = Pick<Services, 'vault' | 'newId' | 'settings'>;

/** Gives the key for a declaration. Files from before files had keys have none to give. */
export async function keyOf(
  services: KeyServices,
  connection: Connection,
  declarationId: string,
  { file }: { readonly file?: OpenedFileKey },
  { person }: { readonly person: PersonRow | undefined },
): Promise<BodyKey> {
  const ofCitizen = person && (await citizenKeyOf(services, connection, person));
  if (ofCitizen !== undefined) return ofCitizen;
  if (file !== undefined) return file;
  return { fileKeyId: declarationId, key: await createFileKey(services, connection, declarationId) };
}

/** Opens a person's key, making it where there is none yet; undefined for a person who was erased. */
export async function citizenKeyOf(
  { vault, newId }: Pick<Services, 'vault' | 'newId'>,
  connection: Connection,
  person: Pick<PersonRow, 'personId' | 'citizenKeyId' | 'wrappedKey'>,
): Promise<{ readonly citizenKeyId: string; readonly key: CitizenKey } | undefined> {
  const present = presentKey(person) ?? (await makeKey());
  if (present === undefined) return undefined;
  const { citizenKeyId, wrappedKey } = present;
  return { citizenKeyId, key: vault.openCitizenKey(citizenKeyId, wrappedKey) };

  function makeKey() {
    const citizenKeyId = newId();
    return keepCitizenKey(connection, person.personId, {
      citizenKeyId,
      wrappedKey: vault.createCitizenKey(citizenKeyId),
      keyVersion: vault.version,
    });
  }
}

function presentKey({ citizenKeyId, wrappedKey }: Pick<PersonRow, 'citizenKeyId' | 'wrappedKey'>) {
  return citizenKeyId === null || wrappedKey === null ? undefined : { citizenKeyId, wrappedKey };
}
