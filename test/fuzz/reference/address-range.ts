/** All addresses that begin with the same bits. */
export interface ReadRange {
  /** 128 bits: an IPv4 address is what RFC 4291, section 2.5.5.2, maps it to. */
  readonly address: bigint
  /** How many bits, of 128. */
  readonly prefix: bigint
}

const MAPPED = 0xffffn << 32n

/**
 * Reads an address, or a range in the notation of RFC 4632, section 3.1, and RFC 4291, section 2.3.
 *
 * Strict on purpose: `not everybody`, `without a zone`.
 */
export function referenceRange(text: string): ReadRange | undefined {
  const [written = '', length, ...others] = text.split('/')
  const address = referenceAddress(written)
  const own = written.includes(':') ? 128n : 32n
  if (address === undefined || others.length > 0) return undefined
  if (length !== undefined && !/^[0-9]{1,3}$/.test(length)) return undefined
  const prefix = length === undefined ? own : BigInt(length)
  const range = { address, prefix: prefix + 128n - own }
  const hasAllOfIpv4 =
    range.prefix <= 96n && address >> (128n - range.prefix) === MAPPED >> (128n - range.prefix)
  return prefix >= 1n && prefix <= own && !hasAllOfIpv4 ? range : undefined
}

/** Whether an address is in one of them. What follows `%` is the zone of a link-local address (RFC 4007, section 11). */
export function referenceIsIn(text: string, ranges: readonly ReadRange[]): boolean {
  const [written = ''] = text.split('%')
  const address = referenceAddress(written)
  return ranges.some((range) => {
    const free = 128n - range.prefix
    return address !== undefined && address >> free === range.address >> free
  })
}

/** The 128 bits of an address in one of its spellings (RFC 4291, section 2.2; RFC 3986, section 3.2.2, for IPv4). */
export function referenceAddress(text: string): bigint | undefined {
  if (!text.includes(':')) {
    const bits = readDotted(text)
    return bits === undefined ? undefined : MAPPED | bits
  }
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [before, after] = halves.map((half, index) => readGroups(half, index === halves.length - 1))
  if (before === undefined) return undefined
  if (halves.length === 1) return before.length === 8 ? join(before) : undefined
  if (after === undefined || before.length + after.length > 7) return undefined
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n)
  return join([...before, ...zeros, ...after])
}

/** @param isLast Whether an IPv4 address may stand for the last two. */
function readGroups(text: string, isLast: boolean): readonly bigint[] | undefined {
  if (text === '') return []
  const groups: bigint[] = []
  for (const [index, part] of text.split(':').entries()) {
    const dotted = isLast && index === text.split(':').length - 1 ? readDotted(part) : undefined
    if (dotted !== undefined) groups.push(dotted >> 16n, dotted & 0xffffn)
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`))
    else return undefined
  }
  return groups
}

function readDotted(text: string): bigint | undefined {
  const parts = text.split('.')
  const isDotted = parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part))
  if (!isDotted || parts.some((part) => Number(part) > 255)) return undefined
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function join(groups: readonly bigint[]): bigint {
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n)
}
