/** Whoever holds a document has it verified: first the register by its bytes or its code, then the seal, then the status. */
import { type ConsultedAttestation, consultHeld, findHeld } from '../database/attestation-reads.ts';
import type { Connection } from '../database/database.ts';
import { findIssuedNumber } from '../database/issued-numbers.ts';
import type { AttestationFacts } from '../domain/attestation.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Ground, HeldDocument } from '../domain/ground.ts';
import type { LocalDate } from '../domain/period.ts';
import type { CodeReport, ExaminedFile, SealVerdict, VerificationReport } from '../domain/verification.ts';
import type { PossibleOriginal } from '../verify/alteration.ts';
import { isInNameOf } from '../verify/claim.ts';
import { verifyKnownSeal } from './known-seals.ts';
import { hashOfCode } from './prepare.ts';
import type { ReceivedFile } from './receive-pdf.ts';
import type { Services } from './services.ts';
import { type Registered, standingOf } from './standing.ts';

type RegisterServices = Pick<Services, 'database' | 'vault' | 'clock' | 'catalogue'>;

/** Whoever holds the document: nobody we know. */
export interface Holder {
  readonly actor: Actor;
  readonly traceId?: string;
}

/** What examining needs; the certificates of the keys name the institution whose seals are ours. */
type ExaminationServices = Pick<Services, 'database' | 'clock' | 'sealTrust' | 'verifiers'> & {
  readonly sealKeys: Pick<Services['sealKeys'], 'all'>;
};

/** Reports on a file: what its bytes tell, and what the register says of the attestation. Throws `verifierBusy`. */
export async function verifyPdf(
  services: RegisterServices & ExaminationServices,
  file: ReceivedFile,
  holder: Holder,
  day?: LocalDate,
): Promise<VerificationReport> {
  const checkedAt = services.clock();
  const registered = await consultRegister(services, holder, holdingPdf(file));
  if (registered === undefined) return reportOn(services, await examineUnknown(services, file), holder, day);
  const examined = examineIssued(services, file, registered.row.issuedAt);
  return { ...examined, checkedAt, ...standingOf(services, registered, checkedAt, day) };
}

/**
 * Looks at the bytes of a file and nothing else: nobody learns anything of an attestation, so it leaves no evidence. Bytes
 * that were issued here are ours and can do no harm; all others are examined where they do none. Throws `verifierBusy`.
 */
export async function examinePdf(services: ExaminationServices, file: ReceivedFile): Promise<ExaminedFile> {
  const row = await services.database.transaction((connection) => findHeld(connection, holdingPdf(file)));
  return row === undefined ? examineUnknown(services, file) : examineIssued(services, file, row.issuedAt);
}

/** The register proves when these bytes existed, so the seal is judged at that moment. */
function examineIssued(
  { sealTrust, sealKeys, clock }: ExaminationServices,
  { sha256, pdf }: ReceivedFile,
  issuedAt: Date | null,
): ExaminedFile {
  const holders = sealKeys.all.map(({ certificate }) => certificate);
  const trust = { ...trustOf(sealTrust), holders, at: issuedAt ?? clock() };
  return { sha256, signature: verifyKnownSeal(sealTrust, sha256, pdf, trust), isInOurName: true };
}

/** Of other bytes only is known that they exist now. */
async function examineUnknown(
  { sealTrust, sealKeys, clock, verifiers, database }: ExaminationServices,
  { sha256, pdf }: ReceivedFile,
): Promise<ExaminedFile> {
  const certificates = sealKeys.all.map(({ certificate }) => certificate);
  const seal = { ...trustOf(sealTrust), at: clock() };
  const examined = await verifiers.examine(pdf, { seal, certificates });
  if (examined === 'gaveUp')
    return { sha256, signature: UNREADABLE, isInOurName: certificates.some((one) => isInNameOf(pdf, one)) };
  const { originals, number, ...examination } = examined;
  const known =
    number === undefined
      ? undefined
      : await database.transaction((connection) => findIssuedNumber(connection, number));
  const original =
    originals.length === 0
      ? undefined
      : await database.transaction((connection) => findOriginal(connection, originals));
  return {
    sha256,
    ...examination,
    ...(number !== undefined && { isNumberKnown: known !== undefined }),
    ...(original && { alteration: original.alteration, original: original.sha256 }),
  };
}

