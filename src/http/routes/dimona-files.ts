/** Dimona files: taken in form by form, judged afterwards. */
import { z } from 'zod';
import { FormFileRefusal } from '../../dimona/refusal.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import { type FileRow, type FormResult, listResultsAfter } from '../../workflows/consult.ts';
import { receiveFile } from '../../workflows/receive-file.ts';
import { declarantAccessOf, senderOf } from '../callers.ts';
import { MANDATE_HEADER, representedOf } from '../mandate-header.ts';
import { badRequest, inputIssue, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import {
  consulting,
  type DimonaServices,
  declarationAddress,
  fileAddress,
  fileParams,
  findFile,
} from './dimona-file.ts';
import { notificationRoute } from './dimona-notifications.ts';

const LARGEST_FILE_BYTES = 256 * 1024 * 1024;
const PAGE = 500;

const link = (description: string) => z.string().meta({ format: 'uri', description });
const moment = (description: string) =>
  z.string().meta({ format: 'date-time', description, example: '2020-09-01T09:30:00+02:00' });

const itemSchema = z.object({
  form: z.int().meta({ description: 'Which form of the file, from 1', example: 1 }),
  declarationId: z.string().meta({ example: '01935b1e-7c00-7000-8000-000000000001' }),
  result: z.enum(['A', 'W', 'B', 'S']).meta({
    description: 'A accepted, W accepted with a warning, B refused, S waiting for the worker',
  }),
  href: link('The whole answer'),
});

const fileSchema = z
  .object({
    self: link('This file'),
    status: z
      .object({
        state: z.enum(['processing', 'done']),
        pollAfter: moment('While processing: when to ask again').optional(),
        completed: moment('When the last form was judged').optional(),
      })
      .meta({ id: 'LongRunningTaskStatus' }),
    forms: z.int().meta({ description: 'How many forms the file has', example: 3 }),
    answered: z.int().meta({ description: 'How many of them are judged', example: 3 }),
    notifications: link('The answers as NOTIFICATION XML, once every form is judged'),
    items: z
      .array(itemSchema)
      .meta({ description: 'The answers there are, 500 at most, in the order of the forms' }),
    next: link('The answers after these, where there are more').optional(),
  })
  .meta({ id: 'DimonaFile' });

/** The routes of Dimona files. */
export function dimonaFileRoutes(services: DimonaServices): Route[] {
  return [receiveRoute(services), fileRoute(services), notificationRoute(services)];
}

function receiveRoute(services: DimonaServices): Route {
  return {
    method: 'post',
    path: '/dimona/v2/files',
    operationId: 'reportFile',
    summary: 'Declare with a file of one or more forms (Dimona XML 2022/3)',
    description:
      'A file that is not what it should be is refused whole, with the line and column where reading stopped. Otherwise every form gets its own answer. A form is recognised when it is sent again by its reference of type 1, without one by its content. With a mandate, a form for another employer, or one that is judged when the mandate has ended, is refused with anomaly 90256-155.',
    tag: consulting.tag,
    access: { kind: 'scope', scope: 'dimona:declare', caller: 'client' },
    errors: 'belgif',
    requestHeaders: MANDATE_HEADER,
    body: {
      kind: 'stream',
      mediaTypes: ['application/xml', 'text/xml'],
      limit: LARGEST_FILE_BYTES,
      description:
        'One `Dimona` element with its `Form` elements, without DOCTYPE, in UTF-8 or, where the XML declaration says so, ISO-8859-1.',
      examples: { in: { summary: 'One day in quarantine', value: EXAMPLE } },
    },
    answers: { 202: { description: 'The whole file was taken in', headers: { Location: 'How far it is' } } },
    handle: async (request) => {
      await representedOf(services, request);
      const fileId = await receiveFile(services, senderOf(request), request.stream).catch(
        (error: unknown) => {
          if (!(error instanceof FormFileRefusal)) throw error;
          const place = `line ${error.line}, column ${error.column}`;
          const detail = `${error.reason} at ${place}: ${error.message}`;
          throw new Refusal(badRequest([inputIssue('schemaViolation', 'body', undefined, detail)]));
        },
      );
      return { status: 202, headers: { Location: fileAddress(services, fileId) } };
    },
  };
}

function fileRoute(services: DimonaServices): Route {
  return {
    ...consulting,
    method: 'get',
    path: '/dimona/v2/files/{fileId}',
    operationId: 'getFile',
    summary: 'How far a file is, and the answers there are',
    params: fileParams,
    query: z.strictObject({
      afterForm: z
        .string()
        .regex(/^\d{1,9}$/, 'expected a form number')
        .default('0')
        .meta({
          type: 'integer',
          minimum: 0,
          default: 0,
          description: 'Only answers to forms after this one',
        }),
    }),
    answers: { 200: { description: 'The file', schema: fileSchema } },
    handle: async (request) => {
      const file = await findFile(services, request);
      const { afterForm } = request.query as { readonly afterForm: string };
      const results = await listResultsAfter(
        services,
        declarantAccessOf(request),
        file,
        Number(afterForm),
        PAGE,
      );
      return { status: 200, body: toFile(services, file, results) };
    },
  };
}

function toFile(
  services: DimonaServices,
  file: FileRow,
  results: readonly FormResult[],
): z.input<typeof fileSchema> {
  const self = fileAddress(services, file.fileId);
  const last = results.at(-1);
  const status = file.processedAt
    ? { state: 'done' as const, completed: brusselsDateTime(file.processedAt) }
    : {
        state: 'processing' as const,
        pollAfter: brusselsDateTime(new Date(services.clock().getTime() + 2000)),
      };
  return {
    self,
    status,
    forms: file.formCount,
    answered: file.answeredCount,
    notifications: `${self}/notifications`,
    items: results.map(({ formNumber: form, declarationId, result }) => ({
      form,
      declarationId,
      result,
      href: declarationAddress(services, declarationId),
    })),
    ...(last && results.length === PAGE && { next: `${self}?afterForm=${last.formNumber}` }),
  };
}

const EXAMPLE = `<?xml version="1.0" encoding="UTF-8"?>
<Dimona xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="Dimona_20223.xsd">
  <Form>
    <Identification>DIMONA</Identification>
    <FormCreationDate>2020-09-01</FormCreationDate>
    <FormCreationHour>08:15:00.000</FormCreationHour>
    <AttestationStatus>0</AttestationStatus>
    <TypeForm>SU</TypeForm>
    <Reference><ReferenceType>1</ReferenceType><ReferenceOrigin>1</ReferenceOrigin><ReferenceNbr>2020-09-01/1</ReferenceNbr></Reference>
    <DimonaIn>
      <StartingDate>2020-09-01</StartingDate><EndingDate>2020-09-01</EndingDate>
      <EmployerId><CompanyID>0206731645</CompanyID></EmployerId>
      <NaturalPerson><INSS>81050003552</INSS></NaturalPerson>
      <DimonaFeatures><JointCommissionNbr>144</JointCommissionNbr><WorkerType>QUA</WorkerType></DimonaFeatures>
    </DimonaIn>
  </Form>
</Dimona>
`;
