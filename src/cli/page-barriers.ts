/** What keeps people out of a page, as a browser sees it: axe-core's rules, and pages wider than their window. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { ServiceError } from '../errors.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const RUN = { runOnly: { type: 'tag', values: TAGS } };

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Lists what axe-core finds wrong on a page, WCAG 2.2 level AA and good practice; empty is right. */
export async function barriersOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(readAxe());
  const results = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(RUN)})`);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`),
  );
}

/** Tells whether a page must be moved sideways to be read (WCAG 2.2, 1.4.10). */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

let axe: string | undefined;

/** Only who looks at pages needs it, so it is no dependency of the service. */
function readAxe(): string {
  try {
    axe ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    return axe;
  } catch (cause) {
    throw new ServiceError('configurationInvalid', 'the package axe-core is not installed', { cause });
  }
}
