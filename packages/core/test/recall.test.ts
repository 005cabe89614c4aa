import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import type { Auth } from '../src/auth.js'
import type { AuthorizationServer, AuthorizationServers } from '../src/authorization-servers.js'
import type { KeySet } from '../src/keys/key-set.js'
import { createRecall } from '../src/recall.js'
import { CLAIMS, ISSUER } from './config/parse.js'
import { createKey } from './keys/scripted-key-source.js'

const NOW = 1_000_000
const createAuth = (claims: object = {}): Auth =>
  ({
    issuer: ISSUER,
    token: 'a.b.c',
    claims: { exp: NOW + 60, iat: NOW, nbf: NOW, ...claims },
    scopes: new Set(['s']),
  }) as unknown as Auth

/** What recalls verdicts of one server, which has these keys; each of the three may be replaced. */
function create(maxSize = 10_000) {
  const clock = createManualClock(NOW)
  const now: { keys: KeySet | undefined; server: AuthorizationServer | undefined } = {
    keys: [createKey('first')],
    server: undefined,
  }
  const createServer = () =>
    ({
      issuer: ISSUER,
      claims: CLAIMS,
      documents: { keySet: { atHand: () => now.keys && { content: now.keys } } },
    }) as unknown as AuthorizationServer
  const server = createServer()
  now.server = server
  const confirmed: string[] = []
  const servers = {
    atHand: (issuer: string) => (issuer === ISSUER ? now.server : undefined),
    confirm: (issuer: string) => void confirmed.push(issuer),
  }
  const { find, keep } = createRecall(maxSize, servers as unknown as AuthorizationServers, clock)
  /** The cache keeps what comes twice. */
  const remember = (auth: Auth) => {
    for (let count = 0; count < 3; count += 1) keep(auth, server, now.keys)
    return auth
  }
  return { clock, now, server, confirmed, createServer, find, keep, remember }
}

describe('a verdict', () => {
  test('is recalled while nothing has changed, and counts as a good token of its issuer', () => {
    const { find, remember, clock, confirmed } = create()
    const auth = remember(createAuth())
    expect(find('a.b.c')).toBe(auth)
    clock.advance(59)
    expect(find('a.b.c')).toBe(auth)
    expect(confirmed).toEqual([ISSUER, ISSUER])
    expect(find('a.b.d')).toBeUndefined()
    clock.advance(10)
    expect(find('a.b.c')).toBeUndefined()
    expect(confirmed).toEqual([ISSUER, ISSUER])
  })

  test.each([
    ['its server is not in use any more', ({ now }) => (now.server = undefined)],
    ['its server has other options', ({ now, createServer }) => (now.server = createServer())],
    ['its server has no keys in hand', ({ now }) => (now.keys = undefined)],
    ['its server has other keys', ({ now }) => (now.keys = [createKey('first')])],
    ['the token has expired', ({ clock }) => clock.advance(66)],
    ['the token is not valid yet', ({ clock }) => clock.step(-60)],
  ] as readonly (readonly [string, (given: ReturnType<typeof create>) => unknown])[])(
    'is forgotten where %s, also where that is undone',
    (_name, change) => {
      const recall = create()
      const { keys } = recall.now
      const auth = recall.remember(createAuth())
      expect(recall.find('a.b.c')).toBe(auth)
      change(recall)
      expect(recall.find('a.b.c')).toBeUndefined()
      Object.assign(recall.now, { keys, server: recall.server })
      recall.clock.step(NOW - recall.clock.now())
      expect(recall.find('a.b.c')).toBeUndefined()
    },
  )

  test('is not kept where there were no keys, or nothing is to be kept', () => {
    const { find, keep, server } = create()
    for (let count = 0; count < 3; count += 1) keep(createAuth(), server, undefined)
    expect(find('a.b.c')).toBeUndefined()
    const forgetful = create(0)
    forgetful.remember(createAuth())
    expect(forgetful.find('a.b.c')).toBeUndefined()
  })

  test('takes room by its claims and scopes', () => {
    const countKept = (auth: Auth) => {
      const { find, keep, server, now } = create(20_000)
      const tokens = Array.from({ length: 100 }, (_, index) => `a.b.${String(index)}`)
      for (const token of [...tokens, ...tokens]) keep({ ...auth, token }, server, now.keys)
      return tokens.filter((token) => find(token) !== undefined).length
    }
    const small = countKept(createAuth())
    expect(countKept(createAuth({ text: 'x'.repeat(1_000) }))).toBeLessThan(small / 2)
    const scopes = new Set(Array.from({ length: 100 }, (_, index) => `scope-${String(index)}`))
    expect(countKept({ ...createAuth(), scopes })).toBeLessThan(small / 2)
  })
})
