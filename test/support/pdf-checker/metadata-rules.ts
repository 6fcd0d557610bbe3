/** Rules on what the file says of itself: the packet of metadata and what must agree with it. */
import { RDF } from './packet.ts';
import { type Rule, unless } from './rule.ts';
import { textOf } from './values.ts';

const PDFA = 'http://www.aiim.org/pdfa/ns/id/';
const PDFUA = 'http://www.aiim.org/pdfua/ns/id/';
const EXTENSION = 'http://www.aiim.org/pdfa/ns/extension/';
const SCHEMA = 'http://www.aiim.org/pdfa/ns/schema#';
const PROPERTY = 'http://www.aiim.org/pdfa/ns/property#';
const DC = 'http://purl.org/dc/elements/1.1/';
const XMP = 'http://ns.adobe.com/xap/1.0/';
const PDF = 'http://ns.adobe.com/pdf/1.3/';

/** Schemas that need no description (ISO 19005-3, 6.6.2.3.1), those of them that we use. */
const PREDEFINED = new Set([PDFA, DC, XMP, PDF, EXTENSION]);

/** What the information dictionary and the packet both say (ISO 19005-3, 6.6.3). */
const SAME: Readonly<Record<string, string>> = {
  '/Title': `${DC}title`,
  '/Author': `${DC}creator`,
  '/Creator': `${XMP}CreatorTool`,
  '/Producer': `${PDF}Producer`,
  '/CreationDate': `${XMP}CreateDate`,
  '/ModDate': `${XMP}ModifyDate`,
};

export const METADATA_RULES: readonly Rule[] = [
  {
    id: 'packet',
    clause: 'A 6.6.2.1',
    says: 'The catalogue has a packet of metadata in well-formed XML, whose header names neither bytes nor encoding.',
    broken: ({ file, packet }) => {
      const stream = file.dictionary(file.catalog.get('/Metadata'));
      const isTyped = stream.get('/Type') === '/Metadata' && stream.get('/Subtype') === '/XML';
      const header = /^<\?xpacket begin="[^"]*" id="W5M0MpCehiHzreSzNTczkc9d"\?>/;
      return unless(
        isTyped && packet.fault === undefined && header.test(packet.text),
        packet.fault ?? '/Metadata',
      );
    },
  },
  {
    id: 'archive',
    clause: 'A 6.6.4',
    says: 'The packet claims PDF/A-3a.',
    broken: ({ packet: { texts } }) =>
      unless(texts.get(`${PDFA}part`) === '3' && texts.get(`${PDFA}conformance`) === 'A', 'pdfaid'),
  },
  {
    id: 'accessible',
    clause: 'UA 5',
    says: 'The packet claims PDF/UA-1.',
    broken: ({ packet: { texts } }) => unless(texts.get(`${PDFUA}part`) === '1', 'pdfuaid'),
  },
  {
    id: 'extension',
    clause: 'A 6.6.2.3',
    says: 'Every schema of the packet is predefined or described, with each of its properties.',
    broken: ({ packet: { texts, namespaces } }) => {
      const described = texts.get(`${SCHEMA}namespaceURI`);
      const foreign = [...namespaces].filter(
        (one) => !PREDEFINED.has(one) && one !== described && one !== RDF,
      );
      const isWhole = ['schema', 'namespaceURI', 'prefix', 'property'].every((name) =>
        texts.get(`${SCHEMA}${name}`),
      );
      const isListed = ['name', 'valueType', 'category', 'description'].every((name) =>
        texts.get(`${PROPERTY}${name}`),
      );
      const category = texts.get(`${PROPERTY}category`) ?? '';
      const isRight = isWhole && isListed && ['internal', 'external'].includes(category);
      return [...foreign, ...unless(described === undefined || isRight, 'a schema half described')];
    },
  },
  {
    id: 'information',
    clause: 'A 6.6.3',
    says: 'What the information dictionary says, the packet says too.',
    broken: ({ file, packet: { texts } }) => {
      const information = file.dictionary(file.trailer.get('/Info'));
      return Object.entries(SAME).flatMap(([key, name]) => {
        const said = textOf(file.resolve(information.get(key)));
        const inPacket = texts.get(name);
        const isSame = said === inPacket || (said?.startsWith('D:') === true && timeOf(said) === inPacket);
        return unless(said === undefined || isSame, key);
      });
    },
  },
  {
    id: 'title',
    clause: 'UA 7.1',
    says: 'The document has a title, which the window shows.',
    broken: ({ file, packet: { texts } }) => {
      const preferences = file.dictionary(file.catalog.get('/ViewerPreferences'));
      return [
        ...unless((texts.get(`${DC}title`) ?? '') !== '', 'dc:title'),
        ...unless(preferences.get('/DisplayDocTitle') === true, '/DisplayDocTitle'),
      ];
    },
  },
  {
    id: 'language',
    clause: 'A 6.7.4, UA 7.2',
    says: 'The document says its language.',
    broken: ({ file, packet: { texts } }) => {
      const language = textOf(file.catalog.get('/Lang')) ?? '';
      return unless(/^[a-z]{2}-[A-Z]{2}$/.test(language) && texts.get(`${DC}language`) === language, '/Lang');
    },
  },
];

/** `D:20261121150405Z` as the packet writes it. */
function timeOf(date: string): string {
  return date.replace(/^D:(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
}
