/** An attestation type: which facts entitle a person to which attestation, and how it is numbered, worded and kept. */
import type { CaseKey } from './case.ts';
import type { DeclarationRule } from './declaration-rule.ts';
import type { EntitlementRule } from './entitlement-rule.ts';
import type { Fact, RowKind } from './fact.ts';
import type { DocumentLanguage } from './language.ts';
import type { MessageType, ValidityPeriod } from './message.ts';
import type { LayoutBlock } from './page-layout.ts';
import type { StatusCode } from './status.ts';

export interface AttestationType {
  /** The name of its folder under `templates/`. */
  readonly id: string;
  /** Rises with every change of rules or layout; recorded on each attestation. */
  readonly version: number;
  /** The letters every number of this type begins with. */
  readonly numberPrefix: string;
  readonly caseKeys: readonly CaseKey[];
  /** Who is entitled: each rule for its days. */
  readonly rules: readonly EntitlementRule[];
  /** The status that the declarations below report; missing: none does. */
  readonly status?: StatusCode;
  /** Dimona declarations that report this status, with their dated rules. */
  readonly declarationRules: readonly DeclarationRule[];
  /** Whether the document shows the SSIN whole or with its last five digits hidden. */
  readonly ssin: 'full' | 'masked';
  readonly messageType: MessageType;
  /** How long its attestations hold, from the moment printed on them; undefined: as long as their ground. */
  readonly validity?: ValidityPeriod | undefined;
  /** Which code is printed: one that leads to the register, one that is checked without internet, or both. */
  readonly qr: CodeForm;
  /** What a row of its tables stands for. */
  readonly row: RowKind;
  /** Whether the page shows anything of its rows; otherwise no document keeps them. */
  readonly printsRows: boolean;
  /** What it can print, by name. */
  readonly facts: ReadonlyMap<string, Fact>;
  /** The blocks of the page, in order. */
  readonly layout: readonly LayoutBlock[];
  readonly texts: Readonly<Record<DocumentLanguage, AttestationTexts>>;
  /** In English, for pages alone: no document is written in it. Its own words, without those of the frame. */
  readonly courtesy?: AttestationTexts;
}

/** The forms of the code printed on a document. */
export const CODE_FORMS = ['url', 'offline', 'both'] as const;
export type CodeForm = (typeof CODE_FORMS)[number];

/**
 * The words that every document needs whatever its layout: what frames the page, and labels that stand in for a
 * field's own. They lie in `templates/brand/`, and a type may say one of them differently.
 */
export const FRAME_WORDS = [
  'number',
  'issuedOn',
  'supersedes',
  'enterpriseNumber',
  'nssoNumber',
  'employerUnnamed',
  'emblemAlt',
  'qrAlt',
  'qrOfflineAlt',
  'qrOnline',
  'qrOffline',
  'checkHeading',
  'checkText',
  'checkTextOffline',
  'checkTextBoth',
  'checkByHand',
  'checkCode',
  'sealNote',
  'sealName',
  'page',
  'continued',
  'box',
  'specimen',
] as const;

/**
 * The values that every text may name as `{placeholder}`. The words of a type may also name each of its facts; those of
 * `OWN_PLACEHOLDERS` name others instead.
 */
export const PLACEHOLDERS = [
  'issuer',
  'email',
  'telephone',
  'website',
  'number',
  'url',
  'verifyPage',
  'holder',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Words whose values are known only where they are printed. */
export const OWN_PLACEHOLDERS: Readonly<Partial<Record<string, readonly string[]>>> = {
  page: ['page', 'pages'],
  continued: ['page'],
};

/** The words of one type in one language; `{name}` marks where a value goes. */
export interface AttestationTexts {
  /** What the document is called, on the page and in its metadata; without placeholders. */
  readonly title: string;
  /** The subject of the eBox message, at most 400 characters; without placeholders. */
  readonly subject: string;
  /** Words by key: labels of fields and columns, headings, paragraphs. */
  readonly words: Readonly<Record<string, string>>;
}

/** The institution in whose name attestations are issued, as `templates/brand/brand.yaml` describes it. */
export interface Issuer {
  readonly enterpriseNumber: string;
  readonly name: Readonly<Record<DocumentLanguage | 'en', string>>;
  readonly shortName: Readonly<Record<DocumentLanguage | 'en', string>>;
  readonly address: Readonly<Record<DocumentLanguage | 'en', readonly string[]>>;
  readonly contact: { readonly email: string; readonly telephone: string; readonly website: string };
  /** Hexadecimal colour `#rrggbb` of headings and rules. */
  readonly colour: string;
}

/** The emblem of the issuer: one SVG path filled by the even-odd rule in the issuer's colour. */
export interface Emblem {
  /** Width and height of the coordinate system that the path is drawn in, from 0,0 at the top left. */
  readonly width: number;
  readonly height: number;
  readonly path: string;
}
