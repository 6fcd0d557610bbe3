/** Reads a declaration again from the body under which it is kept, encrypted. */
import type { DeclarationRow } from '../database/declarations.ts';
import { readForm } from '../dimona/form-reader.ts';
import { toDeclaration as fromJson } from '../dimona/json.ts';
import { toDeclaration as fromXml, type ReadDeclaration } from '../dimona/xml.ts';
import type { Declaration } from '../domain/declaration.ts';
import { toDeclaration as fromCsv } from '../flow/quarantine-csv.ts';
import type { Services } from './services.ts';

type StoredRow = Pick<
  DeclarationRow,
  'declarationId' | 'body' | 'channel' | 'receivedAt' | 'citizenKeyId' | 'fileKeyId' | 'wrappedKey'
>;

/** Opens what was declared; undefined once it, or the key it is under, is gone. */
export function openBody({ vault }: Pick<Services, 'vault'>, row: StoredRow): Buffer | undefined {
  const { body, citizenKeyId, fileKeyId, wrappedKey, declarationId } = row;
  if (body === null) return undefined;
  // From before citizens' and files' keys were used for declarations.
  if (citizenKeyId === null && fileKeyId === null) return vault.open(body, declarationId);
  if (wrappedKey === null) return undefined;
  const key =
    citizenKeyId === null
      ? vault.openFileKey(fileKeyId ?? '', wrappedKey)
      : vault.openCitizenKey(citizenKeyId, wrappedKey);
  return key.open(body, declarationId);
}

/** Reads the declaration, whichever way it came; undefined once it was erased. */
export function readStored(services: Pick<Services, 'vault'>, row: StoredRow): Declaration | undefined {
  const body = openBody(services, row);
  return body && readBody(body, row);
}

/** Reads a declaration from its body. */
export function readBody(body: Buffer, row: Pick<StoredRow, 'channel' | 'receivedAt'>): Declaration {
  const text = body.toString('utf8');
  switch (row.channel) {
    case 'xml':
      return fromXml(readForm(text), row.receivedAt).declaration;
    case 'json':
      return fromJson(JSON.parse(text), row.receivedAt);
    case 'csv':
      return fromCsv(JSON.parse(text), row.receivedAt);
  }
}

/** Reads a form with its head and references; undefined once it was erased. */
export function readStoredForm(
  services: Pick<Services, 'vault'>,
  row: StoredRow,
): ReadDeclaration | undefined {
  const body = openBody(services, row);
  return body && fromXml(readForm(body.toString('utf8')), row.receivedAt);
}
