/** Makes documents: renders, seals and checks each before anybody gets it, on the thread this is called on. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { AttestationFacts } from '../domain/attestation.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { Signer } from '../keys/signer.ts';
import { signedDataBytes } from '../pades/signed-data.ts';
import type { Renderer } from '../render/render.ts';
import { checkSealed } from '../seal/check.ts';
import { sealInPlace } from '../seal/seal.ts';

/** One document to make. Plain data, so that it can be handed to another thread. */
export interface DocumentInput {
  /** The id of its attestation type. */
  readonly type: string;
  readonly language: DocumentLanguage;
  readonly facts: AttestationFacts;
  readonly number: string;
  readonly issuedAt: Date;
  readonly verificationUrl: string;
  /** Where the description of the attached data is published. */
  readonly schemaUrl: string;
  /** The number of the attestation that this one replaces. */
  readonly supersedes?: string;
  /** The key that seals it. */
  readonly keyId: string;
}

/** A sealed and checked document with what the register keeps of it. */
export interface MadeDocument {
  readonly pdf: Buffer;
  readonly pdfSha256: Buffer;
  readonly keyId: string;
  readonly level: 'B-B';
}

export interface DocumentMaker {
  /**
   * Makes one document.
   * @throws ServiceError `renderingFailed`, `sealingFailed`, `sealBroken`, `keyUnfit`, `recordMissing` for a type that is
   * gone, what the signer throws, and `unexpected` when the thread that made it ended
   */
  make(input: DocumentInput): Promise<MadeDocument>;
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
    async make({ type: typeId, keyId, ...input }) {
      const type = catalogue.types.get(typeId);
      if (type === undefined)
        throw new ServiceError('recordMissing', `attestation ${input.number} has no type any more`);
      const signer = await signerOf(keyId);
      const unsealed = await renderer.renderToSeal({
        ...input,
        type,
        signatureRoom: signedDataBytes(signer),
      });
      await failpoint('issue.rendered');
      const pdf = await sealInPlace(unsealed, signer);
      const pdfSha256 = checkSealed(pdf, signer, unsealed.prefixBytes);
      await failpoint('issue.sealed');
      return { pdf, pdfSha256, keyId: signer.keyId, level: 'B-B' };
    },
    stop: async () => undefined,
  };
}
