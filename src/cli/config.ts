/** `ebox config`: what the settings say, before anything is started. */
import { describeSettings, readConfig } from '../config.ts';
import { describeError, ServiceError } from '../errors.ts';

/** Says what is wrong or missing, one sentence a line; status 1 when anything is. */
export function checkConfig(isJson: boolean): number {
  const faults = readFaults();
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  if (faults.length === 0) process.stdout.write('The settings are complete.\n');
  if (isJson) process.stdout.write(`${JSON.stringify({ faults })}\n`);
  return faults.length === 0 ? 0 : 1;
}

function readFaults(): readonly string[] {
  try {
    readConfig();
    return [];
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'configurationInvalid')
      return describeError(error).split('\n');
    throw error;
  }
}

/** Prints every setting with its meaning: the content of `.env.example`. */
export function printSettings(): number {
  process.stdout.write(describeSettings());
  return 0;
}
