/** The style sheet, scripts and icon of the pages, under addresses that change with their content and are kept for ever. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express, { type Router } from 'express';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { ServiceError } from '../errors.ts';
import { workerRouter } from './check-worker.ts';
import { ENCODINGS, Packer } from './packed.ts';
import { bundleScript } from './scripts.ts';
import { writeStyle } from './style.ts';

export interface Assets {
  /** Gives the address of a file, such as `style.css`. */
  readonly urlOf: (name: string) => string;
  /** Serves the files below `/assets`. */
  readonly router: Router;
}

interface File {
  readonly name: string;
  readonly type: string;
  readonly content: string | Buffer;
}

const SCRIPT = 'text/javascript; charset=utf-8';

type Brand = Pick<Catalogue, 'issuer' | 'emblem' | 'pageTexts'>;

/** Scripts that import nothing when they are read. */
const PLAIN: readonly string[] = ['enhance.js', 'camera.js', 'try.js'];

/** Scripts of modules, put together when a page first names them. */
const BUNDLES: readonly string[] = ['check.js', 'scan.js'];

/** Reads and prepares the files. Throws `templateInvalid` when one is missing. */
export function loadAssets(templatesDir: string, brand: Brand): Assets {
  const folder = join(templatesDir, 'web', 'assets');
  const views = readViews(join(templatesDir, 'web', 'views'));
  const fonts = loadFonts();
  const files: readonly File[] = [
    ...fonts.files,
    {
      name: 'style.css',
      type: 'text/css; charset=utf-8',
      content: writeStyle({
        faces: fonts.style,
        colour: brand.issuer.colour,
        own: read(folder, 'style.css'),
        views,
      }),
    },
    ...PLAIN.map((name) => ({ name, type: SCRIPT, content: read(folder, name) })),
    { name: 'icon.svg', type: 'image/svg+xml', content: icon(brand) },
  ];
  for (const name of BUNDLES) read(folder, name);
  const bundleOf = (name: string): File | undefined =>
    BUNDLES.includes(name) ? { name, type: SCRIPT, content: bundleScript(join(folder, name)) } : undefined;
  const served = new Map(files.map((file) => [addressOf(file), file]));
  const addresses = new Map(files.map((file) => [file.name, `/assets/${addressOf(file)}`]));
  const addressIn = (name: string) => {
    const bundled = bundleOf(name);
    return bundled === undefined ? addresses.get(name) : `/assets/${addressOf(bundled)}`;
  };
  const router = express.Router();
  const pages = [...views, ...Object.values(brand.pageTexts).flatMap((texts) => [...texts.values()])];
  router.use(
    workerRouter({
      script: read(folder, 'worker.js'),
      files: () => [...BUNDLES, ...addresses.keys()].flatMap((name) => addressIn(name) ?? []),
      pages,
    }),
  );
  router.use(
    filesRouter(served, (name, address) => {
      const bundled = bundleOf(name);
      return bundled && addressOf(bundled) === address ? bundled : undefined;
    }),
  );
  return {
    router,
    urlOf: (name) => {
      const address = addressIn(name);
      if (address === undefined) throw new ServiceError('templateInvalid', `the pages have no file ${name}`);
      return address;
    },
  };
}

/** Serves files by the addresses that stand for their content, packed before anybody asks. */
function filesRouter(
  served: ReadonlyMap<string, File>,
  findBundle: (name: string, address: string) => File | undefined,
): Router {
  const router = express.Router();
  const packer = new Packer();
  for (const [address, { content }] of served) packer.pack(address, content, ENCODINGS[0]);
  router.get('/assets/:hash/:name', (request, response, next) => {
    const { hash, name } = request.params;
    const address = `${hash}/${name}`;
    const file = served.get(address) ?? findBundle(name, address);
    if (file === undefined) return next();
    const accepted = request.acceptsEncodings([...ENCODINGS]);
    const wanted = ENCODINGS.find((encoding) => encoding === accepted);
    const { content, encoding } = packer.pack(address, file.content, wanted);
    if (encoding !== undefined) response.set('Content-Encoding', encoding);
    response.set({
      'Content-Type': file.type,
      'Content-Length': String(content.length),
      Vary: 'Accept-Encoding',
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy':
        "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    });
    response.end(content);
  });
  return router;
}

function addressOf({ name, content }: File): string {
  return `${createHash('sha256').update(content).digest('hex').slice(0, 16)}/${name}`;
}

function readViews(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => read(folder, name));
}

function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (cause) {
    throw new ServiceError('templateInvalid', `Template file web/assets/${name} cannot be read.`, { cause });
  }
}

const WEIGHTS = [400, 700];
const SCRIPTS = /-(?:latin|latin-ext)-(?:400|700)-normal\.woff2/;

/** Gives the letters of Europe's Latin alphabets, each file fetched only by a page that has such a letter. */
function loadFonts(): { readonly style: string; readonly files: readonly File[] } {
  const files: File[] = [];
  const faces = WEIGHTS.flatMap((weight) => {
    const path = resolvePackage(`@fontsource/noto-sans/${weight}.css`);
    return [...readFileSync(path, 'utf8').matchAll(/@font-face\s*\{[^}]*\}/g)].flatMap(([face]) => {
      const name = /url\(\.\/files\/([\w-]+\.woff2)\)/.exec(face)?.[1];
      if (name === undefined || !SCRIPTS.test(name)) return [];
      const file = { name, type: 'font/woff2', content: readFileSync(join(dirname(path), 'files', name)) };
      files.push(file);
      return [face.replace(/src:[^;]*;/, `src: url(/assets/${addressOf(file)}) format("woff2");`)];
    });
  });
  if (faces.length !== WEIGHTS.length * 2)
    throw new ServiceError('templateInvalid', 'the typeface of the pages is not all there');
  return { style: faces.join('\n'), files };
}

function resolvePackage(path: string): string {
  return createRequire(import.meta.url).resolve(path);
}

function icon({ issuer, emblem }: Brand): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${emblem.width} ${emblem.height}"><path fill="${issuer.colour}" fill-rule="evenodd" d="${emblem.path}"/></svg>`;
}
