/** Validates XML against a schema of the outside world, with libxml2. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XmlDocument, XmlValidateError, XsdValidator } from 'libxml2-wasm';
import { specsFolder } from './needs.ts';

/** What a schema has against an instance. */
export interface XsdError {
  readonly line: number;
  readonly message: string;
}

/** Reads a schema of ../shared/specs; gives a function that tells everything an instance has wrong. */
export function xsdValidator(path: string): (xml: string) => readonly XsdError[] {
  const schema = XmlDocument.fromBuffer(readFileSync(join(specsFolder, path)));
  const validator = XsdValidator.fromDoc(schema);
  return (xml) => {
    const document = XmlDocument.fromString(xml);
    try {
      validator.validate(document);
      return [];
    } catch (error) {
      if (error instanceof XmlValidateError)
        return error.details.map(({ line, message }) => ({ line, message: message.trim() }));
      throw error;
    } finally {
      document.dispose();
    }
  };
}
