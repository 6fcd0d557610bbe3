/** Ways to spoil the templates, one at a time, by file. */

/** One thing spoiled: `from` becomes `to` in the file; the complaint must name `key` and the line that holds `at`. */
export interface Spoiled {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly key?: string;
  readonly at?: string;
}

export const SPOILED: Readonly<Record<string, readonly Spoiled[]>> = {
  'quarantine/type.yaml': [
    { what: 'a key is missing', from: 'numberPrefix: QUA\n', to: '', key: 'numberPrefix' },
    {
      what: 'a key within another is missing',
      from: '  id: quarantine-declaration-attestation\n',
      to: '',
      key: 'messageType.id',
      at: 'messageType:',
    },
    {
      what: 'a key is not known',
      from: 'ssin: full',
      to: 'ssin: full\nlegalBasis: none',
      key: 'legalBasis',
      at: 'legalBasis',
    },
    {
      what: 'a number is written as text',
      from: 'version: 1',
      to: "version: '1'",
      key: 'version',
      at: 'version:',
    },
    {
      what: 'a case key does not exist',
      from: '[employer, month]',
      to: '[employer, year]',
      key: 'case[1]',
      at: 'case:',
    },
    {
      what: 'a day does not exist',
      from: 'until: 2022-12-31',
      to: 'until: 2022-12-32',
      key: 'declarations[0].startingDate.until',
      at: 'until: 2022-12-32',
    },
    {
      what: 'a joint committee lost its quotation marks',
      from: "jointCommittees: ['144', '145', '322']",
      to: "jointCommittees:\n      - '144'\n      - 145",
      key: 'declarations[0].jointCommittees[1]',
      at: '- 145',
    },
    {
      what: 'a block of the layout is of no known kind',
      from: 'kind: paragraph',
      to: 'kind: picture',
      key: 'layout[2].kind',
      at: 'kind: picture',
    },
    {
      what: 'a field does not exist',
      from: '[holder, ssin]',
      to: '[holder, diagnosis]',
      key: 'layout[3].fields[1]',
      at: 'diagnosis',
    },
    { what: 'a key is there twice', from: 'ssin: full', to: 'ssin: full\nssin: masked', at: 'ssin: masked' },
    {
      what: 'the file is no YAML',
      from: 'case: [employer, month]',
      to: 'case: [employer, month',
      at: 'status: quarantine',
    },
  ],
  'quarantine/fr.yaml': [
    {
      what: 'a word that the layout prints is missing',
      from: '  person: Personne\n',
      to: '',
      key: 'words.person',
      at: 'words:',
    },
    {
      what: 'a word of the frame is said anew in one language only',
      from: '  person: Personne\n',
      to: '  person: Personne\n  checkHeading: Vraie ?\n',
      key: 'words.checkHeading',
      at: 'checkHeading',
    },
    {
      what: 'the title holds a placeholder',
      from: 'title: Attestation',
      to: 'title: Attestation {holder}',
      key: 'title',
      at: 'title:',
    },
  ],
  'quarantine/de.yaml': [
    {
      what: 'a word is printed nowhere',
      from: '  person: Person\n',
      to: '  person: Person\n  persona: Person\n',
      key: 'words.persona',
      at: 'persona',
    },
    {
      what: 'a placeholder is missing in one language',
      from: 'Tage in Quarantäne, {month}',
      to: 'Tage in Quarantäne',
      key: 'words.days',
      at: 'days: Tage',
    },
  ],
  'quarantine/nl.yaml': [
    {
      what: 'a placeholder is not known',
      from: 'Dagen in quarantaine, {month}',
      to: 'Dagen in quarantaine, {maand}',
      key: 'words.days',
      at: '{maand}',
    },
    {
      what: 'a brace is left open',
      from: 'numberOfDays: Aantal dagen',
      to: "numberOfDays: 'Aantal dagen {'",
      key: 'words.numberOfDays',
      at: 'Aantal dagen {',
    },
    {
      what: 'the subject is longer than the eBox takes',
      from: 'subject: Uw attest',
      to: `subject: Uw ${'lange '.repeat(70)}attest`,
      key: 'subject',
      at: 'subject:',
    },
    {
      what: 'a text holds a line break',
      from: 'person: Persoon',
      to: 'person: |\n    Persoon\n    of dier\n',
      key: 'words.person',
      at: 'person: |',
    },
  ],
  'brand/fr.yaml': [
    {
      what: 'a word of the frame is missing',
      from: "sealName: 'Cachet",
      to: "sealTitle: 'Cachet",
      key: 'sealName',
    },
  ],
  'brand/nl.yaml': [
    {
      what: 'a number of pages is named where there are none',
      from: 'continued: Vervolg op pagina {page}',
      to: 'continued: Vervolg op pagina {page} van {pages}',
      key: 'continued',
      at: 'continued:',
    },
  ],
  'brand/brand.yaml': [
    {
      what: 'the check digits of the issuer are wrong',
      from: "'1912345694'",
      to: "'1912345695'",
      key: 'enterpriseNumber',
      at: 'enterpriseNumber:',
    },
    {
      what: 'the colour cannot be read on white',
      from: "'#1d4f6e'",
      to: "'#7fb2d0'",
      key: 'colour',
      at: 'colour: ',
    },
    { what: 'the emblem is no path', from: 'M32 0A32', to: '<svg>M32 0A32', key: 'emblem.path', at: 'path:' },
    {
      what: 'the name is missing in a language',
      from: '  en: Demonstration Service for Social Attestations\n',
      to: '',
      key: 'name.en',
      at: 'name:',
    },
  ],
  'reference/municipalities.csv': [
    {
      what: 'a municipality has a bad code',
      from: '11004,Boechout',
      to: '1104,Boechout',
      key: 'nisCode',
      at: '1104,Boechout',
    },
    {
      what: 'a municipality has a cell too many',
      from: '11004,Boechout',
      to: '11004,,Boechout',
      at: '11004,,Boechout',
    },
    {
      what: 'a municipality is there twice',
      from: '11004,Boechout',
      to: '11002,Boechout',
      key: 'nisCode',
      at: '11002,Boechout',
    },
    {
      what: 'a municipality is merged into one that is not there',
      from: '2024-12-31,46030',
      to: '2024-12-31,99999',
      key: 'mergedInto',
      at: '2024-12-31,99999',
    },
    {
      what: 'the columns of the municipalities are others',
      from: 'nisCode,nl,fr',
      to: 'nisCode,fr,nl',
      at: 'nisCode,fr,nl',
    },
  ],
  'reference/joint-committees.yaml': [
    {
      what: 'a joint committee lacks a language',
      from: ', de: Gartenbau',
      to: '',
      key: '145.de',
      at: "'145'",
    },
  ],
  'mail/nl.yaml': [
    {
      what: 'the notice would name the person',
      from: 'heading: Er staat',
      to: "heading: '{holder}, er staat",
      at: 'heading',
    },
  ],
  'mail/de.yaml': [
    {
      what: 'the notice is in another language than its file',
      from: 'language: de',
      to: 'language: fr',
      key: 'language',
      at: 'language: fr',
    },
  ],
};
