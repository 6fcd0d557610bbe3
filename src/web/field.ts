/** The fields of a form. */
import type { Visit } from './route.ts';

/** The text of a field as it was sent; empty when it was not, or not as one text. */
export function fieldOf({ request }: Pick<Visit, 'request'>, name: string): string {
  const value = valueOf(request.body, name);
  return typeof value === 'string' ? value : '';
}

/** Every text of a field that may be ticked several times. */
export function fieldsOf({ request }: Pick<Visit, 'request'>, name: string): readonly string[] {
  const value = valueOf(request.body, name);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === 'string');
}

function valueOf(fields: unknown, name: string): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  return Object.entries(fields).find(([one]) => one === name)?.[1];
}