/** ETSI EN 319 102-1 §5.1.3: the block that checks the signature cannot process it. */
const UNREADABLE: SealVerdict = {
  indication: 'TOTAL_FAILED',
  subIndication: 'FORMAT_FAILURE',
  explanation: 'examining the file takes more memory or time than any document of this service',
};

/** Read at each use: it grows with the keys. */
function trustOf({ anchors, intermediates, crls, timeStamps }: Services['sealTrust']): Services['sealTrust'] {
  return { anchors, intermediates, ...(crls && { crls }), ...(timeStamps && { timeStamps }) };
}

/** Finds the part of a file that was issued here. */
async function findOriginal(
  connection: Connection,
  originals: readonly PossibleOriginal[],
): Promise<PossibleOriginal | undefined> {
  for (const one of originals) {
    const row = await findHeld(connection, holding('pdf', Buffer.from(one.sha256, 'hex')));
    if (row !== undefined) return one;
  }
  return undefined;
}

/**
 * Reports on a file that was examined, now or earlier: what was found of its bytes stays so, what the register says is
 * read anew. Each report on a document of ours stands in evidence, and so does each on one that was altered.
 */
export async function reportOn<Examined extends Pick<ExaminedFile, 'sha256' | 'original'>>(
  services: RegisterServices,
  examined: Examined,
  holder: Holder,
  day?: LocalDate,
): Promise<Examined & CodeReport> {
  const checkedAt = services.clock();
  const digest = Buffer.from(examined.sha256, 'hex');
  const registered = await consultRegister(services, holder, holding('pdf', digest));
  if (registered === undefined && examined.original !== undefined)
    await consultRegister(services, holder, holding('pdf', Buffer.from(examined.original, 'hex')));
  return { ...examined, checkedAt, ...standingOf(services, registered, checkedAt, day) };
}

/** Reports on a code that a person made for somebody; one that ran out or was taken back is `unknown`. */
export async function verifyShare(
  services: RegisterServices,
  code: string,
  holder: Holder,
  day?: LocalDate,
): Promise<CodeReport> {
  const checkedAt = services.clock();
  const registered = await consultRegister(services, holder, holding('share', hashOfCode(code)));
  return { checkedAt, ...standingOf(services, registered, checkedAt, day) };
}

/**
 * Reports on the code printed on a document. It proves nothing about the paper it stands on, so the facts come along to
 * be compared with it. A code of whatever form is looked for, and one that is not ours is `unknown`.
 */
export async function verifyCode(
  services: RegisterServices,
  code: string,
  holder: Holder,
  day?: LocalDate,
): Promise<CodeReport> {
  const checkedAt = services.clock();
  const hash = hashOfCode(code);
  const registered = await consultRegister(services, holder, holding('code', hash));
  return { checkedAt, ...standingOf(services, registered, checkedAt, day) };
}

function holdingPdf({ sha256 }: ReceivedFile): HolderGround {
  return holding('pdf', Buffer.from(sha256, 'hex'));
}

type HolderGround = Ground & { readonly kind: 'holder' };

/** Whoever has a document or its code may have it verified. */
function holding(kind: Exclude<HeldDocument['kind'], 'pdfs'>, sha256: Buffer): HolderGround {
  return { kind: 'holder', held: { kind, sha256 } };
}

/** Looks up the attestation that somebody holds; when there is one, that somebody looked stands in evidence. */
async function consultRegister(
  { database, vault }: RegisterServices,
  { actor, traceId }: Holder,
  ground: HolderGround,
): Promise<Registered | undefined> {
  const row = await database.transaction((connection) =>
    consultHeld(connection, ground, {
      actor,
      action: 'attestation.verify',
      ground: ground.kind,
      ...(traceId !== undefined && { traceId }),
    }),
  );
  return row && { row, facts: readFacts(vault, row) };
}

function readFacts(vault: Services['vault'], row: ConsultedAttestation): AttestationFacts | undefined {
  if (row.state === 'erased' || row.wrappedKey === null) return undefined;
  const facts = vault.openCitizenKey(row.citizenKeyId, row.wrappedKey).open(row.facts, row.attestationId);
  // Written by `settle`, authenticated by the citizen key.
  return JSON.parse(facts.toString('utf8')) as AttestationFacts;
}
