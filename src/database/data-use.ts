/** What is used of the register, in the columns that requests and deliberations have in common. */
import type { DataUse, Purpose } from '../domain/deliberation.ts';
import type { LocalDate } from '../domain/period.ts';

/** The columns to insert, in the order of `useValues`. */
export const USE_COLUMNS = `legal_context, purpose, statuses, attestation_types, flows, attributes, municipalities,
  own_dossiers, valid_from, valid_until`;

/** The columns to select, as `UseRow` names them; none of them stands in another table beside these. */
export const USE = `legal_context as "legalContext", purpose, statuses, attestation_types as "attestationTypes", flows,
  attributes, municipalities, own_dossiers as "ownDossiers", valid_from as "validFrom", valid_until as "validUntil"`;

export interface UseRow {
  readonly legalContext: string;
  readonly purpose: Purpose;
  readonly statuses: readonly string[];
  readonly attestationTypes: readonly string[];
  readonly flows: readonly string[];
  readonly attributes: readonly string[];
  readonly municipalities: readonly string[] | null;
  readonly ownDossiers: boolean;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate;
}

/** The values of `USE_COLUMNS`. */
export function useValues(use: DataUse): unknown[] {
  return [
    use.legalContext,
    JSON.stringify(use.purpose),
    use.statuses,
    use.attestationTypes,
    use.flows,
    use.attributes,
    use.municipalities ?? null,
    use.ownDossiers,
    use.validFrom,
    use.validUntil,
  ];
}

/** Reads the use of a row. */
export function toUse(row: UseRow): DataUse {
  const { municipalities } = row;
  return {
    legalContext: row.legalContext,
    purpose: row.purpose,
    statuses: row.statuses,
    attestationTypes: row.attestationTypes,
    flows: row.flows,
    attributes: row.attributes,
    ...(municipalities !== null && { municipalities }),
    ownDossiers: row.ownDossiers,
    validFrom: row.validFrom,
    validUntil: row.validUntil,
  };
}
