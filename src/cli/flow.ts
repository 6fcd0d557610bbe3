/** `ebox flow`: which flows there are, who ordered them and what became of their runs; and having one run now. */
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { readConfig } from '../config.ts';
import { ServiceError } from '../errors.ts';
import { runAsOperator, showFlows } from '../workflows/flow-operate.ts';
import { operatorOf, withDatabase, withRegister } from './privacy-source.ts';

export interface FlowOptions {
  readonly database?: string | undefined;
  readonly actor?: string | undefined;
  readonly flow?: string | undefined;
  readonly organization?: string | undefined;
  readonly whole: boolean;
  readonly json: boolean;
}

/** Lists the flows with their receivers and last runs; gives the exit status. */
export async function listFlows({ database, json }: FlowOptions): Promise<number> {
  const catalogue = await loadCatalogue(readConfig().templatesDir);
  const flows = await withDatabase(database, (services) => showFlows({ ...services, catalogue }));
  const lines = flows.map(({ flow, organization, isOrdered, lastRun }) => {
    const run =
      lastRun === undefined ? 'never run' : `run ${lastRun.number} ${lastRun.state}, ${lastRun.rows} rows`;
    return `${flow.padEnd(26)} ${organization}  ${isOrdered ? 'ordered    ' : 'not ordered'}  ${run}`;
  });
  process.stdout.write(lines.length === 0 ? 'There are no flows.\n' : `${lines.join('\n')}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ flows })}\n`);
  return 0;
}

const REFUSALS = {
  notFound: 'There is no such flow, or it was not ordered by that organisation.',
  notAllowed: 'No deliberation in force allows it.',
  keyExpired: 'The certificate of its receiver has expired.',
  open: 'A run of it is under way.',
  due: 'A run of it is under way.',
} as const;

/** Begins a run, which a worker of the service does; gives the exit status. Throws `configurationInvalid`. */
export async function runFlow(options: FlowOptions): Promise<number> {
  const { database, flow, organization, whole: isWhole, json } = options;
  const actor = operatorOf(options.actor);
  if (flow === undefined || organization === undefined)
    throw new ServiceError(
      'configurationInvalid',
      'Say which: --flow <name> --organization <enterprise number>',
    );
  const { templatesDir, fileKeyDays } = readConfig();
  const catalogue = await loadCatalogue(templatesDir);
  const outcome = await withRegister(database, (services) =>
    runAsOperator({ ...services, catalogue, settings: { fileKeyDays } }, actor, {
      flow,
      organization,
      isWhole,
    }),
  );
  const text = outcome.kind === 'begun' ? `Run ${outcome.runNumber} has begun.` : REFUSALS[outcome.kind];
  process.stdout.write(`${text}\n`);
  if (json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  return outcome.kind === 'begun' ? 0 : 1;
}
