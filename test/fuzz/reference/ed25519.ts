/** RFC 8032, section 5.1. */
const P = 2n ** 255n - 19n
const D = modulo(-121665n * inverse(121666n))
const SQUARE_ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n)

interface Point {
  readonly x: bigint
  readonly y: bigint
}

const NEUTRAL: Point = { x: 0n, y: 1n }

/**
 * Whether eight times the point is nothing, so that signatures for it can be made up. `false` for what is no point, under
 * which nothing verifies.
 *
 * The y coordinate may be spelt past the modulus, as lenient libraries read it.
 */
export function referenceHasSmallOrder(key: Uint8Array): boolean {
  let point = decode(key)
  if (point === undefined) return false
  for (let doubling = 0; doubling < 3; doubling += 1) point = add(point, point)
  return point.x === NEUTRAL.x && point.y === NEUTRAL.y
}

/** RFC 8032, section 5.1.3. */
function decode(key: Uint8Array): Point | undefined {
  const bytes = [...key].reverse()
  const [last = 0] = bytes
  const y = modulo(BigInt(`0x${Buffer.from([last & 0x7f, ...bytes.slice(1)]).toString('hex')}`))
  const [u, v] = [modulo(y * y - 1n), modulo(D * y * y + 1n)]
  let x = modulo(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n))
  if (modulo(v * x * x) !== u) x = modulo(x * SQUARE_ROOT_OF_MINUS_ONE)
  if (modulo(v * x * x) !== u) return undefined
  return { x: Number(x & 1n) === last >> 7 ? x : modulo(-x), y }
}

/** RFC 8032, section 5.1.4, in affine coordinates. */
function add(one: Point, other: Point): Point {
  const product = modulo(D * one.x * other.x * one.y * other.y)
  return {
    x: modulo((one.x * other.y + one.y * other.x) * inverse(1n + product)),
    y: modulo((one.y * other.y + one.x * other.x) * inverse(1n - product)),
  }
}

function modulo(number: bigint): bigint {
  return ((number % P) + P) % P
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square, rest] = [1n, modulo(base), exponent]
  while (rest > 0n) {
    if (rest & 1n) result = modulo(result * square)
    square = modulo(square * square)
    rest >>= 1n
  }
  return result
}

function inverse(number: bigint): bigint {
  return power(number, P - 2n)
}
