/** What the routes of access have in common. */
import { z } from 'zod';
import type { Services } from '../../workflows/services.ts';
import { freeText } from '../fields.ts';

export const accessCommon = {
  tag: 'Access',
  access: { kind: 'scope', scope: 'access:manage', caller: 'client' },
  errors: 'belgif',
} as const;

/** The most bytes of a body. */
export const BODY_LIMIT = 64 * 1024;

/** Why something is ended, revoked or refused. */
export const reasonsSchema = z.strictObject({
  reasons: freeText(1000).meta({ description: 'Why', example: 'The Committee withdrew its decision' }),
});

/** Where the API of access lies. */
export function accessAddress({ settings }: Pick<Services, 'settings'>, path: string): string {
  return `${settings.publicUrl}/access/v1/${path}`;
}

/** A page of a list with the address of the next one. */
export function toPage<Row, Item>(
  services: Pick<Services, 'settings'>,
  path: string,
  rows: readonly Row[],
  { size }: { readonly size: number },
  toItem: (row: Row) => Item,
  idOf: (row: Row) => string,
) {
  const last = rows.at(-1);
  const next =
    rows.length === size && last !== undefined
      ? { next: accessAddress(services, `${path}?cursor=${idOf(last)}`) }
      : {};
  return { items: rows.map(toItem), ...next };
}
