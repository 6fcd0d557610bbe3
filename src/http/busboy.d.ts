/** What is used of busboy 1.6, which has no types of its own. */
declare module 'busboy' {
  import type { Readable, Writable } from 'node:stream';

  export interface FileInfo {
    /** As decoded; undefined for a part that is only binary by its type. */
    readonly filename: string | undefined;
    readonly encoding: string;
    /** `text/plain` where the part does not say. */
    readonly mimeType: string;
  }

  export interface FieldInfo {
    readonly valueTruncated: boolean;
  }

  export interface Parser extends Writable {
    on(event: 'file', listener: (name: string | undefined, stream: Readable, info: FileInfo) => void): this;
    on(event: 'field', listener: (name: string | undefined, value: string, info: FieldInfo) => void): this;
    on(event: 'partsLimit', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export interface Options {
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly defParamCharset?: 'latin1' | 'utf8';
    readonly preservePath?: boolean;
    readonly limits?: {
      readonly fieldSize?: number;
      readonly fieldNameSize?: number;
      readonly parts?: number;
    };
  }

  /** Throws for headers that announce no form. */
  export default function busboy(options: Options): Parser;
}
