/** What a country needs: machines, database, store and recovery, computed from what one machine was measured to do. */

/** What the benches measured, on a machine of so many cores. Missing: not measured. */
export interface CapacityFigures {
  /** Microseconds of processor time that a row of a batch takes in each part. */
  readonly rowMicros: { readonly service: number; readonly store: number; readonly database: number };
  /** Peak memory of the process that does it, in MiB. */
  readonly processMiB: number;
  /** Bytes that a row of a batch adds to the database, with everything that follows from it. */
  readonly databaseBytesPerDocument: number | undefined;
  /** Bytes that a person adds, with the statuses of two years. */
  readonly databaseBytesPerPerson: number | undefined;
  readonly objectBytes: number;
  /** Documents that one core verifies in a second, database included. */
  readonly verifiedPerCore: number;
  /** Rows that a restore takes in a second. */
  readonly restoredRowsPerSecond: number | undefined;
  readonly restoredObjectsPerSecond: number | undefined;
  /** Rows of the register that a document stands for. */
  readonly rowsPerDocument: number | undefined;
}

/** What is wanted, and what machines and prices are assumed. */
export interface CapacityWishes {
  readonly persons: number;
  /** A year. */
  readonly documents: number;
  /** For so long they are kept. */
  readonly years: number;
  /** The largest batch, and within how many minutes it is to be done. */
  readonly peakDocuments: number;
  readonly peakMinutes: number;
  readonly coresPerMachine: number;
  /** Euros for a GB of objects in a month. */
  readonly euroPerGbMonth: number;
}

export const USUAL_WISHES: CapacityWishes = {
  persons: 12e6,
  documents: 100e6,
  years: 10,
  peakDocuments: 1e6,
  peakMinutes: 15,
  coresPerMachine: 16,
  euroPerGbMonth: 0.02,
};

/** No machine is planned fuller than this: what is left takes what comes at once, and a machine that fails. */
const FULL = 0.7;
/** Of documents, so many are verified once within a year, a fifth of them in the busiest hour of a month. */
const VERIFIED_SHARE = 0.5;
const BUSIEST_HOUR = 1 / (12 * 5);

/** One thing to plan. */
export interface CapacityLine {
  readonly name: string;
  /** Undefined where what it rests on was not measured. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly formula: string;
}

/** Computes everything; each line says how. */
export function weighCapacity(figures: CapacityFigures, wishes: CapacityWishes): readonly CapacityLine[] {
  return [...atPeak(figures, wishes), ...kept(figures, wishes), ...recovery(figures, wishes)];
}

function atPeak(figures: CapacityFigures, wishes: CapacityWishes): CapacityLine[] {
  const perSecond = wishes.peakDocuments / (wishes.peakMinutes * 60);
  const { service, store, database } = figures.rowMicros;
  const coresFor = (micros: number) => (perSecond * micros) / 1e6 / FULL;
  const machines = Math.ceil(coresFor(service) / wishes.coresPerMachine) + 1;
  const coresLine = (name: string, micros: number): CapacityLine => ({
    name,
    value: coresFor(micros),
    unit: 'cores',
    formula: `${round(perSecond)}/s × ${round(micros)} µs ÷ ${FULL}`,
  });
  const verifications = (wishes.documents * VERIFIED_SHARE * BUSIEST_HOUR) / 3600;
  return [
    {
      name: 'documents at the peak',
      value: perSecond,
      unit: 'a second',
      formula: `${round(wishes.peakDocuments)} in ${wishes.peakMinutes} minutes`,
    },
    coresLine('workers', service),
    {
      name: 'machines of workers',
      value: machines,
      unit: `of ${wishes.coresPerMachine} cores`,
      formula: 'cores of workers ÷ cores of a machine, rounded up, and one that may fail',
    },
    {
      name: 'memory of a machine of workers',
      value: (figures.processMiB * wishes.coresPerMachine) / 2 / 1024,
      unit: 'GiB',
      formula: `${round(figures.processMiB)} MiB a process, one for two cores`,
    },
    coresLine('database', database),
    coresLine('store of objects', store),
    {
      name: 'signatures, and time-stamps at B-T',
      value: perSecond,
      unit: 'a second',
      formula: 'one a document: what a seal module and a time-stamping authority must give',
    },
    {
      name: 'verification',
      value: verifications / figures.verifiedPerCore / FULL,
      unit: 'cores',
      formula: `half of a year’s documents once, a fifth of a month’s in one hour: ${round(verifications)}/s ÷ ${round(figures.verifiedPerCore)}/s a core ÷ ${FULL}`,
    },
  ];
}

function kept(figures: CapacityFigures, wishes: CapacityWishes): CapacityLine[] {
  const stored = wishes.documents * wishes.years;
  const { databaseBytesPerDocument: perDocument, databaseBytesPerPerson: perPerson } = figures;
  const databaseBytes =
    perDocument === undefined || perPerson === undefined
      ? undefined
      : stored * perDocument + wishes.persons * perPerson;
  const objectGb = (stored * figures.objectBytes) / 1e9;
  return [
    {
      name: 'database',
      value: databaseBytes === undefined ? undefined : databaseBytes / 1e12,
      unit: 'TB',
      formula: `${round(stored)} documents × ${round(perDocument)} bytes + ${round(wishes.persons)} persons × ${round(perPerson)} bytes`,
    },
    {
      name: 'partitions of evidence',
      value: wishes.years * 12,
      unit: 'months',
      formula: 'one a month, made and dropped whole',
    },
    { name: 'objects', value: stored, unit: 'objects', formula: 'one a document and version' },
    {
      name: 'volume of objects',
      value: objectGb / 1000,
      unit: 'TB',
      formula: `${round(stored)} × ${round(figures.objectBytes)} bytes`,
    },
    {
      name: 'price of objects',
      value: objectGb * wishes.euroPerGbMonth,
      unit: 'euros a month',
      formula: `volume × ${wishes.euroPerGbMonth} euro a GB, after ${wishes.years} years`,
    },
  ];
}

function recovery(figures: CapacityFigures, wishes: CapacityWishes): CapacityLine[] {
  const stored = wishes.documents * wishes.years;
  const { restoredRowsPerSecond, restoredObjectsPerSecond, rowsPerDocument } = figures;
  const hours = (count: number | undefined, perSecond: number | undefined) =>
    count === undefined || perSecond === undefined ? undefined : count / perSecond / 3600;
  const rows = rowsPerDocument === undefined ? undefined : stored * rowsPerDocument;
  return [
    {
      name: 'restore of the database by `ebox restore`',
      value: hours(rows, restoredRowsPerSecond),
      unit: 'hours',
      formula: `${round(rows)} rows ÷ ${round(restoredRowsPerSecond)}/s; a standby takes over in seconds instead`,
    },
    {
      name: 'restore of the objects by `ebox restore`',
      value: hours(stored, restoredObjectsPerSecond),
      unit: 'hours',
      formula: `${round(stored)} ÷ ${round(restoredObjectsPerSecond)}/s; a bucket that is copied elsewhere needs none`,
    },
  ];
}

function round(value: number | undefined): string {
  if (value === undefined) return '(not measured)';
  const rounded = value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
  return rounded.toLocaleString('en');
}
