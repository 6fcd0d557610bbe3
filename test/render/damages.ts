/** One way to break each rule of the checker, on a document that keeps them all. */

export interface Damage {
  /** The rule that must find it. */
  readonly rule: string;
  /** What is done, where a rule can be broken in more than one way. */
  readonly how?: string;
  /** Changes the document unpacked, or as it is. */
  readonly on: 'opened' | 'bytes';
  readonly edit: (text: string) => string;
}

const opened = (rule: string, pattern: string | RegExp, by: string, how?: string): Damage => ({
  rule,
  ...(how !== undefined && { how }),
  on: 'opened',
  edit: (text) => text.replace(pattern, by),
});
const bytes = (rule: string, pattern: string | RegExp, by: string): Damage => ({
  rule,
  on: 'bytes',
  edit: (text) => text.replace(pattern, by),
});
const inCatalog = (rule: string, entry: string, how?: string) =>
  opened(rule, '/Type /Catalog\n', `/Type /Catalog\n${entry}\n`, how);
const inWidget = (rule: string, entry: string, how?: string) =>
  opened(rule, '/Subtype /Widget\n', `/Subtype /Widget\n${entry}\n`, how);
const inPacket = (rule: string, pattern: string | RegExp, by: string, how?: string) =>
  opened(rule, pattern, by, how);

/** Where the content of a page begins. */
const START = /(?<=stream\n)1 0 0 -1 0 841\.89 cm\n/;

