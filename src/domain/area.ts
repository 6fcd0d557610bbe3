/** Larger areas than municipalities: provinces and regions, by their REFNIS codes. */
import type { Region } from './municipality.ts';
import { type Words, words } from './words.ts';

export interface Area {
  readonly code: string;
  readonly name: Words;
  /** What it is a part of; missing: nothing larger. */
  readonly within?: string;
}

export const COUNTRY = 'BE';

/** The regions, and the provinces that two of them have (REFNIS, Statbel). */
export const AREAS: readonly Area[] = [
  { code: COUNTRY, name: words('België', 'Belgique', 'Belgien', 'Belgium') },
  region('VLG', words('Vlaams Gewest', 'Région flamande', 'Flämische Region', 'Flemish Region')),
  region('WAL', words('Waals Gewest', 'Région wallonne', 'Wallonische Region', 'Walloon Region')),
  region(
    'BRU',
    words(
      'Brussels Hoofdstedelijk Gewest',
      'Région de Bruxelles-Capitale',
      'Region Brüssel-Hauptstadt',
      'Brussels-Capital Region',
    ),
  ),
  province('10000', 'VLG', words('Antwerpen', 'Anvers', 'Antwerpen', 'Antwerp')),
  province('20001', 'VLG', words('Vlaams-Brabant', 'Brabant flamand', 'Flämisch-Brabant', 'Flemish Brabant')),
  province('20002', 'WAL', words('Waals-Brabant', 'Brabant wallon', 'Wallonisch-Brabant', 'Walloon Brabant')),
  province('30000', 'VLG', words('West-Vlaanderen', 'Flandre occidentale', 'Westflandern', 'West Flanders')),
  province('40000', 'VLG', words('Oost-Vlaanderen', 'Flandre orientale', 'Ostflandern', 'East Flanders')),
  province('50000', 'WAL', words('Henegouwen', 'Hainaut', 'Hennegau', 'Hainaut')),
  province('60000', 'WAL', words('Luik', 'Liège', 'Lüttich', 'Liège')),
  province('70000', 'VLG', words('Limburg', 'Limbourg', 'Limburg', 'Limburg')),
  province('80000', 'WAL', words('Luxemburg', 'Luxembourg', 'Luxemburg', 'Luxembourg')),
  province('90000', 'WAL', words('Namen', 'Namur', 'Namur', 'Namur')),
];

function region(code: Region, name: Words): Area {
  return { code, name, within: COUNTRY };
}

function province(code: string, within: Region, name: Words): Area {
  return { code, name, within };
}

/** The province of a municipality, by the first digits of its code; in Brussels its region. */
export function areaOf(nisCode: string): string {
  if (nisCode.startsWith('21')) return 'BRU';
  if (nisCode.startsWith('25')) return '20002';
  return nisCode.startsWith('2') ? '20001' : `${nisCode[0]}0000`;
}
