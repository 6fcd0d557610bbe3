/** Finds in source texts where the words of closed lists are used: error codes, kinds of jobs, failpoints. */
import type { SourceFile } from './sources.ts';

/** Lists the codes of `errors.ts` in their order. */
export function errorCodes(errors: string): string[] {
  const list = /const RETRIABLE = \{([^}]*)\}/.exec(errors)?.[1] ?? '';
  return [...list.matchAll(/^\s*(\w+): (?:true|false),/gm)].map(([, code = '']) => code);
}

/** Lists the codes that no file names, beside the one that lists them and the one that gives them a status. */
export function unusedCodes(codes: readonly string[], files: readonly SourceFile[]): string[] {
  const others = files.filter(({ path }) => path !== 'errors.ts' && path !== 'http/problems.ts');
  return codes.filter((code) => !others.some(({ text }) => text.includes(`'${code}'`)));
}

/** What is queued: the kind that each call of `queueJob`, `queueChunks` or `queueCases` names; undefined where it names none. */
export function queuedKinds(files: readonly SourceFile[]) {
  const callers = files.filter(({ path }) => path !== 'database/jobs.ts');
  return callers.flatMap(({ path, text }) => [
    ...[...text.matchAll(/\bqueueJobs?\(([^;]*)\);/g)].map(([, job = '']) => ({
      path,
      kind: /\bkind: '(\w+)'/.exec(job)?.[1],
    })),
    ...[...text.matchAll(/\b(?:queueChunks|queueCases)\(\s*\w+,\s*([^,]*),/g)].map(([, kind = '']) => ({
      path,
      kind: /^'(\w+)'$/.exec(kind)?.[1],
    })),
  ]);
}

/** Lists where each failpoint is: its name, then the file. */
export function failpointCalls(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path !== 'failpoint.ts')
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\bfailpoint\(([^)]*)\)/g)].map(
        ([, name = '']) => `${name.replace(/'/g, '')} ${path}`,
      ),
    )
    .sort();
}
