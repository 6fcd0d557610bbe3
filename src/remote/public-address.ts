/** Which addresses are somebody's on the internet, and which are inside: of this machine, of a private network, of nobody. */
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Special-purpose addresses (IANA registries of RFC 6890) that nothing public answers at. */
const INSIDE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  INSIDE.addSubnet(network, prefix, 'ipv4');

/** Of IPv6 only what is handed out to the public is outside: not documentation, not addresses that lead to an IPv4 one. */
const OUTSIDE_V6 = new BlockList();
OUTSIDE_V6.addSubnet('2000::', 3, 'ipv6');
const INSIDE_V6 = new BlockList();
INSIDE_V6.addSubnet('2001::', 23, 'ipv6');
INSIDE_V6.addSubnet('2001:db8::', 32, 'ipv6');
INSIDE_V6.addSubnet('2002::', 16, 'ipv6');
INSIDE_V6.addSubnet('3fff::', 20, 'ipv6');

/** Tells whether an IP address, without brackets, is one on the internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !INSIDE.check(address, 'ipv4');
  return isIP(address) === 6 && OUTSIDE_V6.check(address, 'ipv6') && !INSIDE_V6.check(address, 'ipv6');
}

/** Thrown by the look-up below: the connection is never made. */
export class InsideAddress extends Error {}

/**
 * A look-up for connections: what the name leads to at that moment is what is connected to, so that a name that led
 * elsewhere when it was checked (DNS rebinding) leads nowhere.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '');
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(new InsideAddress(`${hostname} leads inside`), '');
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
