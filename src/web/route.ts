/** A page as data: where it is, who may see it, what it takes and gives. */
import type { Request, Response } from 'express';
import type { Login } from '../access/session.ts';
import type { DeskRight } from '../domain/desk-right.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Texts } from './texts.ts';
import type { Take, Upload } from './upload.ts';

/** Somebody looking at a page. */
export interface Visit {
  readonly request: Request;
  readonly response: Response;
  readonly traceId: string;
  readonly texts: Texts;
  readonly login: Login | undefined;
  /** The value of a path parameter; empty when the path has none of that name. */
  param(name: string): string;
  /** Takes the files of a form as they arrive, once the form's token was found right. Only on routes with `form: 'file'`. */
  receive<T>(limitBytes: number, take: Take<T>, mostFiles?: number): Promise<Upload<T>>;
}

/** A visit of somebody who is logged in. */
export interface PersonVisit extends Visit {
  readonly login: Login;
}

/** A visit of somebody who is logged in and may act for an organisation. */
export interface OfficialVisit extends Visit {
  readonly login: Login & { readonly organization: EnterpriseNumber };
}

/** A page of `templates/web/views`, shown in the frame of all pages. */
export interface PageReply {
  readonly kind: 'page';
  readonly view: string;
  /** Of the browser's window; the view has its own heading. */
  readonly title: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** 200 unless given. */
  readonly status?: number;
  readonly showsDocument?: boolean;
  /** Somebody may hold a code before the camera. */
  readonly usesCamera?: boolean;
  /** Seconds after which a browser without script reads the page again. */
  readonly refreshSeconds?: number;
}

/** A file; `isInline` shows it in the browser, and inside pages of ours. */
export interface FileReply {
  readonly kind: 'file';
  readonly mediaType: string;
  readonly fileName: string;
  readonly isInline: boolean;
  readonly content: Buffer | AsyncIterable<string | Buffer>;
}

export type Reply = PageReply | FileReply | { readonly kind: 'redirect'; readonly to: string };

interface Common {
  /** In logs: never the address itself, which may hold a code. */
  readonly name: string;
  /** With parameters as Express writes them. */
  readonly path: string;
  /** The address holds a code. */
  readonly isSecretAddress?: boolean;
  /** About who is logged in, whomever they act for. */
  readonly isAboutLogin?: boolean;
  /** Search engines may list the page. */
  readonly isListed?: boolean;
}

type Way =
  | { readonly method: 'get' }
  /** `page` is the last part of the path that a form adds to the page it stands on. */
  | { readonly method: 'post'; readonly form: 'fields' | 'file'; readonly page: string };

type Work =
  | { readonly access: 'public'; handle(visit: Visit): Promise<Reply> }
  | { readonly access: 'person'; handle(visit: PersonVisit): Promise<Reply> }
  | {
      readonly access: 'official';
      /** What the official must be allowed to do; such pages are about their own organisation alone. Missing: any official. */
      readonly right?: DeskRight;
      /** For officials of the institution that runs the service. */
      readonly isForInstitution?: boolean;
      handle(visit: OfficialVisit): Promise<Reply>;
    };

export type PageRoute = Common & Way & Work;
