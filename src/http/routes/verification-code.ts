/** Verification of what is printed on a document: the code of the QR in either form, or what is typed by hand. */
import { z } from 'zod';
import type { OfflineClaims } from '../../code/offline-code.ts';
import { isOfflineCode } from '../../code/offline-code.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import { readTypedCode, readTypedNumber } from '../../domain/typed-code.ts';
import type { CodeReport } from '../../domain/verification.ts';
import { concludeOnCode } from '../../workflows/conclude.ts';
import type { Services } from '../../workflows/services.ts';
import { findByHand } from '../../workflows/type-by-hand.ts';
import { verifyCode, verifyShare } from '../../workflows/verify.ts';
import { type OfflineReport, reportOnOffline } from '../../workflows/verify-offline.ts';
import { holderOf } from '../callers.ts';
import { tooManyFailedRequests } from '../limits.ts';
import { badRequest, inputIssue, Refusal } from '../problems.ts';
import type { Request, Route } from '../route.ts';
import {
  attestationSchema,
  conclusionSchema,
  dateTime,
  dayAsked,
  dayQuery,
  onDaySchema,
  statusSchema,
  text,
  toStanding,
} from './verification-schema.ts';

/** A code in any of its forms. */
export const codeSchema = z
  .strictObject({
    code: z.string().min(1).max(1000).meta({
      description:
        'Without `number`: the last part of the address that is printed as a QR code or of a link that a person made to share an attestation, or the whole text of an offline code (`EBA1:…`). With it: the ten characters printed beside the number',
      example: 'Jx4vPq0sT2mZb7Yc9kLw1A',
    }),
    number: z.string().min(1).max(50).optional().meta({
      description: 'The attestation number, for whoever types both by hand',
      example: 'QUA-2026-00000042-17',
    }),
  })
  .meta({ id: 'VerificationCode' });

const day = z.string().meta({ format: 'date', example: '2020-09-01' });

const offlineSchema = z
  .object({
    outcome: z.enum(['genuine', 'forged', 'unknownKey', 'malformed', 'outOfTime']).meta({
      description: 'Of the signature and the time of the code alone; only a genuine code has a status',
    }),
    claims: z
      .object({
        issuer: text('Enterprise number of the issuer', '0206731645'),
        issuedAt: dateTime('As printed'),
        expiresAt: dateTime('Until when the code may be relied on'),
        number: text('As printed', 'QUA-2026-00000042-17'),
        type: text('Which kind of attestation', 'quarantine'),
        initials: text('Of the person, given name first', 'A.P.'),
        birthYear: z.int().meta({ description: 'Of the person', example: 1981 }),
        period: z.object({ from: day, until: day.optional() }).optional().meta({
          description: 'First and last day attested; without `until` it is still open',
        }),
      })
      .optional()
      .meta({ description: 'What the code itself says; it stands in no other code' }),
  })
  .meta({ id: 'OfflineCode', description: 'Of an offline code: what it says, and whether it is genuine' });

const codeReportSchema = z
  .object({
    checkedAt: dateTime('When this was found'),
    status: statusSchema.meta({
      description:
        'What the register says, of an offline code the status list; `erased` when it was issued here and the data behind it were erased since; `unknown` when the code was not issued here',
    }),
    onDay: onDaySchema.optional(),
    attestation: attestationSchema.optional(),
    conclusion: conclusionSchema,
    offline: offlineSchema.optional(),
  })
  .meta({ id: 'CodeReport' });

export type CodeServices = Pick<Services, 'database' | 'vault' | 'catalogue' | 'codeKeys' | 'clock'>;

