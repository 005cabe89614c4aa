import { BlockList, isIP } from 'node:net'
import { ConfigurationError } from '../errors.js'
import { parseStrings } from './check.js'

/**
 * Reads addresses, and ranges of them such as `10.0.0.0/8`.
 *
 * @returns Whether an address is one of them. An IPv4 address that is written as IPv6 counts as what it is.
 *
 * @throws {@link ConfigurationError} where one is no address, or no range; or where the range is everybody
 */
export function parseAddressRanges(value: unknown, name: string): (address: string) => boolean {
  const ranges = new BlockList()
  for (const text of parseStrings(value, name)) {
    const { address = '', bits } = /^(?<address>[^/%]+)(?:\/(?<bits>\d{1,3}))?$/.exec(text)?.groups ?? {}
    const family = familyOf(address)
    const most = family === 'ipv4' ? 32 : 128
    const prefix = bits === undefined ? most : Number(bits)
    if (family === undefined || prefix > most || hasAllOfIpv4(address, prefix, family)) {
      throw new ConfigurationError(name, 'must be IP addresses, or ranges of them such as 10.0.0.0/8')
    }
    ranges.addSubnet(address, prefix, family)
  }
  return (remoteAddress) => {
    const [address = ''] = remoteAddress.split('%', 1) // without the zone of IPv6
    const family = familyOf(address)
    return family !== undefined && ranges.check(address, family)
  }
}

/** Such as `::/1`: IPv4 addresses are IPv6 addresses as well (RFC 4291, section 2.5.5.2). */
function hasAllOfIpv4(address: string, prefix: number, family: 'ipv4' | 'ipv6'): boolean {
  const range = new BlockList()
  range.addSubnet(address, prefix, family)
  return range.check('0.0.0.0') && range.check('255.255.255.255')
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6'
}
