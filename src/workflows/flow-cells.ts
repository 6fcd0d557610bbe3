/** What the columns of a flow hold of a row that was read. */
import type { FlowRow } from '../database/flow-reads.ts';
import { rangeOf } from '../domain/dimension.ts';
import { ageOn } from '../domain/entitlement-rule.ts';
import type { FlowColumn, RunPlan } from '../domain/flow.ts';
import type { FlowField } from '../domain/flow-field.ts';
import { type Municipality, municipalityOn } from '../domain/municipality.ts';
import type { LocalDate } from '../domain/period.ts';
import { sexOf } from '../domain/ssin.ts';
import { AGE_CLASSES } from '../domain/statistics.ts';
import type { FlowCell } from '../flow/flow-writer.ts';
import type { Services } from './services.ts';

type CellServices = Pick<Services, 'vault' | 'catalogue'>;

/** Gives the cells of some columns. */
export function cellsOf(
  services: CellServices,
  { window }: Pick<RunPlan, 'window'>,
  columns: readonly FlowColumn[],
  { fields }: Pick<FlowRow, 'fields'>,
): readonly FlowCell[] {
  const text = (field: FlowField) => {
    const value = fields[field];
    return typeof value === 'string' ? value : undefined;
  };
  const ssin = () => openSsin(services, fields.ssin);
  const place = () => {
    const code = text('municipality');
    return code === undefined
      ? undefined
      : municipalityOn(services.catalogue.municipalities, code, window.until);
  };
  const derived: Readonly<Record<string, () => FlowCell>> = {
    ssin,
    sex: () => letterOf(ssin()),
    ageClass: () => ageClassOf(text('birthDate') as LocalDate | undefined, window.until),
    municipality: () => place()?.nisCode ?? text('municipality'),
    municipalityName: () => nameOf(place()),
    region: () => place()?.region,
  };
  return columns.map(({ field }): FlowCell => {
    const derive = derived[field];
    if (derive !== undefined) return derive();
    const value = fields[field];
    return value === null || Buffer.isBuffer(value) ? undefined : value;
  });
}

/** In the language of the municipality; in French where it has two. */
function nameOf(place: Municipality | undefined): string | undefined {
  return place?.name[place.language === 'nl-fr' ? 'fr' : place.language];
}

/** Opens a sealed SSIN; undefined for what is none. */
export function openSsin({ vault }: Pick<Services, 'vault'>, sealed: unknown): string | undefined {
  return Buffer.isBuffer(sealed) ? vault.open(sealed, 'ssin').toString('utf8') : undefined;
}

function ageClassOf(birthDate: LocalDate | undefined, on: LocalDate): string | undefined {
  if (birthDate === undefined || birthDate > on) return undefined;
  const age = ageOn(birthDate, on);
  return rangeOf(
    AGE_CLASSES,
    AGE_CLASSES.findLastIndex((first) => first <= age),
  );
}

/** The sex that a number tells, as files of public services write it. */
function letterOf(ssin: string | undefined): 'M' | 'F' | undefined {
  const sex = ssin === undefined ? undefined : sexOf(ssin);
  return sex && ({ male: 'M', female: 'F' } as const)[sex];
}
