/** Writes pages: a view of `templates/web/views` inside the frame that all pages share. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import type { Login } from '../access/session.ts';
import type { Emblem, Issuer } from '../domain/attestation-type.ts';
import { describeError, ServiceError } from '../errors.ts';
import { maskSsins } from '../log.ts';
import type { LanguageLink } from './language.ts';
import type { PageReply } from './route.ts';
import type { Texts } from './texts.ts';

/** What the frame around a view shows and needs. */
export interface Frame {
  readonly texts: Texts;
  readonly login: Login | undefined;
  readonly languages: readonly LanguageLink[];
  readonly menu: readonly MenuItem[];
  /** Gives the token for forms; asking for it begins a session. */
  readonly csrfToken: () => string;
}

/** A way to one of the pages that lead to the others. */
export interface MenuItem {
  readonly href: string;
  readonly text: string;
  readonly isCurrent: boolean;
}

export interface Views {
  /** Writes the whole document. Throws what a view throws. */
  write(reply: Pick<PageReply, 'view' | 'title' | 'data' | 'refreshSeconds'>, frame: Frame): string;
}

/** A telephone number is not torn apart at the end of a line. */
const NO_BREAK = '\u00a0';

/** Reads every view at once, so that a broken one is known before it is shown. Throws `templateInvalid`. */
export function loadViews(
  templatesDir: string,
  brand: { readonly issuer: Issuer; readonly emblem: Emblem },
  urlOf: (name: string) => string,
): Views {
  const folder = join(templatesDir, 'web', 'views');
  const eta = new Eta({ views: folder, cache: true, useWith: false });
  const names = readdirSync(folder).filter((name) => name.endsWith('.eta'));
  for (const name of names) check(eta, folder, name);
  return {
    write: ({ view, title, data, refreshSeconds }, frame) => {
      const { texts, ...rest } = frame;
      const { name, shortName, address, contact, colour } = brand.issuer;
      const { language } = texts;
      const issuer = {
        name: name[language],
        shortName: shortName[language],
        address: address[language],
        contact: { ...contact, telephone: contact.telephone.replaceAll(' ', NO_BREAK) },
      };
      const shared = { ...texts, ...rest, capital, issuer, colour, emblem: brand.emblem, urlOf };
      const twice = Object.keys(data).find((name) => name in shared);
      if (twice !== undefined) throw new ServiceError('unexpected', `view ${view} is given its own ${twice}`);
      return eta.render('layout', {
        ...data,
        typed: masked(data['typed']),
        ...shared,
        title,
        refreshSeconds,
        view,
      });
    },
  };
}

/** What was typed is shown again where a form is refused; a number of a person in it is typed anew. */
function masked(typed: unknown): unknown {
  if (typeof typed === 'string') return maskSsins(typed);
  if (Array.isArray(typed)) return typed.map(masked);
  if (typeof typed !== 'object' || typed === null) return typed;
  return Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, masked(value)]));
}

/** As it stands inside the key of a text. */
function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

function check(eta: Eta, folder: string, name: string): void {
  try {
    eta.compile(eta.readFile?.(join(folder, name)) ?? '');
  } catch (cause) {
    throw new ServiceError('templateInvalid', `Template file web/views/${name}: ${describeError(cause)}`, {
      cause,
    });
  }
}