/** The route that asks of a code. */
export function verifyCodeRoute(services: CodeServices): Route {
  return {
    method: 'post',
    path: '/verifications/v1/verifications/code',
    operationId: 'verifyCode',
    summary: 'Ask what the register says of the code printed on a document',
    description:
      'It proves nothing about the paper that the code stands on: what is printed there must be compared with `attestation`, or with `offline.claims`. A file is verified by its bytes. For a document of ours it is kept that it was verified. A number and a code typed by hand that do not belong together are answered as a number that nobody has; too many such attempts for one number or from one address are refused for a while (429 with `Retry-After`).',
    tag: 'Verification',
    access: { kind: 'public' },
    errors: 'belgif',
    query: dayQuery,
    body: { kind: 'json', schema: codeSchema, limit: 2048 },
    answers: {
      200: { description: 'What the register says', schema: codeReportSchema },
    },
    handle: async (request) => {
      // The schema has read it.
      const { code, number } = request.body as z.output<typeof codeSchema>;
      const holder = holderOf(request);
      const day = dayAsked(request.query);
      if (number === undefined && isOfflineCode(code))
        return { status: 200, body: toOffline(services, await reportOnOffline(services, code, holder)) };
      const token = await tokenOf(services, request, { code, number });
      const report: CodeReport =
        token === undefined
          ? { checkedAt: services.clock(), status: 'unknown' }
          : await verifyEither(services, token, holder, day);
      const conclusion = concludeOnCode(services.catalogue, report);
      return { status: 200, body: { ...toStanding(report), conclusion } };
    },
  };
}

/** The code of a document, or one that a person made: neither tells by its form which it is. */
async function verifyEither(...asked: Parameters<typeof verifyCode>): Promise<CodeReport> {
  const report = await verifyCode(...asked);
  return report.status === 'unknown' ? verifyShare(...asked) : report;
}

/** Gives the code that a QR would have given, also for what was typed by hand; undefined where that is not ours. */
export function tokenOf(
  services: CodeServices,
  request: Request,
  { code, number }: z.output<typeof codeSchema>,
): Promise<string | undefined> {
  return number === undefined ? Promise.resolve(code) : typed(services, request, number, code);
}

async function typed(
  services: CodeServices,
  { address }: Request,
  number: string,
  code: string,
): Promise<string | undefined> {
  const read = { number: readTypedNumber(number), code: readTypedCode(code) };
  if (read.number === undefined)
    throw new Refusal(badRequest([inputIssue('invalidInput', 'body', 'number', 'is no attestation number')]));
  if (read.code === undefined)
    throw new Refusal(
      badRequest([inputIssue('invalidInput', 'body', 'code', 'is no code of ten characters')]),
    );
  const outcome = await findByHand(services, { number: read.number, code: read.code, address });
  if (outcome.kind === 'tooMany')
    throw new Refusal(tooManyFailedRequests(outcome.limit, outcome.retryAfterSeconds));
  return outcome.kind === 'found' ? outcome.token : undefined;
}

function toOffline(
  { catalogue }: Pick<Services, 'catalogue'>,
  report: OfflineReport,
): z.input<typeof codeReportSchema> {
  const { checkedAt, kind } = report;
  const status = statusOfOffline(report);
  return {
    checkedAt: brusselsDateTime(checkedAt),
    status,
    conclusion: concludeOnCode(catalogue, { checkedAt, status }),
    offline: { outcome: kind, ...('claims' in report && { claims: toClaims(report.claims) }) },
  };
}

/** A code of ours that is too old is of an attestation that nobody vouches for any more. */
function statusOfOffline(report: OfflineReport): CodeReport['status'] {
  if (report.kind === 'genuine') return report.status;
  const isOld = report.kind === 'outOfTime' && report.checkedAt >= report.claims.expiresAt;
  return isOld ? 'expired' : 'unknown';
}

function toClaims({ period, ...claims }: OfflineClaims) {
  return {
    issuer: claims.issuer,
    issuedAt: brusselsDateTime(claims.issuedAt),
    expiresAt: brusselsDateTime(claims.expiresAt),
    number: claims.number,
    type: claims.type,
    initials: claims.initials,
    birthYear: claims.birthYear,
    ...(period && { period }),
  };
}
