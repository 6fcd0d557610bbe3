/** The numbers of made-up persons that stand in the project: what tests send, and the people of the demonstration. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../needs.ts';
import { findWritten } from './written.ts';

const FOLDERS = ['test', 'src', 'templates'];

/** Gives each number with the place where it stands first. */
export function fixtureNumbers(): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const folder of FOLDERS) {
    const names = readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).sort();
    for (const name of names.filter((one) => /\.(?:ts|yaml|xml|json|csv|txt)$/.test(one))) {
      const bytes = readFileSync(join(projectRoot, folder, name));
      for (const { number, at } of findWritten(bytes)) {
        const line = bytes.subarray(0, at).toString('latin1').split('\n').length;
        if (!places.has(number)) places.set(number, `${folder}/${name}:${line}`);
      }
    }
  }
  return places;
}
