import { parseAddressRanges } from '../../../packages/core/src/config/address-range.js'
import { referenceIsIn, referenceRange, type ReadRange } from '../reference/address-range.js'
import { pick, seldom, type Chance } from '../support/chance.js'
import { verdictOf, type Target } from '../support/target.js'
import { changed } from './spelling.js'

const RANGES = [
  '10.0.0.0/8',
  '192.168.7.9',
  '172.16.0.0/12',
  '127.0.0.1/32',
  '255.255.255.254/31',
  '2001:db8::/32',
  '::1',
  'fe80::/10',
  '::ffff:10.1.2.3',
  '::ffff:172.16.0.0/108',
  'FD00:0:0:1::/64',
  '64:ff9b::192.0.2.33/127',
]
const WORDS = [
  '/',
  '/0',
  '/1',
  '/32',
  '/33',
  '/128',
  '/129',
  '/08',
  '%eth0',
  '::',
  ':',
  '0',
  '.',
  '::ffff:',
  '0x7f',
  '1.2.3.4',
]

/** Which addresses are those of trusted proxies. */
export const addressRange: Target = {
  name: 'address-range',
  weight: 12,
  leastAccepted: 0.3,
  prepare(chance) {
    const ranges = Array.from({ length: 1 + chance.below(2) }, () =>
      changed(pick(chance, RANGES), chance, WORDS),
    )
    const read = ranges.map(referenceRange)
    const addresses = Array.from({ length: 4 }, () => addressOf(chance, pick(chance, read)))
    return {
      input: { ranges, addresses },
      judge: () =>
        verdictOf(['ERR_CONFIGURATION'], () => addresses.map(parseAddressRanges(ranges, 'trustedProxies'))),
      expect() {
        const known = read.filter((range) => range !== undefined)
        if (known.length < ranges.length) return { refused: 'no address, or no range' }
        return { accepted: addresses.map((address) => referenceIsIn(address, known)) }
      },
    }
  },
}

/** Mostly one in the range, or next to it, however it is written. */
function addressOf(chance: Chance, range: ReadRange | undefined): string {
  const { address, prefix } = range ?? { address: 0n, prefix: 96n }
  const free = 128n - prefix
  const first = (address >> free) << free
  const last = first + (1n << free) - 1n
  const inside = first + (BigInt(chance.below(2 ** 16)) % (last - first + 1n))
  const bits = pick(chance, [
    inside,
    address,
    first,
    last,
    first - 1n,
    last + 1n,
    inside ^ (1n << BigInt(chance.below(128))),
  ])
  const text = writeAddress(BigInt.asUintN(128, bits), chance)
  if (seldom(chance, 12)) return `${text}%${pick(chance, ['eth0', '1', ''])}`
  return seldom(chance, 6) ? changed(text, chance, WORDS) : text
}

function writeAddress(bits: bigint, chance: Chance): string {
  const dotted = [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.')
  const isMapped = bits >> 32n === 0xffffn
  if (isMapped && !seldom(chance, 3)) return seldom(chance, 3) ? `::ffff:${dotted}` : dotted
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bits >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
  )
  const written = groups.map((group) => (seldom(chance, 8) ? group.padStart(4, '0') : group))
  if (seldom(chance, 6)) written.splice(6, 2, dotted)
  const text = written.join(':')
  const short = seldom(chance, 3) ? text : text.replace(/(?:^|:)0(?::0)+(?=:|$)/, '::').replace(':::', '::')
  return seldom(chance, 6) ? short.toUpperCase() : short
}
