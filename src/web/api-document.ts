/** The OpenAPI document as pages read it: what is needed of it, by groups. */

export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: ApiSchema;
}

/** A JSON schema, of which pages show a few words and else the text. */
export interface ApiSchema {
  readonly type?: unknown;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly example?: unknown;
}

interface Content {
  readonly schema?: ApiSchema;
  readonly examples?: Readonly<Record<string, { readonly summary?: string; readonly value?: unknown }>>;
}

interface ApiResponse {
  readonly description?: string;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface ApiOperation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: {
    readonly description?: string;
    readonly content: Readonly<Record<string, Content>>;
  };
  readonly responses: Readonly<Record<string, ApiResponse>>;
}

/** Of `GET /doc/openapi.yaml`. */
export interface ApiDocument {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, ApiSchema>> };
}

/** An operation with where it is. */
export interface PlacedOperation extends ApiOperation {
  readonly method: string;
  readonly path: string;
}

/** Operations that belong together. */
export interface ApiGroup {
  /** The last part of its address. */
  readonly slug: string;
  readonly name: string;
  readonly operations: readonly PlacedOperation[];
}

/** Puts operations together by their tag, in the order of the document. */
export function groupsOf({ tags, paths }: ApiDocument): readonly ApiGroup[] {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
  return tags.map(({ name }) => ({
    slug: name.toLowerCase().replace(/\W+/g, '-'),
    name,
    operations: all.filter((one) => one.tags.includes(name)),
  }));
}

/** Gives what a body of an operation can look like: its examples, else its schema with what that refers to. */
export function bodiesOf({ components }: ApiDocument, { requestBody }: ApiOperation) {
  return Object.entries(requestBody?.content ?? {}).map(([mediaType, { schema, examples = {} }]) => ({
    mediaType,
    // Anything else is chosen as a file.
    isText: /json|xml|csv|text|urlencoded/.test(mediaType),
    examples: Object.values(examples).map(({ summary, value }) => ({ summary, text: textOf(value) })),
    schema: schema && textOf(schema),
    parts: schema === undefined ? [] : partsOf(components.schemas, schema),
  }));
}

/** Gives what an answer can look like. */
export function answersOf({ responses }: ApiOperation) {
  return Object.entries(responses).map(([status, { description, content = {} }]) => ({
    status,
    description,
    mediaTypes: Object.keys(content),
    schemas: Object.values(content).flatMap(({ schema }) => (schema === undefined ? [] : [textOf(schema)])),
  }));
}

/** The schemas that one names, and those that these name, each once. */
function partsOf(schemas: ApiDocument['components']['schemas'], schema: ApiSchema) {
  const found = new Map<string, string>();
  const follow = (text: string): void => {
    for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
      const part = schemas[name];
      if (part === undefined || found.has(name)) continue;
      found.set(name, textOf(part));
      follow(textOf(part));
    }
  };
  follow(textOf(schema));
  return [...found].map(([name, text]) => ({ name, text }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? '');
}
