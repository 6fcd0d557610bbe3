/** The style sheet of the pages: the components that views use, the institution's colours, our own look. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ServiceError } from '../errors.ts';
import { namesIn, pruneStyle, tightenStyle } from './used-style.ts';

/** Noto Sans (SIL Open Font License 1.1), the typeface of the documents; what a browser has, until it is there. */
const FONTS = '"Noto Sans",system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif';

/** What all names of the components begin with. */
const COMPONENTS = 'govuk-';

export interface StyleParts {
  /** The rules that name the files of the typeface. */
  readonly faces: string;
  /** The institution's, `#rrggbb`. */
  readonly colour: string;
  /** Our own. */
  readonly own: string;
  /** The text of all that could name a component. */
  readonly views: readonly string[];
}

/** Puts it together. Throws `templateInvalid` when the components name what belongs to gov.uk. */
export function writeStyle({ faces, colour, own, views }: StyleParts): string {
  const components = pruneStyle(componentStyle(), COMPONENTS, namesIn(views, COMPONENTS));
  return [faces, components, brandStyle(colour), tightenStyle(own)].join('\n');
}

/** The components of govuk-frontend (MIT) without the typeface and the arms, which belong to gov.uk alone. */
function componentStyle(): string {
  const path = createRequire(import.meta.url).resolve('govuk-frontend/dist/govuk/govuk-frontend.min.css');
  const style = readFileSync(path, 'utf8')
    .replace(/@font-face\{[^}]*\}/g, '')
    .replaceAll('GDS Transport,arial,sans-serif', FONTS)
    .replace(
      /(?:-webkit-)?(?:mask|background)(?:-image)?:url\(\/assets\/images\/govuk-crest\.svg\)[^;}]*;?/g,
      '',
    )
    .replace(/\/\*#.*?\*\//g, '');
  if (/GDS Transport|url\(\/assets/.test(style))
    throw new ServiceError('templateInvalid', 'the components still name a typeface or image of gov.uk');
  return style;
}

/** The institution's colour and its shades, mixed here because old phones cannot. */
function brandStyle(colour: string): string {
  const [black, white] = ['#000000', '#ffffff'];
  const shades = {
    '--brand': colour,
    '--brand-dark': mix(colour, black, 0.3),
    '--brand-line': mix(colour, white, 0.7),
    '--brand-tint': mix(colour, white, 0.93),
  };
  return `:root{--font:${FONTS};${Object.entries(shades)
    .map(([name, value]) => `${name}:${value}`)
    .join(';')}}`;
}

/** Mixes two colours `#rrggbb`; `share` is that of the second. */
function mix(one: string, other: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [from, to] = [one, other].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round((from ?? 0) * (1 - share) + (to ?? 0) * share);
  });
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
