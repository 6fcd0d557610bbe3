/** The message registry's own contract, as a judge of our answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { specsFolder } from '../support/needs.ts';

export const CONTRACT = 'ebox/message-registry-2.1.yaml';

interface ContractOperation {
  readonly operationId: string;
  readonly description: string;
  readonly produces?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly schema?: object }>>;
}

export interface Contract {
  readonly operations: readonly ContractOperation[];
  operation(operationId: string): ContractOperation;
  /** Gives the faults of a value in the light of a definition such as `Message`. */
  faults(definition: string, value: unknown): string;
  /** Gives the faults of an operation's answer; an answer of a status that the contract does not name is one. */
  answerFaults(operationId: string, status: number, value: unknown): string;
}

/** Reads the contract (Swagger 2.0), whose definitions are JSON schemas. */
export function readContract(): Contract {
  const contract = parse(readFileSync(join(specsFolder, CONTRACT), 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, ContractOperation>>>>;
    readonly definitions: Readonly<Record<string, object>>;
  };
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ definitions: contract.definitions }, 'registry');
  const operations = Object.values(contract.paths).flatMap((methods) => Object.values(methods));
  const operation = (operationId: string) => {
    const found = operations.find((one) => one.operationId === operationId);
    if (found === undefined) throw new Error(`the contract has no operation ${operationId}`);
    return found;
  };
  const validate = (schema: object, value: unknown) => {
    const text = JSON.stringify(schema).replaceAll('"#/definitions/', '"registry#/definitions/');
    return ajv.validate(JSON.parse(text) as object, value) ? '' : ajv.errorsText();
  };
  return {
    operations,
    operation,
    faults: (definition, value) => validate({ $ref: `#/definitions/${definition}` }, value),
    answerFaults: (operationId, status, value) => {
      const { schema } = operation(operationId).responses[status] ?? {};
      return schema === undefined ? `status ${status} is not in the contract` : validate(schema, value);
    },
  };
}
