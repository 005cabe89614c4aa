import { describe, expect, test } from '@jest/globals'
import { parseAddressRanges } from '../../src/config/address-range.js'
import { ConfigurationError } from '../../src/errors.js'

describe('address ranges', () => {
  const isTrusted = parseAddressRanges(['127.0.0.1', '10.1.0.0/16', '::1', '2001:db8::/32'], 'trustedProxies')

  test.each([
    '127.0.0.1',
    '10.1.0.0',
    '10.1.255.255',
    '::1',
    '2001:db8:1::9',
    '::ffff:10.1.2.3',
    '::ffff:127.0.0.1',
  ])('have %s in them', (address) => {
    expect(isTrusted(address)).toBe(true)
  })

  test.each([
    '127.0.0.2',
    '10.2.0.0',
    '::2',
    '2001:db9::1',
    '::ffff:10.2.0.1',
    '',
    'localhost',
    '10.1.0.0/16',
    '010.1.0.1',
  ])('do not have %j in them', (address) => {
    expect(isTrusted(address)).toBe(false)
  })

  test('have an address whatever zone it is in', () => {
    expect(parseAddressRanges('fe80::/10', 'trustedProxies')('fe80::1%eth0')).toBe(true)
  })

  test('have half of IPv4 where that is said', () => {
    const isInHalf = parseAddressRanges('::ffff:0:0/97', 'trustedProxies')
    expect([isInHalf('10.0.0.1'), isInHalf('200.0.0.1')]).toEqual([true, false])
  })

  test.each([
    [undefined],
    [''],
    ['localhost'],
    ['10.0.0.0/33'],
    ['10.0.0.0/0'],
    ['::/0'],
    ['::/1'],
    ['::ffff:0:0/96'],
    ['::/129'],
    ['10.0.0/8'],
    ['fe80::1%eth0'],
    [[]],
    [['127.0.0.1', 'x']],
    ['10.0.0.0/8/8'],
    ['/10.0.0.0/8'],
    ['x/10.0.0.0'],
  ])('cannot be read of %j', (value) => {
    expect(() => parseAddressRanges(value, 'trustedProxies')).toThrow(ConfigurationError)
  })
})
