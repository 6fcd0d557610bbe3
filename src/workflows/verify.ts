/** Whoever holds a document has it verified: first the register by its bytes or its code, then the seal, then the status. */
import { createHash } from 'node:crypto';
import { findHeld, type RegisteredAttestation } from '../database/attestation-reads.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { findCitizenKey } from '../database/persons.ts';
import type { AttestationFacts } from '../domain/attestation.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Ground, HeldDocument } from '../domain/ground.ts';
import type {
  AttestationStatus,
  CodeReport,
  ExaminedFile,
  VerificationReport,
  VerifiedAttestation,
} from '../domain/verification.ts';
import { isInNameOf } from '../verify/claim.ts';
import { verifySeal } from '../verify/seal.ts';
import { hashOfCode } from './prepare.ts';
import type { Services } from './services.ts';

type RegisterServices = Pick<Services, 'database' | 'vault' | 'clock'>;

/** Whoever holds the document: nobody we know. */
export interface Holder {
  readonly actor: Actor;
  readonly traceId?: string;
}

/** What examining needs; the certificates of the keys name the institution whose seals are ours. */
type ExaminationServices = Pick<Services, 'database' | 'clock' | 'sealTrust'> & {
  readonly sealKeys: Pick<Services['sealKeys'], 'all'>;
};

/** Reports on a file: what its bytes tell, and what the register says of the attestation. */
export async function verifyPdf(
  services: RegisterServices & ExaminationServices,
  pdf: Buffer,
  holder: Holder,
): Promise<VerificationReport> {
  return reportOn(services, await examinePdf(services, pdf), holder);
}

/** Looks at the bytes of a file and nothing else: nobody learns anything of an attestation, so it leaves no evidence. */
export async function examinePdf(services: ExaminationServices, pdf: Buffer): Promise<ExaminedFile> {
  const digest = createHash('sha256').update(pdf).digest();
  const row = await services.database.transaction((connection) =>
    findHeld(connection, holding('pdf', digest)),
  );
  // The register proves when these bytes existed, so the seal is judged at that moment; of others only now is known.
  const at = row?.issuedAt ?? services.clock();
  return {
    sha256: digest.toString('hex'),
    signature: verifySeal(pdf, { ...services.sealTrust, at }),
    isInOurName: services.sealKeys.all.some(({ certificate }) => isInNameOf(pdf, certificate)),
  };
}

/**
 * Reports on a file that was examined, now or earlier: what was found of its bytes stays so, what the register says is
 * read anew. Each report on a document of ours stands in evidence.
 */
export async function reportOn<Examined extends Pick<ExaminedFile, 'sha256'>>(
  services: RegisterServices,
  examined: Examined,
  holder: Holder,
): Promise<Examined & CodeReport> {
  const digest = Buffer.from(examined.sha256, 'hex');
  const checkedAt = services.clock();
  const registered = await consultRegister(services, holder, holding('pdf', digest));
  return { ...examined, checkedAt, ...standingOf(registered) };
}

/**
 * Reports on the code printed on a document. It proves nothing about the paper it stands on, so the facts come along to
 * be compared with it. A code of whatever form is looked for, and one that is not ours is `unknown`.
 */
export async function verifyCode(
  services: RegisterServices,
  code: string,
  holder: Holder,
): Promise<CodeReport> {
  const checkedAt = services.clock();
  const hash = hashOfCode(code);
  const registered = await consultRegister(services, holder, holding('code', hash));
  return { checkedAt, ...standingOf(registered) };
}

type HolderGround = Ground & { readonly kind: 'holder' };

/** Whoever has a document or its code may have it verified. */
function holding(kind: HeldDocument['kind'], sha256: Buffer): HolderGround {
  return { kind: 'holder', held: { kind, sha256 } };
}

interface Registered {
  readonly row: RegisteredAttestation;
  readonly facts: AttestationFacts | undefined;
}

/** Looks up the attestation that somebody holds; when there is one, that somebody looked stands in evidence. */
async function consultRegister(
  services: RegisterServices,
  holder: Holder,
  ground: HolderGround,
): Promise<Registered | undefined> {
  return services.database.transaction(async (connection) => {
    const row = await findHeld(connection, ground);
    if (row === undefined) return undefined;
    await insertAuditEntry(connection, {
      actor: holder.actor,
      action: 'attestation.verify',
      ground: ground.kind,
      personId: row.personId,
      object: row.attestationId,
      ...(holder.traceId !== undefined && { traceId: holder.traceId }),
    });
    return { row, facts: await readFacts(services, connection, row) };
  });
}

function standingOf(registered: Registered | undefined): Pick<CodeReport, 'status' | 'attestation'> {
  if (registered === undefined) return { status: 'unknown' };
  const attestation = describe(registered.row, registered.facts);
  return { status: statusOf(registered.row), ...(attestation && { attestation }) };
}

async function readFacts(
  { vault }: Pick<Services, 'vault'>,
  connection: Connection,
  row: RegisteredAttestation,
): Promise<AttestationFacts | undefined> {
  const key = await findCitizenKey(connection, row.citizenKeyId);
  if (key === undefined) return undefined;
  const facts = vault.openCitizenKey(key.citizenKeyId, key.wrappedKey).open(row.facts, row.attestationId);
  // Written by `settle`, authenticated by the citizen key.
  return JSON.parse(facts.toString('utf8')) as AttestationFacts;
}

function describe(
  row: RegisteredAttestation,
  facts: AttestationFacts | undefined,
): VerifiedAttestation | undefined {
  if (facts === undefined || row.issuedAt === null) return undefined;
  return {
    attestationId: row.attestationId,
    number: row.number,
    type: row.type,
    language: row.language,
    issuedAt: row.preparedAt,
    facts,
    ...(row.endedAt !== null && { endedAt: row.endedAt }),
    ...(row.supersededBy !== null && row.state === 'superseded' && { supersededBy: row.supersededBy }),
  };
}

function statusOf({ state }: RegisteredAttestation): AttestationStatus {
  switch (state) {
    case 'issued':
      return 'valid';
    case 'superseded':
      return 'superseded';
    case 'revoked':
      return 'revoked';
    case 'prepared':
    case 'withdrawn':
      return 'unknown';
  }
}