export const DAMAGES: readonly Damage[] = [
  bytes('header', /^%PDF-1\.7\n%.{4}/, '%PDF-1.7\n%abcd'),
  opened('identifier', /\/ID \[<(\w+)> <\w+>\]/, '/ID [<$1>]'),
  opened('encryption', '\n/Root', '\n/Encrypt <<>>\n/Root'),
  bytes('end', /$/, 'more'),
  bytes('revision', /\/Info \d+ 0 R/, '/Prev 9\n$&'),
  bytes('table', /00000 n \ntrailer/, '00000 n\ntrailer'),
  opened('hexadecimal', /\/CheckSum <\w/, '/CheckSum <'),
  opened('length', /(\/Type \/Metadata\n[^]*?)>>\nstream/, '$1/Length 20\n>>\nstream'),
  opened('outside', '/Type /Metadata\n', '/Type /Metadata\n/F (elsewhere)\n'),
  opened('filter', '/Type /Metadata\n', '/Type /Metadata\n/Filter /LZWDecode\n'),
  inCatalog('limits', '/Version 3000000000', 'by a number'),
  inCatalog('limits', `/${'x'.repeat(128)} 1`, 'by a name'),
  opened('limits', START, `$&${'q '.repeat(29)}${'Q '.repeat(29)}`, 'by nested states'),
  opened('orphan', /^trailer\n/m, '999 0 obj\n<<\n>>\nendobj\ntrailer\n', 'by an object'),
  inCatalog('orphan', '/Deep 998 0 R', 'by a reference'),
  opened('operator', START, '$&1 foo\n', 'by a word'),
  opened('operator', START, '$&q\n', 'by a state left open'),
  opened('resources', /\/F1 (\d+ 0 R)/, '/F9 $1'),
  opened('intent', /\/OutputIntents \[\d+ 0 R\]\n/, '', 'by its absence'),
  opened('intent', '/S /GTS_PDFA1', '/S /GTS_PDFX', 'by another kind'),
  opened('intent', '/N 3\n', '/N 4\n', 'by another number of colours'),
  opened('colour', START, '$&0 0 0 1 k\n', 'by an operator'),
  opened('colour', '/DeviceRGB cs', '/DeviceCMYK cs', 'by a space'),
  inCatalog('state', '/Deep <</TR /Identity>>'),
  inCatalog('picture', '/Deep <</Interpolate true>>'),
  inCatalog('transparency', '/Deep <</ca 0.5>>', 'by a constant'),
  opened('transparency', '/Type /Page\n', '/Type /Page\n/Group <</S /Transparency>>\n', 'by a group'),
  opened('unmarked', START, '$&0 0 1 1 re f\n'),
  opened('mixed', /\/P<<\/MCID 1>>BDC\n/, '$&/Artifact BMC EMC\n', 'by an artifact in a paragraph'),
  opened('mixed', START, '$&/Span BMC EMC\n', 'by what is neither'),
  opened('embedded', /\/FontFile2 \d+ 0 R\n/, '', 'by its absence'),
  opened('embedded', /\/Length1 \d+/, '/Length1 9', 'by another length'),
  opened('composite', '/CIDToGIDMap /Identity\n', ''),
  opened('names', /\/FontName \/[A-Z]+\+/, '/FontName /'),
  opened('widths', /\/W \[0 \[(\d+) (\d+) (\d+)/, '/W [0 [$1 999 999'),
  opened('unicode', /(?<=beginbfrange\n[^\n]*\[)<0000> <0020>/, '<0000> <0000>', 'by a code without text'),
  opened('unicode', /\/ToUnicode \d+ 0 R\n/, '', 'by no map'),
  opened('notdef', /(?<=\nBT \/F1[^\n]*\n[^\n]*?\(..)../, '\0\0'),
  opened('annotation', '/Subtype /Widget\n', '/Subtype /Link\n', 'by another kind'),
  opened('annotation', /\/Annots \[(\d+ 0 R)\]/, '/Annots [$1 $1]', 'by a second one'),
  opened('flags', '/F 132\n', '/F 134\n', 'by one hidden'),
  opened('flags', '/F 132\n', '', 'by none'),
  opened('appearance', /\/AP <<\n\/N \d+ 0 R\n>>\n/, ''),
  opened('form', '/SigFlags 3\n', '/SigFlags 3\n/NeedAppearances true\n', 'by drawing left to readers'),
  opened('form', '/SigFlags 3\n', '/SigFlags 3\n/XFA []\n', 'by XFA'),
  bytes('seal', /\/ByteRange \[0 (\d+) (\d+) \d/, '/ByteRange [0 $1 $2 0'),
  inCatalog('action', '/OpenAction <</S /GoTo>>', 'by one at the opening'),
  inWidget('action', '/A <</Type /Action /S /URI /URI (x)>>', 'by one of the field'),
  opened('permissions', /(\/DocMDP (\d+ 0 R))/, '$1\n/UR3 $2', 'by a second one'),
  opened('permissions', '/TransformMethod', '/DigestMethod /MD5\n/TransformMethod', 'by a digest'),
  opened('permissions', '/P 1\n/V', '/P 2\n/V', 'by one to fill in'),
  inCatalog('optional', '/OCProperties <<>>', 'by content'),
  inCatalog('optional', '/Requirements []', 'by a requirement'),
  opened('order', '/Tabs /S\n', ''),
  opened('tooltip', /\/TU \([^)]*\)\n/, '/TU ()\n'),
  opened('widget', '/S /Form\n', '/S /P\n'),
  inPacket('packet', '</rdf:RDF>', '', 'by broken XML'),
  inPacket('packet', 'd"?>', 'd" encoding="UTF-8"?>', 'by an encoding'),
  inPacket('archive', '<pdfaid:part>3<', '<pdfaid:part>2<', 'by another part'),
  inPacket('archive', '<pdfaid:conformance>A<', '<pdfaid:conformance>B<', 'by another level'),
  inPacket('accessible', '<pdfuaid:part>1<', '<pdfuaid:part><'),
  inPacket('extension', /<pdfaSchema:prefix>pdfuaid<\/pdfaSchema:prefix>\n/, '', 'by a part of it'),
  inPacket('extension', 'http://www.aiim.org/pdfua/ns/id/</', 'http://example.org/</', 'by another schema'),
  inPacket('information', /(?<=x-default">)/, 'Other ', 'by the title'),
  inPacket('information', /<xmp:CreateDate>2/, '<xmp:CreateDate>1', 'by the time'),
  opened('title', '/DisplayDocTitle true', '/DisplayDocTitle false', 'by hiding it'),
  inPacket('title', /(?<=x-default">)[^<]*/, '', 'by its absence'),
  opened('language', /\/Lang \(nl-BE\)\n/, '', 'by its absence'),
  opened('language', '(nl-BE)', '(fr-BE)', 'by another than the packet says'),
  opened('marked', '/Marked true', '/Marked false', 'by denying it'),
  opened('marked', '/Marked true', '/Marked true\n/Suspects true', 'by doubting it'),
  opened('tree', /(?<=\/S \/H1\n)\/P \d+/, '/P 1', 'by another parent'),
  opened('tree', '/S /Document\n', '/S /Sect\n', 'by another root'),
  opened('type', '/Type /StructTreeRoot\n', '/Type /StructTreeRoot\n/RoleMap <</P /Span>>\n', 'by a role'),
  opened('type', '/S /H1\n', '/S /Headline\n', 'by a type of our own'),
  opened('nesting', '/S /LI\n', '/S /P\n'),
  opened('empty', /(?<=\/S \/P\n\/P \d+ 0 R\n)\/K \[\d+\]\n/, ''),
  opened('parents', /\/P<<\/MCID 1>>BDC/, '/P<</MCID 2>>BDC', 'by a number twice'),
  opened('parents', /(?<=\/S \/P\n\/P \d+ 0 R\n)\/K \[\d+\]/, '/K [77]', 'by an element with other content'),
  opened('parents', /(\/Nums \[\s*0 \[)\d+ 0 R/, '$15 0 R', 'by another element'),
  opened('parents', /\/H1<</, '/P<<', 'by another tag'),
  opened('reference', /\/StructParent 1\n/, '/StructParent 0\n', 'by the annotation'),
  opened('reference', /\/ParentTreeNextKey \d+/, '/ParentTreeNextKey 1', 'by the next number'),
  opened('figure', /\/Alt \([^)]*\)\n/, '', 'without words'),
  opened('figure', /\/BBox \[[^\]]*\]\n(?=>>\n\/P)/, '', 'without a box'),
  opened('heading', '/S /H2\n', '/S /H3\n', 'by a level left out'),
  opened('heading', '/S /H2\n', '/S /H1\n', 'by two of the first'),
  opened('list', '/S /LBody\n', '/S /Lbl\n'),
  opened('rows', /\/ColSpan 2\n/, '', 'by a short row'),
  opened('rows', /(\/S \/TR\n\/P \d+ 0 R\n\/K \[\d+ 0 R \d+ 0 R) \d+ 0 R/, '$1', 'by a cell left out'),
  opened('scope', /\/Scope \/Column\n/, '', 'without one'),
  opened('scope', /\/S \/TH\n(?=\/A <<\n\/O \/Table\n\/Scope \/Row)/, '/S /TD\n', 'by a row without header'),
  opened('specification', '/AFRelationship /Data\n', '', 'without a relationship'),
  opened('specification', '/UF (attestation.json)\n', '', 'without its second name'),
  opened('media', '/Subtype /application#2Fjson\n', ''),
  opened('checksum', /\/CheckSum <\w\w/, '/CheckSum <00', 'by the sum'),
  opened('checksum', /(?<=\/Params <<\n)\/Size \d+/, '/Size 1', 'by the size'),
  opened('associated', /\/AF \[\d+ 0 R\]\n/, '', 'without the catalogue'),
  inCatalog('associated', '/Deep <</Type /Filespec /F (a) /UF (a)>>', 'by a second file'),
];
