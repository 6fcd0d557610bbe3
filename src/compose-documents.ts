/** Where documents are made: on threads of their own, or on the main one where the operator wants none. */
import { availableParallelism } from 'node:os';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { OpenedSeal } from './compose-seal.ts';
import type { Config } from './config.ts';
import { ServiceError } from './errors.ts';
import { isPortable } from './keys/seal-source.ts';
import type { Signer } from './keys/signer.ts';
import type { Log } from './log.ts';
import { createRenderer, type Renderer } from './render/render.ts';
import { createDocumentMaker, type DocumentMaker } from './workflows/document.ts';
import { startDocumentThreads } from './workflows/document-threads.ts';
import type { Services } from './workflows/services.ts';

export interface DocumentIngredients extends Pick<OpenedSeal, 'sealKeys' | 'sourceOf'> {
  readonly config: Pick<Config, 'sealThreads' | 'failpoints'>;
  readonly catalogue: Catalogue;
  readonly log: Log;
}

/** Opens what makes documents. Throws `templateInvalid` when the typeface does not do for the templates. */
export function openDocuments(ingredients: DocumentIngredients): Pick<Services, 'renderer' | 'documents'> {
  const renderer = createRenderer(ingredients.catalogue);
  return { renderer, documents: openMaker(ingredients, renderer) };
}

function openMaker(ingredients: DocumentIngredients, renderer: Renderer): DocumentMaker {
  const { config, catalogue, sealKeys, sourceOf, log } = ingredients;
  const threads = config.sealThreads ?? Math.max(1, availableParallelism() - 1);
  const signerOf = (keyId: string): Signer => {
    const signer = sealKeys.byKeyId(keyId)?.signer;
    if (signer === undefined) throw new ServiceError('keyUnfit', `seal key ${keyId} seals no more`);
    return signer;
  };
  if (threads === 0) return createDocumentMaker({ catalogue, renderer, signerOf });
  const keyOf = (keyId: string) => {
    const source = sourceOf(keyId);
    return { signer: signerOf(keyId), source: source && isPortable(source) ? source : undefined };
  };
  return startDocumentThreads({ threads, catalogue, failpoints: config.failpoints, keyOf, log });
}
