import { randomBytes } from 'node:crypto'

/** What attackers send, on connections of their own, as fast as they can or as slowly. */
export interface Attack {
  readonly title: string
  readonly connections: number
  /** The bytes of the next request; it goes out as soon as the one before was answered. */
  next(material: Material): Buffer
  /** Its tokens are good: the harm is in how they are sent. Default: all must be refused. */
  readonly mayPass?: boolean
  /** Seconds between the bytes of a request. Default: all at once. */
  readonly drip?: number
  /** Closes the connection as soon as it has written. Default: it waits for the answer. */
  readonly hangsUp?: boolean
}

/** What attackers have to begin with. */
export interface Material {
  /** Access tokens that are good. */
  readonly tokens: readonly string[]
  /** How many requests this attack has sent. */
  readonly count: number
}

const random = (bytes: number) => randomBytes(bytes).toString('base64url')
const toPart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Header and claims of a good token, and a part in place of another. */
function forge({ tokens, count }: Material, header?: object): string {
  const [first = '', claims = ''] = (tokens[count % tokens.length] ?? '').split('.')
  return [header === undefined ? first : toPart(header), claims, random(64)].join('.')
}

function toRequest(authorization: string, others = '', method = 'GET'): Buffer {
  const head = `${method} /stats HTTP/1.1\r\nHost: 127.0.0.1\r\n`
  return Buffer.from(`${head}Authorization: ${authorization}\r\n${others}\r\n`, 'latin1')
}

const MANY_FIELDS = Array.from({ length: 90 }, (_, index) => `X-${String(index)}: ${'x'.repeat(100)}\r\n`)

/** Each lasts as long as the others. */
export const ATTACKS: readonly Attack[] = [
  { title: 'no tokens at all', connections: 50, next: () => toRequest('') },
  { title: 'garbage for tokens', connections: 50, next: () => toRequest(`Bearer ${random(300)}`) },
  {
    title: 'forged signatures',
    connections: 50,
    next: (material) => toRequest(`Bearer ${forge(material)}`),
  },
  {
    title: 'keys that nobody has',
    connections: 50,
    next: (material) =>
      toRequest(`Bearer ${forge(material, { alg: 'ES256', typ: 'at+jwt', kid: random(9) })}`),
  },
  {
    title: 'deep JSON',
    connections: 50,
    next: () =>
      toRequest(
        `Bearer ${toPart({ alg: 'ES256' })}.${Buffer.from('['.repeat(9_000)).toString('base64url')}.AAAA`,
      ),
  },
  { title: 'tokens of 15 kB', connections: 50, next: () => toRequest(`Bearer ${'a.'.repeat(7_500)}`) },
  {
    title: 'ninety other fields, two credentials',
    connections: 50,
    next: ({ tokens }) =>
      toRequest(
        `Bearer ${tokens[0] ?? ''}`,
        `Authorization: Bearer ${random(30)}\r\n${MANY_FIELDS.join('')}`,
      ),
  },
  {
    title: '5,000 good tokens in turn',
    mayPass: true,
    connections: 50,
    next: ({ tokens, count }) => toRequest(`Bearer ${tokens[count % tokens.length] ?? ''}`),
  },
  {
    title: 'good tokens, and gone before the answer',
    mayPass: true,
    connections: 50,
    hangsUp: true,
    next: ({ tokens, count }) => toRequest(`Bearer ${tokens[count % tokens.length] ?? ''}`),
  },
  {
    title: 'a byte of the head each second',
    mayPass: true,
    connections: 500,
    drip: 1,
    next: ({ tokens }) => toRequest(`Bearer ${tokens[0] ?? ''}`),
  },
  {
    title: 'a byte of the content each second',
    mayPass: true,
    connections: 500,
    drip: 1,
    next: ({ tokens }) =>
      Buffer.concat([
        toRequest(`Bearer ${tokens[0] ?? ''}`, 'Content-Length: 100000\r\n', 'POST'),
        Buffer.alloc(100_000, 0x20),
      ]),
  },
]
