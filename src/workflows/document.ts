/** Makes documents: renders, seals and checks each before anybody gets it, on the thread this is called on. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { AttestationFacts } from '../domain/attestation.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { SealLevel } from '../domain/verification.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { Signer } from '../keys/signer.ts';
import { signedDataBytes, type TimeStamp } from '../pades/signed-data.ts';
import type { ValidationData } from '../pades/validation-data.ts';
import type { Renderer } from '../render/render.ts';
import { findSealer } from '../seal/check.ts';
import { sealInPlace } from '../seal/seal.ts';
import type { SealedPdf } from './seal-level.ts';

/** One document to make. Plain data, so that it can be handed to another thread. */
export interface DocumentInput {
  /** The id of its attestation type. */
  readonly type: string;
  readonly language: DocumentLanguage;
  readonly facts: AttestationFacts;
  readonly number: string;
  readonly issuedAt: Date;
  readonly verificationUrl: string;
  /** Of a type that prints one. */
  readonly offlineCode?: string;
  readonly byHand: { readonly page: string; readonly code: string };
  /** Where the description of the attached data is published. */
  readonly schemaUrl: string;
  /** The number of the attestation that this one replaces. */
  readonly supersedes?: string;
  /** The key that seals it. */
  readonly keyId: string;
  /** The level that its seal must have, the room for its time-stamp (0 for none), and what it carries for that level. */
  readonly level: SealLevel;
  readonly tokenBytes: number;
  readonly validationData?: ValidationData | undefined;
}

/** A sealed and checked document with what the register keeps of it. */
export interface MadeDocument extends SealedPdf {
  readonly pdfSha256: Buffer;
}

export interface DocumentMaker {
  /**
   * Makes one document; `timeStamp` gives the token that its level asks for. One that goes ahead does not wait for those of
   * batches.
   * @throws ServiceError `renderingFailed`, `sealingFailed`, `sealBroken`, `keyUnfit`, `recordMissing` for a type that is
   * gone, what the signer and `timeStamp` throw, and `unexpected` when the thread that made it ended
   */
  make(input: DocumentInput, timeStamp?: TimeStamp, goesAhead?: boolean): Promise<MadeDocument>;
  /** Draws the first page of a document of ours as PNG. @throws ServiceError `renderingFailed`, and as `make` does */
  draw(pdf: Buffer): Promise<Buffer>;
  /** Lets documents under way come to their end. */
  stop(): Promise<void>;
}

export interface MakerParts {
  readonly catalogue: Pick<Catalogue, 'types'>;
  readonly renderer: Pick<Renderer, 'renderToSeal'>;
  /** Gives the signer of a key. Throws `keyUnfit` when there is none. */
  readonly signerOf: (keyId: string) => Signer | Promise<Signer>;
}

/** Makes documents on this thread. */
export function createDocumentMaker({ catalogue, renderer, signerOf }: MakerParts): DocumentMaker {
  return {
    async make({ type: typeId, keyId, level, tokenBytes, ...input }, timeStamp) {
      const type = catalogue.types.get(typeId);
      if (type === undefined)
        throw new ServiceError('recordMissing', `attestation ${input.number} has no type any more`);
      const signer = await signerOf(keyId);
      const unsealed = await renderer.renderToSeal({
        ...input,
        type,
        signatureRoom: signedDataBytes(signer, tokenBytes),
      });
      await failpoint('issue.rendered');
      const pdf = await sealInPlace(unsealed, signer, timeStamp);
      const found = findSealer(pdf, [signer], unsealed.prefixBytes);
      if (found.level !== level)
        throw new ServiceError(
          'sealBroken',
          `the seal just made has level ${found.level} instead of ${level}`,
        );
      await failpoint('issue.sealed');
      return { pdf, pdfSha256: found.sha256, keyId: signer.keyId, level };
    },
    draw: drawFirstPage,
    stop: async () => undefined,
  };
}

/** As many dots as a good screen shows of a page across. */
const DOTS_PER_INCH = 110;

async function drawFirstPage(pdf: Buffer): Promise<Buffer> {
  // Loaded where somebody wants a picture.
  const { drawPages } = await import('../render/raster.ts');
  const [page] = await drawPages(pdf, { dotsPerInch: DOTS_PER_INCH, mostPages: 1 });
  if (page === undefined) throw new ServiceError('renderingFailed', 'A document without a page.');
  return page;
}
