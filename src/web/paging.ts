/** Long lists come in numbered pages. */

/** Links to the pages before and after; undefined where there is none. */
export interface Pagination {
  readonly page: number;
  readonly pages: number;
  readonly previous: string | undefined;
  readonly next: string | undefined;
}

/** Reads the number of a page from an address; the first for whatever is no number. */
export function pageNumber(asked: unknown): number {
  const isNumber = typeof asked === 'string' && /^[1-9]\d{0,5}$/.test(asked);
  return isNumber ? Number(asked) : 1;
}

/** Gives the links around a page; undefined when all fits on one. `path` may have a query of its own. */
export function pagination(path: string, page: number, pages: number): Pagination | undefined {
  if (pages <= 1 && page === 1) return undefined;
  const join = path.includes('?') ? '&' : '?';
  const link = (to: number) => (to < 1 || to > pages ? undefined : `${path}${join}page=${to}`);
  return { page, pages, previous: link(page - 1), next: link(page + 1) };
}
