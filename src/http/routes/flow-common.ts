/** What the routes of flows have in common. */
import { z } from 'zod';
import type { FlowIssue } from '../../domain/flow.ts';
import type { Services } from '../../workflows/services.ts';
import { badRequest, inputIssue, Refusal } from '../problems.ts';

export type FlowServices = Pick<
  Services,
  'database' | 'archive' | 'vault' | 'catalogue' | 'newId' | 'clock' | 'settings'
>;

export const flowCommon = {
  tag: 'Flows',
  access: { kind: 'scope', scope: 'flows:run', caller: 'client' },
  errors: 'belgif',
} as const;

export const flowParam = {
  flowId: z
    .string()
    .regex(/^[a-z-]{1,50}$/, 'expected the name of a flow')
    .meta({ description: 'As the list of flows gives it', example: 'social-statuses' }),
};
export const runParams = {
  ...flowParam,
  runId: z.uuid().meta({ description: 'From the `Location` of the run' }),
};

/** Where the API of flows lies. */
export function flowAddress({ settings }: Pick<FlowServices, 'settings'>, path: string): string {
  return `${settings.publicUrl}/flows/v1/flows/${path}`;
}

/** 400 with what is wrong with an order or a run; `prefix` is where choices lie. */
export function flowRefused(issues: readonly FlowIssue[], prefix: string): Refusal {
  return new Refusal(
    badRequest(
      issues.map(({ name, detail }) => inputIssue('invalidInput', 'body', `${prefix}${name}`, detail)),
    ),
  );
}
