/** What programs need to know to read the data attached to attestations. */
import { ATTESTATION_SCHEMA_PATH, attestationSchema } from '../../domain/attestation-schema.ts';
import type { Services } from '../../workflows/services.ts';
import type { Route } from '../route.ts';

const MEDIA_TYPE = 'application/schema+json';

/** The routes under `/attestations`. */
export function attestationRoutes({ settings }: Pick<Services, 'settings'>): Route[] {
  const schema = attestationSchema(`${settings.publicUrl}${ATTESTATION_SCHEMA_PATH}`);
  const bytes = Buffer.from(JSON.stringify(schema, undefined, 2));
  return [
    {
      method: 'get',
      path: ATTESTATION_SCHEMA_PATH,
      operationId: 'getAttestationSchema',
      summary: 'What the data attached to attestations look like',
      description:
        'A JSON Schema, draft 2020-12. Every attestation carries the file `attestation.json`, which repeats what is printed and names this address as its `$schema`.',
      tag: 'Attestations',
      access: { kind: 'public' },
      errors: 'belgif',
      body: { kind: 'none' },
      answers: { 200: { description: 'The schema', mediaTypes: [MEDIA_TYPE] } },
      handle: () => Promise.resolve({ status: 200, headers: { 'Content-Type': MEDIA_TYPE }, bytes }),
    },
  ];
}
