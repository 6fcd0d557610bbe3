/** A chart as marks on a sheet, to be written as SVG or drawn as a picture: lines over months, or bars of one month. */

export interface Series {
  readonly label: string;
  /** One for each step; undefined where hidden. */
  readonly values: readonly (number | undefined)[];
}

export interface ChartInput {
  readonly title: string;
  readonly note: string;
  /** What the steps are called: months. */
  readonly steps: readonly string[];
  readonly series: readonly Series[];
}

export type Mark =
  | {
      readonly kind: 'bar';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly colour: string;
    }
  | {
      readonly kind: 'line';
      readonly points: readonly Point[];
      readonly colour: string;
      readonly width: number;
      readonly dash: readonly number[];
    }
  | { readonly kind: 'dot'; readonly at: Point; readonly colour: string }
  | {
      readonly kind: 'text';
      readonly at: Point;
      readonly text: string;
      readonly size: number;
      readonly colour: string;
      readonly align: 'start' | 'middle' | 'end';
      readonly isBold?: true;
    };

type Point = readonly [x: number, y: number];

export interface Chart {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly marks: readonly Mark[];
}

const WIDTH = 960;
const INK = '#1d1d1d';
const QUIET = '#595959';
const RULE = '#d0d0d0';
/** Okabe and Ito's colours that are dark enough on white, each with dashes of its own: colour alone says nothing. */
const STYLES = [
  ['#0072b2', []],
  ['#d55e00', [8, 4]],
  ['#00795c', [2, 3]],
  ['#7a3b69', [10, 3, 2, 3]],
  ['#8a6100', [4, 4]],
  ['#1d1d1d', [14, 4]],
  ['#3a6ea5', [6, 2, 2, 2]],
  ['#a3324a', [3, 6]],
] as const;
/** As many lines as can be told apart. */
export const MOST_LINES = STYLES.length;
export const MOST_BARS = 24;

/** Lays a chart out: lines where there are several steps, bars where there is one. */
export function layOutChart(input: ChartInput): Chart {
  return input.steps.length > 1 ? lines(input) : bars(input);
}

const text = (
  at: Point,
  content: string,
  size: number,
  align: 'start' | 'middle' | 'end',
  colour: string = INK,
): Mark => ({ kind: 'text', at, text: content, size, colour, align });

function heading({ title, note }: ChartInput, height: number): Mark[] {
  return [
    { kind: 'text', at: [24, 36], text: title, size: 20, colour: INK, align: 'start', isBold: true },
    text([24, height - 16], note, 12, 'start', QUIET),
  ];
}

function lines(input: ChartInput): Chart {
  const { steps, series, title } = input;
  const height = 540;
  const [left, right, top, bottom] = [84, WIDTH - 250, 64, height - 76];
  const scale = scaleOf(series);
  const x = (at: number) => left + (at * (right - left)) / Math.max(1, steps.length - 1);
  const y = (value: number) => bottom - (value * (bottom - top)) / scale.top;
  const marks: Mark[] = heading(input, height);
  for (let value = 0; value <= scale.top; value += scale.step) {
    marks.push({
      kind: 'line',
      points: [
        [left, y(value)],
        [right, y(value)],
      ],
      colour: RULE,
      width: 1,
      dash: [],
    });
    marks.push(text([left - 10, y(value) + 4], grouped(value), 13, 'end', QUIET));
  }
  const every = Math.ceil(steps.length / 9);
  for (const [at, step] of steps.entries())
    if (at % every === 0) marks.push(text([x(at), bottom + 22], step, 13, 'middle', QUIET));
  const shown = series.slice(0, MOST_LINES);
  for (const [at, one] of shown.entries()) marks.push(...lineOf(one, at, x, y));
  return {
    width: WIDTH,
    height,
    title,
    marks: [...marks, ...labelsOf(shown, x(steps.length - 1), y, top, bottom)],
  };
}

function lineOf(
  { values }: Series,
  style: number,
  x: (at: number) => number,
  y: (value: number) => number,
): Mark[] {
  const [colour, dash] = STYLES[style] ?? STYLES[0];
  const marks: Mark[] = [];
  let points: Point[] = [];
  const end = () => {
    if (points.length > 1) marks.push({ kind: 'line', points, colour, width: 2.5, dash });
    points = [];
  };
  for (const [at, value] of values.entries()) {
    if (value === undefined) {
      end();
      continue;
    }
    points.push([x(at), y(value)]);
    marks.push({ kind: 'dot', at: [x(at), y(value)], colour });
  }
  end();
  return marks;
}

const LABEL_PX = 18;

/** Names each line where it ends; those that would lie on each other are moved apart. */
function labelsOf(
  series: readonly Series[],
  x: number,
  y: (value: number) => number,
  top: number,
  bottom: number,
): Mark[] {
  const wanted = series
    .map(({ label, values }, style) => ({
      label,
      style,
      y: y(values.findLast((one) => one !== undefined) ?? 0),
    }))
    .sort((one, other) => one.y - other.y);
  let next = top;
  for (const one of wanted) {
    one.y = Math.max(one.y, next);
    next = one.y + LABEL_PX;
  }
  let last = bottom + LABEL_PX;
  for (const one of wanted.toReversed()) {
    one.y = Math.min(one.y, last - LABEL_PX);
    last = one.y;
  }
  return wanted.map(({ label, style, y: at }) =>
    text([x + 14, at + 4], shortened(label, 32), 13, 'start', (STYLES[style] ?? STYLES[0])[0]),
  );
}

function bars(input: ChartInput): Chart {
  const { series, title, steps } = input;
  const shown = series.slice(0, MOST_BARS);
  const [left, top, row] = [300, 84, 24];
  const height = top + shown.length * row + 56;
  const most = Math.max(1, ...shown.map(({ values }) => values[0] ?? 0));
  const room = WIDTH - left - 110;
  const marks = [...heading(input, height), text([24, 60], steps[0] ?? '', 14, 'start', QUIET)];
  for (const [at, { label, values }] of shown.entries()) {
    const y = top + at * row;
    const [value] = values;
    const width = ((value ?? 0) / most) * room;
    marks.push(text([left - 12, y + 12], shortened(label, 38), 13, 'end'));
    if (value !== undefined) marks.push({ kind: 'bar', x: left, y, width, height: 16, colour: STYLES[0][0] });
    marks.push(
      text(
        [left + width + 8, y + 12],
        value === undefined ? '–' : grouped(value),
        13,
        'start',
        value === undefined ? QUIET : INK,
      ),
    );
  }
  return { width: WIDTH, height, title, marks };
}

/** The axis goes on to the next of its steps: 1, 2 or 5 times a power of ten. */
function scaleOf(series: readonly Series[]): { readonly top: number; readonly step: number } {
  const most = Math.max(1, ...series.flatMap(({ values }) => values.map((one) => one ?? 0)));
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? power);
  return { top: Math.ceil(most / step) * step, step };
}

/** Groups of three digits, with a narrow space that no line breaks at. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
}

function shortened(label: string, most: number): string {
  return label.length <= most ? label : `${label.slice(0, most - 1).trimEnd()}…`;
}
