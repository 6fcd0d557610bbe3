/** What the corpus is made from: an issuing authority, a time-stamping authority, a key of each kind, genuine documents. */
import { randomBytes } from 'node:crypto';
import { answerOcsp } from '../../src/embedded/pki/ocsp.ts';
import {
  type Addresses,
  caExtensions,
  ocspExtensions,
  sealExtensions,
  timeStampExtensions,
} from '../../src/embedded/pki/profiles.ts';
import type { Signer } from '../../src/keys/signer.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { writeOcspRequest } from '../../src/pades/ocsp.ts';
import { signedDataBytes, type TimeStamp } from '../../src/pades/signed-data.ts';
import type { ValidationData } from '../../src/pades/validation-data.ts';
import { sealPdf } from '../../src/seal/seal.ts';
import type { SealTrust } from '../../src/verify/seal.ts';
import { type Change, renderer, sample } from '../render/samples.ts';
import {
  type Authority,
  createAuthority,
  createCrl,
  createKeyPair,
  createSigner,
  NOW,
} from '../support/pki.ts';
import { createTsaSigner, forgeToken, type TokenWish } from '../support/tsa.ts';

export const KINDS = ['p-256', 'p-384', 'rsa-2048', 'rsa-3072'] as const;
export type Kind = (typeof KINDS)[number];
export const LEVELS = ['B-B', 'B-T', 'B-LT'] as const;
export type Level = (typeof LEVELS)[number];

/** A day beyond which nothing here is valid any more. */
const NEXT_UPDATE = new Date('2028-12-01T00:00:00Z');

/** How a document differs from the ordinary one. */
export interface Order {
  readonly signer?: Signer;
  readonly level?: Level;
  readonly change?: Change;
  /** Who stamps it, and what the token states. */
  readonly tsa?: Signer;
  readonly token?: Partial<TokenWish>;
  /** Makes the token altogether otherwise. */
  readonly stamp?: TimeStamp;
  readonly validationData?: ValidationData;
}

export interface Lab {
  readonly addresses: Addresses;
  readonly root: Authority;
  readonly issuing: Authority;
  readonly tsaRoot: Authority;
  readonly tsaIssuing: Authority;
  readonly tsa: Signer;
  readonly signers: Readonly<Record<Kind, Signer>>;
  /** What a verifier of ours relies on, now. */
  readonly trust: SealTrust;
  readonly validationData: ValidationData;
  /** Lists of all four authorities that revoke these certificates (DER) since a moment. */
  lists(revoked?: readonly Buffer[], since?: Date): readonly Buffer[];
  /** Renders one document with room for this signer's seal, and a token where the level has one. */
  render(order?: Order): Promise<Buffer>;
  /** Renders and seals it: by default B-B with RSA-2048, whose signatures all have one length. */
  seal(order?: Order): Promise<Buffer>;
}

/** Makes all keys and certificates anew; they name `addresses`, where nobody may ever ask. */
export function createLab(addresses: Addresses): Lab {
  const root = createAuthority('Corpus root', undefined, caExtensions());
  const issuing = createAuthority('Corpus issuing', root, caExtensions(0, addresses));
  const tsaRoot = createAuthority('Corpus time root');
  const tsaIssuing = createAuthority('Corpus time issuing', tsaRoot);
  const extensions = sealExtensions(addresses);
  const make = (key: Kind) => createSigner({ authority: issuing, key, extensions });
  const signers = {
    'p-256': make('p-256'),
    'p-384': make('p-384'),
    'rsa-2048': make('rsa-2048'),
    'rsa-3072': make('rsa-3072'),
  };
  const tsa = createTsaSigner(tsaIssuing, { extensions: timeStampExtensions(addresses) });
  const lists = (revoked: readonly Buffer[] = [], since?: Date) =>
    [root, issuing, tsaRoot, tsaIssuing].map((authority) =>
      createCrl(authority, authority === issuing || authority === tsaIssuing ? revoked : [], {
        nextUpdate: NEXT_UPDATE,
        ...(since && { since }),
      }),
    );
  const validationData = {
    id: 'corpus',
    certificates: [issuing.certificate, tsa.certificate, tsaIssuing.certificate],
    answers: Object.values(signers).map(({ certificate }) => answerOf(issuing, certificate)),
    lists: lists(),
  };
  const stampOf = ({ stamp, tsa: by = tsa, token, level = 'B-B' }: Order): TimeStamp | undefined =>
    level === 'B-B' ? undefined : (stamp ?? ((imprint) => forgeToken(by, { imprint, ...token })));
  const tokenBytes = async (order: Order) => {
    const token = await stampOf(order)?.(Buffer.alloc(32));
    // Signatures of elliptic curves differ in length.
    return token === undefined ? 0 : token.length + 4;
  };
  const render = async (order: Order = {}) =>
    renderer.render(
      sample({
        ...order.change,
        signatureRoom: signedDataBytes(order.signer ?? signers['rsa-2048'], await tokenBytes(order)),
        ...(order.level === 'B-LT' && { validationData: order.validationData ?? validationData }),
      }),
    );
  const seal = async (order: Order = {}) =>
    sealPdf(await render(order), order.signer ?? signers['rsa-2048'], stampOf(order));
  const trust = {
    anchors: [root.certificate],
    intermediates: [issuing.certificate],
    timeStamps: { anchors: [tsaRoot.certificate], intermediates: [tsaIssuing.certificate] },
    holders: Object.values(signers).map(({ certificate }) => certificate),
    at: NOW,
  };
  return {
    addresses,
    root,
    issuing,
    tsaRoot,
    tsaIssuing,
    tsa,
    signers,
    trust,
    validationData,
    lists,
    render,
    seal,
  };
}

/** What a responder that the authority delegated says of a certificate, good at `at`. */
export function answerOf(authority: Authority, certificate: Buffer, at = NOW, revokedSince?: Date): Buffer {
  const delegate = createKeyPair(authority, authority.name, ocspExtensions());
  const request = writeOcspRequest(
    parseCertificate(certificate),
    parseCertificate(authority.certificate),
    randomBytes(16),
  );
  const statusOf = () =>
    revokedSince === undefined
      ? ({ status: 'good' } as const)
      : ({ status: 'revoked', since: revokedSince } as const);
  const responder = { authority, signer: delegate, certificate: delegate.certificate, statusOf };
  return answerOcsp(request, responder, at);
}
