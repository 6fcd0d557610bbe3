/** Where documents are made: on threads of their own, or on the main one where the operator wants none. */
import { availableParallelism } from 'node:os';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { Config } from './config.ts';
import type { Parts } from './embedded-parts.ts';
import { ServiceError } from './errors.ts';
import type { Signer } from './keys/signer.ts';
import type { Log } from './log.ts';
import type { Renderer } from './render/render.ts';
import { createDocumentMaker, type DocumentMaker } from './workflows/document.ts';
import { startDocumentThreads } from './workflows/document-threads.ts';

export interface DocumentIngredients {
  readonly config: Pick<Config, 'sealThreads' | 'templatesDir' | 'failpoints'>;
  readonly catalogue: Catalogue;
  readonly renderer: Renderer;
  readonly seal: Parts['seal'];
  readonly sealSigner: Signer;
  readonly log: Log;
}

/** Opens what makes documents. */
export function openDocuments(ingredients: DocumentIngredients): DocumentMaker {
  const { config, catalogue, renderer, seal, sealSigner, log } = ingredients;
  const { templatesDir, failpoints } = config;
  const threads = config.sealThreads ?? Math.max(1, availableParallelism() - 1);
  const check = (keyId: string) => {
    if (keyId !== sealSigner.keyId) throw new ServiceError('keyUnfit', `there is no seal key ${keyId}`);
  };
  if (threads === 0) {
    const signerOf = (keyId: string) => {
      check(keyId);
      return sealSigner;
    };
    return createDocumentMaker({ catalogue, renderer, signerOf });
  }
  const keyOf = async (keyId: string) => {
    check(keyId);
    return seal;
  };
  return startDocumentThreads({ threads, templatesDir, failpoints, keyOf, log });
}
