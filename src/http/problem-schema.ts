/** Problems as the OpenAPI document describes them (Belgif `Problem` and `InputValidationProblem`), with examples. */

import { z } from 'zod';
import { payloadTooLarge } from './limits.ts';
import { badRequest, inputIssue, missingScope, type Problem, unauthorised } from './problems.ts';

const INSTANCE = 'urn:uuid:123e4567-e89b-12d3-a456-426614174000';

const place = z.enum(['body', 'header', 'path', 'query']);

const issueSchema = z
  .object({
    type: z.string().meta({ format: 'uri', description: 'What kind of fault it is' }),
    href: z.string().optional().meta({ format: 'uri', description: 'Where the kind is explained' }),
    title: z.string(),
    detail: z.string().meta({ description: 'What was expected; what came is not repeated' }),
    in: place.optional(),
    name: z.string().optional().meta({ description: 'The input, such as `worker.ssin` or `items[0].name`' }),
    inputs: z
      .array(z.object({ in: place, name: z.string() }))
      .optional()
      .meta({ description: 'Where the fault is one of several inputs together' }),
  })
  .meta({ id: 'InputValidationIssue', description: 'One fault of the input' });

/** A problem as it goes over the wire. */
export const problemSchema = z
  .object({
    type: z.string().meta({
      format: 'uri',
      description: '`urn:problem-type:belgif:…`, or `urn:problem-type:citizen-ebox:…` where Belgif has none',
    }),
    href: z.string().optional().meta({ format: 'uri', description: 'Where the type is explained' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    instance: z.string().meta({ format: 'uri', description: 'The trace id of this answer' }),
    issues: z
      .array(issueSchema)
      .optional()
      .meta({ description: 'With `badRequest`: every fault that was found, 50 at most' }),
    requiredScopes: z.array(z.string()).optional().meta({ description: 'With `missingScope`' }),
    limit: z.int().optional().meta({
      description:
        'With `payloadTooLarge`: how many bytes are taken; with `tooManyRequests`: how many requests a minute; with `tooManyFailedRequests`: how many attempts',
    }),
    retryAfterSec: z
      .int()
      .optional()
      .meta({ description: 'With `tooManyRequests` and `tooManyFailedRequests`' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457, as the Belgif REST guide words it' });

/** One example of each problem that a caller has to deal with. */
export const PROBLEM_EXAMPLES = {
  badRequest: example(
    badRequest([
      inputIssue('schemaViolation', 'body', 'worker.ssin', 'Invalid string: must match pattern /^\\d{11}$/'),
      inputIssue('unknownInput', 'body', 'dimonaIn.feature', 'this property is not known'),
    ]),
  ),
  noAccessToken: example(unauthorised('noAccessToken')),
  missingScope: example(missingScope('dimona:declare')),
  payloadTooLarge: example(payloadTooLarge(65_536)),
};

function example({ headers: _headers, ...problem }: Problem): { summary: string; value: object } {
  return { summary: problem.title, value: { ...problem, instance: INSTANCE } };
}
