import { BlockList, isIP } from 'node:net';

/** Which addresses outside the public internet may be connected to. */
export interface AddressAllowances {
  readonly loopback: 'allowed' | 'refused';
  /** CIDR networks on which agencies' systems live; loopback and link-local stay refused whatever they cover. */
  readonly privateNetworks: readonly string[];
}

// The IANA special-purpose registries (RFC 6890): what is not globally reachable, and the ranges that embed an IPv4
// address and so could smuggle one in (6to4, Teredo, NAT64).
const SPECIAL_V4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24',
  '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
]; // prettier-ignore
const SPECIAL_V6 = [
  '::/128', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20',
  '5f00::/16', 'fc00::/7', 'fec0::/10', 'ff00::/8',
]; // prettier-ignore
const LOOPBACK = ['127.0.0.0/8', '::1/128'];
// Cloud metadata services live here: never an agency.
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];

/** Says of a connected address whether a byte may be sent to it. */
export class AddressPolicy {
  private readonly special = listOf([...SPECIAL_V4, ...SPECIAL_V6]);
  private readonly loopback = listOf(LOOPBACK);
  private readonly linkLocal = listOf(LINK_LOCAL);
  private readonly allowed: BlockList;

  /** Throws RangeError for a network that is not CIDR. */
  constructor(private readonly allowances: AddressAllowances) {
    this.allowed = listOf(allowances.privateNetworks);
  }

  /** False for anything that is not an IP address. */
  permits(address: string): boolean {
    const plain = address.replace(/%.*$/, '');
    const family = isIP(plain);
    if (family === 0) return false;
    const is = (list: BlockList): boolean => list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
    if (is(this.linkLocal)) return false;
    if (is(this.loopback)) return this.allowances.loopback === 'allowed';
    return is(this.allowed) || !is(this.special);
  }

  /** Whether the address is this machine's own, where alone plain HTTP may be spoken. */
  isLoopback(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    const family = isIP(address);
    if (family === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128))
      throw new RangeError(`\`${network}\` is not a network`);
    list.addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
