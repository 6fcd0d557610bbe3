/** Reads a declaration again from the body under which it is kept, encrypted. */
import type { DeclarationRow } from '../database/declarations.ts';
import { readForm } from '../dimona/form-reader.ts';
import { toDeclaration as fromJson } from '../dimona/json.ts';
import { toDeclaration as fromXml, type ReadDeclaration } from '../dimona/xml.ts';
import type { Declaration } from '../domain/declaration.ts';
import { toDeclaration as fromCsv } from '../flow/quarantine-csv.ts';
import type { Services } from './services.ts';

type StoredRow = Pick<DeclarationRow, 'declarationId' | 'body' | 'channel' | 'receivedAt'>;

function openBody({ vault }: Pick<Services, 'vault'>, row: StoredRow): string {
  return vault.open(row.body, row.declarationId).toString('utf8');
}

/** Reads the declaration, whichever way it came. */
export function readStored(services: Pick<Services, 'vault'>, row: StoredRow): Declaration {
  switch (row.channel) {
    case 'xml':
      return readStoredForm(services, row).declaration;
    case 'json':
      return fromJson(JSON.parse(openBody(services, row)), row.receivedAt);
    case 'csv':
      return fromCsv(JSON.parse(openBody(services, row)), row.receivedAt);
  }
}

/** Reads a form with its head and references. */
export function readStoredForm(services: Pick<Services, 'vault'>, row: StoredRow): ReadDeclaration {
  return fromXml(readForm(openBody(services, row)), row.receivedAt);
}
