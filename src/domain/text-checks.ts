/** The texts of a declaration: each that cannot be read or printed is told by the anomaly of its own zone. */
import type { AnomalyCode } from './anomaly.ts';
import type { Address, DeclaredWorker, UsingEmployer } from './declaration.ts';
import { findTextFault, isPrintable, LONGEST, unfold } from './text.ts';

/**
 * Zones of text, `003` ("invalid") for each that holds what nobody can see. The schema allows any character in them, and
 * a declaration is answered, never dropped. Names are held to their length too, which a CSV row has nothing else for.
 */
export function checkTexts(
  worker: DeclaredWorker | undefined,
  user: UsingEmployer | undefined,
): AnomalyCode[] {
  const { familyName, givenName, initial, birthPlace, address: home } = worker ?? {};
  const names: readonly Zone[] = [
    ['00025-003', familyName, LONGEST.declaredFamilyName],
    ['00026-003', givenName, LONGEST.declaredGivenName],
    // The only one that is printed.
    ['00153-003', user?.name, LONGEST.usingEmployerName],
  ];
  const others: readonly Zone[] = [
    ['00027-003', initial],
    ['00168-003', birthPlace],
    ...addressZones(home, ['00030-003', '00031-003', '00032-003', '00033-003', '00034-003']),
    ...addressZones(user?.address, ['00517-003', '00518-003', '00519-003', '00520-003', '00522-003']),
  ];
  return [
    ...names.filter(([, text, longest = 0]) => text !== undefined && findTextFault(unfold(text), longest)),
    ...others.filter(([, text]) => text !== undefined && !isPrintable(unfold(text))),
  ].map(([code]) => code);
}

type Zone = readonly [code: AnomalyCode, text: string | undefined, longest?: number];

function addressZones(
  address: Address | undefined,
  [street, houseNumber, postBox, postCode, city]: readonly [
    AnomalyCode,
    AnomalyCode,
    AnomalyCode,
    AnomalyCode,
    AnomalyCode,
  ],
): Zone[] {
  return [
    [street, address?.street],
    [houseNumber, address?.houseNumber],
    [postBox, address?.postBox],
    [postCode, address?.postCode],
    [city, address?.city],
  ];
}
