/** What seals are checked against, for whoever verifies without asking us. */
import { z } from 'zod';
import { exportTrust } from '../../workflows/export-trust.ts';
import type { Services } from '../../workflows/services.ts';
import type { Route } from '../route.ts';
import { dateTime } from './verification-schema.ts';

const certificates = (description: string) =>
  z.array(z.string()).meta({ description: `${description}; DER in base64` });

const pinned = {
  anchors: certificates('The roots'),
  intermediates: certificates('The issuing authorities whose certificates count'),
};

const trustSchema = z
  .object({
    exportedAt: dateTime('Of this answer: what is issued later may need a newer one'),
    ...pinned,
    timeStamps: z.object(pinned).optional().meta({ description: 'Of time-stamps; missing: none counts' }),
    seals: certificates('The certificates of our seals, those of before included'),
  })
  .meta({ id: 'SealTrust' });

/** The route that exports it. */
export function trustRoute(services: Pick<Services, 'sealTrust' | 'sealKeys' | 'clock'>): Route {
  return {
    method: 'get',
    path: '/verifications/v1/trust',
    operationId: 'getSealTrust',
    summary: 'Get the certificates that seals are checked against',
    description:
      'For `ebox verify --trust`, which says without internet whether a file is a document of ours, unchanged. Whether it still holds only the register knows.',
    tag: 'Verification',
    access: { kind: 'public' },
    errors: 'belgif',
    body: { kind: 'none' },
    answers: { 200: { description: 'The certificates', schema: trustSchema } },
    handle: () => Promise.resolve({ status: 200, body: exportTrust(services) }),
  };
}
