/** How anomalies are told, against the NSSO glossary of zones and blocks where it is at hand. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { z } from 'zod';
import { describeAnomaly, propertyOf, tagOf } from '../../src/dimona/anomalies.ts';
import { isBlockTag } from '../../src/dimona/blocks.ts';
import { declarationSchema } from '../../src/dimona/json-schema.ts';
import { isZoneTag, ZONES, type ZoneTag } from '../../src/dimona/zones.ts';
import { ANOMALY_CLASSES, type AnomalyCode, classOf, isAnomalyCode } from '../../src/domain/anomaly.ts';
import { DOCUMENT_LANGUAGES } from '../../src/domain/language.ts';
import { needsSpec, specsFolder } from '../support/needs.ts';

const CODES = Object.keys(ANOMALY_CLASSES).filter(isAnomalyCode);

interface GlossaryEntry {
  readonly title: string;
  readonly tag: string;
  readonly anomalies: ReadonlyMap<string, { readonly title: string; readonly weight: string }>;
}

const FILES = ['dimona/zones-dimona-2023-2-nl.xml', 'dimona/functional-blocks-dimona-2023-2-nl.xml'];

/** Reads both parts of the glossary; undefined, with the test skipped, where one is missing. */
function readGlossary(t: TestContext): ReadonlyMap<string, GlossaryEntry> | undefined {
  if (!FILES.every((file) => needsSpec(t, file))) return undefined;
  const text = FILES.map((file) => readFileSync(join(specsFolder, file), 'latin1')).join('');
  const entries = new Map<string, GlossaryEntry>();
  for (const [, entry = ''] of text.matchAll(
    /<(?:glossary|FunctionalBlock)>(.*?)<\/(?:glossary|FunctionalBlock)>/gs,
  )) {
    const field = (name: string) =>
      unescape(new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(entry)?.[1] ?? '');
    const anomalies = [
      ...entry.matchAll(
        /<AnomalieCode>(.+?)<\/AnomalieCode><AnomalieTitel>(.*?)<\/AnomalieTitel><AnomalieErnst>(.*?)</g,
      ),
    ];
    entries.set(field('Code'), {
      title: field('Titel') || field('Naam'),
      tag: field('XmlLabel'),
      anomalies: new Map(
        anomalies.map(([, code = '', title = '', weight = '']) => [code, { title: unescape(title), weight }]),
      ),
    });
  }
  return entries;
}

/** Asserts that Dutch words and class of an anomaly are the glossary's. */
function assertSaidLike(code: AnomalyCode, entry: GlossaryEntry | undefined) {
  const anomaly = entry?.anomalies.get(code);
  const words = `${entry?.title} – ${anomaly?.title}`;
  assert.equal(describeAnomaly(code).nl.toLowerCase(), words.toLowerCase(), code);
  assert.equal(classOf(code), anomaly?.weight, code);
}

function unescape(text: string): string {
  return text.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

describe('describeAnomaly', () => {
  it('has words for every code in every language, short enough for a label', () => {
    for (const code of CODES) {
      const texts = describeAnomaly(code);
      for (const language of DOCUMENT_LANGUAGES) assert.match(texts[language], /^\S.+\S – \S.{3,498}$/, code);
      assert.equal(new Set(Object.values(texts)).size, 3, code);
    }
  });
  it('tells codes apart', () => {
    for (const language of DOCUMENT_LANGUAGES)
      assert.equal(new Set(CODES.map((code) => describeAnomaly(code)[language])).size, CODES.length);
  });

  describe('beside the glossary', () => {
    it('knows no code that the glossary does not, but the one it names as ours', (t) => {
      const glossary = readGlossary(t);
      if (glossary === undefined) return;
      const missing = CODES.filter((code) => !glossary.get(code.slice(0, 5))?.anomalies.has(code));
      assert.deepEqual(missing, ['90059-003']);
    });
    it('uses its words in Dutch, its class and its element name', (t) => {
      const glossary = readGlossary(t);
      if (glossary === undefined) return;
      for (const code of CODES) {
        const entry = glossary.get(code.slice(0, 5));
        assert.equal(tagOf(code), entry?.tag, code);
        if (code !== '90059-003') assertSaidLike(code, entry);
      }
    });
    it('tells every anomaly of form that the glossary has for a zone it reads', (t) => {
      const glossary = readGlossary(t);
      if (glossary === undefined) return;
      const untold = (Object.keys(ZONES) as ZoneTag[]).filter((tag) => {
        const code = `${ZONES[tag].code}-003`;
        return glossary.get(ZONES[tag].code)?.anomalies.has(code) !== isAnomalyCode(code);
      });
      assert.deepEqual(untold, []);
    });
  });
});

describe('tagOf', () => {
  it('names an element of the message', () => {
    for (const code of CODES) assert.ok(isZoneTag(tagOf(code)) || isBlockTag(tagOf(code)), code);
    assert.equal(tagOf('00911-008'), 'EndingDate');
    assert.equal(tagOf('90373-460'), 'DimonaIn');
  });
});

describe('propertyOf', () => {
  it('is a property of the JSON declaration, or the whole of it', () => {
    for (const code of CODES) {
      const path = propertyOf(code);
      if (path !== '') assert.notEqual(schemaAt(path), undefined, `${code} ${path}`);
    }
  });
  it('is the whole only for what the JSON declaration has no property for', () => {
    const whole = new Set(CODES.filter((code) => propertyOf(code) === '').map(tagOf));
    const onlyXml = [
      'FormCreationDate',
      'ReferenceNbr',
      'Identification',
      'WorkerStatus',
      'Denomination',
      'Form',
    ];
    for (const tag of onlyXml) assert.ok(whole.has(tag), tag);
    for (const tag of ['INSS', 'StartingDate', 'WorkerType', 'NaturalPerson', 'EmployerId'])
      assert.ok(!whole.has(tag), tag);
  });
  it('follows the action declared', () => {
    const code: AnomalyCode = '00911-008';
    assert.equal(propertyOf(code), 'dimonaIn.endDate');
    assert.equal(propertyOf(code, 'update'), 'dimonaUpdate.endDate');
    assert.equal(propertyOf(code, 'out'), 'dimonaOut.endDate');
    assert.equal(propertyOf('00913-355', 'cancel'), 'dimonaCancel.periodId');
    assert.equal(propertyOf('00024-003', 'update'), 'worker.ssin');
  });
});

/** Walks down a schema of objects. */
function schemaAt(path: string): z.ZodType | undefined {
  let schema: z.ZodType | undefined = declarationSchema;
  for (const step of path.split('.')) {
    while (schema && 'unwrap' in schema) schema = (schema as z.ZodOptional<z.ZodType>).unwrap();
    schema = (schema as z.ZodObject | undefined)?.shape?.[step] as z.ZodType | undefined;
  }
  return schema;
}
