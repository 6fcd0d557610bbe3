/** The progress of a batch as events over the wire, and as people read it. */

/** A batch as its stream tells it. */
export interface ToldBatch {
  readonly state: string;
  readonly rows: number;
  readonly checked: number;
  readonly ended: number;
  readonly recalled: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly canary?: { readonly rows: number; readonly state: string };
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface BatchEvent {
  readonly batch: ToldBatch;
  readonly isLast: boolean;
}

/** Reads server-sent events (WHATWG HTML, 9.2.6) as the service writes them: one line of data each. */
export async function* eventsOf(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<BatchEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    const parts = (text + decoder.decode(bytes, { stream: true })).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const [, name, data] = /^event: (\w+)\ndata: (.+)$/.exec(part) ?? [];
      // Our own service wrote it.
      if (data !== undefined) yield { batch: JSON.parse(data) as ToldBatch, isLast: name === 'end' };
    }
  }
}

const STATES: Readonly<Record<string, string>> = {
  checking: 'checking',
  checked: 'checked, waits to be started',
  running: 'running',
  paused: 'paused',
  cancelling: 'being cancelled',
  cancelled: 'cancelled',
  done: 'done',
  recalling: 'being recalled',
  recalled: 'recalled',
};
const LONGEST_BAR = 40;

/** Writes one line with a bar, not longer than so many columns where that is enough for its figures. */
export function progressText(batch: ToldBatch, columns: number): string {
  const { state, rows, checked, ended, rowsPerSecond, secondsLeft } = batch;
  const done = state === 'checking' || state === 'checked' ? checked : ended;
  const share = rows === 0 ? 1 : done / rows;
  const percent = Math.floor(share * 100);
  const figures = [
    `${String(percent).padStart(3)} %`,
    `${numberText(done)} of ${numberText(rows)} rows`,
    ...(rowsPerSecond === null ? [] : [`${numberText(Math.round(rowsPerSecond))} rows/s`]),
    ...(secondsLeft === null ? [] : [`${timeText(secondsLeft)} left`]),
    stateText(batch),
  ].join('  ');
  const width = Math.min(LONGEST_BAR, columns - figures.length - 4);
  if (width < 5) return figures;
  const filled = Math.floor(share * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] ${figures}`;
}

/** A batch whose first rows were issued waits for whoever looks at these. */
function stateText({ state, canary }: ToldBatch): string {
  if (canary?.state === 'waiting')
    return `its first ${numberText(canary.rows)} rows ended, waits to go on or to be cancelled`;
  return STATES[state] ?? state;
}

/** Writes what became of the rows. */
export function finalText(batch: ToldBatch): string {
  const { rows, outcomes, recalled } = batch;
  const ends = Object.entries(outcomes).filter(([, count]) => count > 0);
  return [
    `${stateText(batch)}: ${numberText(rows)} rows`,
    ...ends.map(([outcome, count]) => `${numberText(count).padStart(12)}  ${outcome}`),
    ...(recalled > 0 ? [`${numberText(recalled).padStart(12)}  taken back`] : []),
    '',
  ].join('\n');
}

/** What a checked batch would come to, as the service tells it. */
export interface ToldForecast {
  readonly attestations: readonly { readonly attestationType: string; readonly count: number }[];
  readonly persons: number;
  readonly languages: readonly { readonly language: string; readonly persons: number }[];
  readonly unreachablePercent?: number;
  readonly places: readonly {
    readonly place: string;
    readonly name: { readonly en: string };
    readonly within?: string;
    readonly persons: number;
  }[];
  readonly isPartial: boolean;
  readonly estimatedSeconds?: number;
}

const LISTED_PLACES = 8;

/** Writes what a batch would come to, with the largest municipalities. */
export function forecastText(forecast: ToldForecast): string {
  const { attestations, persons, languages, places, unreachablePercent, isPartial, estimatedSeconds } =
    forecast;
  const holders = new Set(places.map(({ within }) => within));
  const line = (count: number, what: string) => `${numberText(count).padStart(12)}  ${what}`;
  const largest = places
    .filter(({ place }) => !holders.has(place))
    .sort((one, other) => other.persons - one.persons)
    .slice(0, LISTED_PLACES);
  return [
    'it would come to',
    ...attestations.map(({ attestationType, count }) => line(count, `${attestationType} at most`)),
    line(persons, 'persons'),
    ...languages.map((one) => line(one.persons, `in ${one.language}`)),
    ...(unreachablePercent === undefined
      ? []
      : [`${`${unreachablePercent} %`.padStart(12)}  whose eBox cannot be reached`]),
    ...largest.map((one) => line(one.persons, one.name.en)),
    ...(isPartial ? [`${''.padStart(12)}  and others, too few to be told apart`] : []),
    ...(estimatedSeconds === undefined
      ? []
      : [`${timeText(estimatedSeconds).padStart(12)}  by how fast the last batches went`]),
    '',
  ].join('\n');
}

function numberText(value: number): string {
  return value.toLocaleString('en').replaceAll(',', '\u202f');
}

function timeText(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
