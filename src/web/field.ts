/** The fields of a form. */
import type { Visit } from './route.ts';

/** The text of a field as it was sent; empty when it was not, or not as one text. */
export function fieldOf({ request }: Pick<Visit, 'request'>, name: string): string {
  const fields: unknown = request.body;
  if (typeof fields !== 'object' || fields === null) return '';
  const value: unknown = Object.entries(fields).find(([one]) => one === name)?.[1];
  return typeof value === 'string' ? value : '';
}
