/** Brings the municipalities that merged, which deliberations are held against, up to date with the reference data. */
import { saveMunicipalityParts } from '../database/municipality-parts.ts';
import { listParts } from '../domain/municipality.ts';
import type { Services } from './services.ts';

/** Takes the mergers of the reference data over into the register. */
export async function keepMunicipalities({
  database,
  catalogue,
}: Pick<Services, 'database' | 'catalogue'>): Promise<void> {
  const parts = listParts(catalogue.municipalities);
  await database.transaction((connection) => saveMunicipalityParts(connection, parts));
}
