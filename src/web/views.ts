/** Writes pages: a view of `templates/web/views` inside the frame that all pages share. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import type { Login } from '../access/session.ts';
import type { Emblem, Issuer } from '../domain/attestation-type.ts';
import { describeError, ServiceError } from '../errors.ts';
import type { LanguageLink } from './language.ts';
import type { PageReply } from './route.ts';
import type { Texts } from './texts.ts';

/** What the frame around a view shows and needs. */
export interface Frame {
  readonly texts: Texts;
  readonly login: Login | undefined;
  readonly languages: readonly LanguageLink[];
  /** Of the page shown, to mark where the reader is. */
  readonly path: string;
  /** Gives the token for forms; asking for it begins a session. */
  readonly csrfToken: () => string;
}

export interface Views {
  /** Writes the whole document. Throws what a view throws. */
  write(reply: Pick<PageReply, 'view' | 'title' | 'data' | 'refreshSeconds'>, frame: Frame): string;
}

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
      const words = {
        t: texts.t,
        date: texts.date,
        dateTime: texts.dateTime,
        day: texts.day,
        month: texts.month,
        number: texts.number,
        language: texts.language,
      };
      const issuer = {
        name: brand.issuer.name[texts.language],
        shortName: brand.issuer.shortName[texts.language],
        address: brand.issuer.address[texts.language],
        contact: brand.issuer.contact,
      };
      const shared = { ...words, ...rest, issuer, emblem: brand.emblem, urlOf };
      return eta.render('layout', { ...shared, ...data, shared, title, refreshSeconds, view });
    },
  };
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
