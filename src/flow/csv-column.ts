/** Which column of a file of quarantine days has to be mended for an anomaly. */
import type { AnomalyCode } from '../domain/anomaly.ts';
import type { CsvColumn } from './quarantine-csv.ts';

/** Zones and blocks that a column stands for, or that are wrong because of it. */
const BY_ZONE: Readonly<Record<string, CsvColumn>> = {
  '00014': 'enterpriseNumber',
  '00024': 'ssin',
  '00025': 'familyName',
  '00026': 'givenName',
  '00046': 'jointCommittee',
  '00131': 'usingEmployerNumber',
  '00222': 'reference',
  // Every row declares a quarantined day, which is forbidden on some dates only.
  '00655': 'date',
  '00910': 'date',
  '00911': 'date',
  '90017': 'ssin',
  '90107': 'usingEmployerNumber',
  '90256': 'enterpriseNumber',
  '90373': 'date',
  '90374': 'jointCommittee',
};

const BY_CODE: Readonly<Partial<Record<AnomalyCode, CsvColumn>>> = {
  // Only a using employer's committee can be forbidden: the employer's own is always wanted.
  '00046-005': 'usingEmployerCommittee',
  '90373-343': 'enterpriseNumber',
};

/** Gives the column; undefined for what a file of quarantine days cannot say. */
export function columnOf(code: AnomalyCode): CsvColumn | undefined {
  return BY_CODE[code] ?? BY_ZONE[code.slice(0, 5)];
}
