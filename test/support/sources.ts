/** Reads the source files with their imports, for the tests that watch over the architecture. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { projectRoot } from './needs.ts';

/** A file of `src/`; `path` is relative to it, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** The path of a file of ours, relative to `src/`; undefined for a package or a module of Node. */
  readonly target: string | undefined;
  /** Whether it is gone once types are erased: `import type` or `export type … from`. */
  readonly isType: boolean;
  /** Whether it is loaded, or looked for, when that line is reached, and not with the file. */
  readonly isDynamic: boolean;
}

/** Reads every TypeScript file under `src/`. */
export function readSources(): SourceFile[] {
  const folder = join(projectRoot, 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => ({
      path: name.split(sep).join('/'),
      text: readFileSync(join(folder, name), 'utf8'),
    }));
}

const NAMES = String.raw`(?:[\w$]+|\*\s+as\s+[\w$]+|\{[^}]*\})`;
const STATIC = new RegExp(
  String.raw`^(?:import|export)\s+(type\s+)?(?:${NAMES}(?:\s*,\s*${NAMES})?|\*)\s+from\s+['"]([^'"]+)['"]`,
  'gm',
);
const BARE = /^import\s+['"]([^'"]+)['"]/gm;
const DYNAMIC =
  /(?:\bimport|\bimport\.meta\.resolve|\brequire|\brequire\.resolve|\bcreateRequire\([^)]*\)(?:\.resolve)?)\(\s*['"`]([^'"`$]+)['"`]/g;
/** Where a file has made itself a `resolve` of modules. */
const RESOLVE = /(?<!\.)\bresolve\(\s*['"`](@?[a-z][^'"`$]*)['"`]/g;

/** Lists what a file imports: statically, dynamically, or by resolving a module's path. */
export function importsOf(file: SourceFile): Import[] {
  const named = (pattern: RegExp, isDynamic: boolean) =>
    [...file.text.matchAll(pattern)].map(([, specifier]) => ({ specifier, isType: false, isDynamic }));
  const found = [
    ...[...file.text.matchAll(STATIC)].map(([, type, specifier]) => ({
      specifier,
      isType: type !== undefined,
      isDynamic: false,
    })),
    ...named(BARE, false),
    ...named(DYNAMIC, true),
    ...(/\{[^}]*\bresolve\b[^}]*\} = createRequire/.test(file.text) ? named(RESOLVE, true) : []),
  ];
  return found.map(({ specifier = '', ...how }) => ({
    specifier,
    ...how,
    target: specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : undefined,
  }));
}

/** What a package is installed as: `@scope/name` or `name`; undefined for a file of ours or a module of Node. */
export function packageOf({ specifier, target }: Import): string | undefined {
  if (target !== undefined || specifier.startsWith('node:')) return undefined;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The folder a file stands in; a file directly under `src/` stands for itself. */
export function folderOf(path: string): string {
  const [first = '', ...rest] = path.split('/');
  return rest.length > 0 ? first : first.replace(/\.ts$/, '');
}
