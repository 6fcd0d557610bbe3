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

/** What is queued: the kind and lane of each call of `queueJob`; undefined where the call does not say it itself. */
export function queuedJobs(files: readonly SourceFile[]) {
  return files
    .filter(({ path }) => path !== 'database/jobs.ts')
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\bqueueJob\(([^;]*)\);/g)].map(([, job = '']) => ({
        path,
        kind: /\bkind: '(\w+)'/.exec(job)?.[1],
        lane: /\blane: '(\w+)'/.exec(job)?.[1],
      })),
    );
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
