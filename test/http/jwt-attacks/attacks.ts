/** Access tokens as forgers make them: each attack with its twin, the same request without the one thing that is wrong. */
import { bindingAttacks } from './binding.ts';
import { callerAttacks, claimAttacks, timeAttacks } from './claims.ts';
import { algorithmAttacks, signatureAttacks } from './cryptography.ts';
import { formAttacks } from './form.ts';
import { headerAttacks, keyAttacks } from './header.ts';
import { issuerAttacks } from './issuer.ts';
import { type Attack, makerOf, type Surroundings } from './maker.ts';

/** Lists every attack against a service that trusts `issuer`, and `partner` for organisations with RS256. */
export function attacksOn(where: Surroundings): Attack[] {
  const make = makerOf(where);
  return [
    ...algorithmAttacks(where, make),
    ...signatureAttacks(where, make),
    ...headerAttacks(where, make),
    ...keyAttacks(where, make),
    ...claimAttacks(make),
    ...timeAttacks(make),
    ...callerAttacks(make),
    ...issuerAttacks(where, make),
    ...bindingAttacks(where, make),
    ...formAttacks(make),
  ];
}
