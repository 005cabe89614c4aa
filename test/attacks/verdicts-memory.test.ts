import { expect } from '@jest/globals'
import { createVirtualClock } from '@bearward/testing'
import {
  createVerdicts,
  toDigest,
  type Verdict,
  type Verdicts,
} from '../../packages/core/src/token/introspection-verdicts.js'
import { createSharedIntrospection } from '../../packages/core/src/token/shared-introspection.js'
import { asVerified } from '../../packages/core/src/token/verified.js'
import { optionAtFault } from '../support/configuration.js'
import { createIntrospectingServers, INTROSPECTION } from '../support/introspection.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const KEPT = { maxAge: 60, inactiveMaxAge: 5, maxSize: 16_777_216 }
const ACTIVE = asVerified({ active: true, aud: AUDIENCE })

rule('VTC-08', 'keeps verdicts on active tokens within the bytes that it is given', async () => {
  const { mint, verdictOn, asked } = await createIntrospectingServers({ cache: { maxSize: 20_000 } })
  const first = mint()
  expect([await verdictOn(first), await verdictOn(first), asked()]).toEqual(['accepted', 'accepted', 1])
  for (let number = 0; number < 50; number += 1) expect(await verdictOn(mint())).toBe('accepted')
  expect([await verdictOn(first), asked()]).toEqual(['accepted', 52])
  expect([await verdictOn(first), asked()]).toEqual(['accepted', 52])
})

rule(
  'VTC-08',
  'keeps no verdict that is larger than all it may keep, and judges by it all the same',
  async () => {
    const { mint, verdictOn, asked } = await createIntrospectingServers({ cache: { maxSize: 20_000 } })
    const [small, large] = [mint(), mint({ filler: 'x'.repeat(10_000) })]
    expect(await verdictOn(small)).toBe('accepted')
    for (const questions of [2, 3]) expect([await verdictOn(large), asked()]).toEqual(['accepted', questions])
    expect([await verdictOn(small), asked()]).toEqual(['accepted', 3])
  },
)

rule('VTC-08', 'keeps 10,000 verdicts on tokens that are not active, and forgets those of before', () => {
  const verdicts = createVerdicts(KEPT, createVirtualClock())
  const known: Verdict = { claims: ACTIVE, askedAt: 0 }
  verdicts.store('good', known)
  for (let number = 0; number <= 10_000; number += 1) {
    verdicts.store(String(number), { claims: undefined, askedAt: 0 })
  }
  expect(verdicts.find('0', 60)).toBeUndefined()
  expect(verdicts.find('1', 60)).toEqual({ claims: undefined, askedAt: 0 })
  expect(verdicts.find('10000', 60)).toEqual({ claims: undefined, askedAt: 0 })
  expect(verdicts.find('good', 60)).toBe(known)
})

ruleForEach(
  ['VTC-08', 'VTC-11'],
  {
    NaN: NaN,
    Infinity: Infinity,
    'a negative number': -1,
    'more than a gigabyte': 1_073_741_825,
    text: '1',
    null: null,
  },
  'does not start with %s for the bytes of its verdicts',
  (maxSize) => {
    const faultWith = (cache: object) =>
      optionAtFault({
        issuer: 'https://as.example.com',
        audience: AUDIENCE,
        introspection: { ...INTROSPECTION, cache },
      })
    expect(faultWith({ maxSize })).toBe('introspection.cache.maxSize')
    expect(faultWith({ maxSize: 1_073_741_824 })).toBeUndefined()
  },
)

rule('VTC-09', 'judges rightly while somebody with many good tokens pushes out all verdicts', async () => {
  const { authorizationServer, mint, verdictOn } = await createIntrospectingServers({
    cache: { maxSize: 5_000 },
  })
  const own = Array.from({ length: 20 }, () => mint())
  const [good, revoked] = [mint(), mint()]
  expect([await verdictOn(good), await verdictOn(revoked)]).toEqual(['accepted', 'accepted'])
  authorizationServer.revoke(revoked)
  for (const round of [1, 2, 3]) {
    for (const token of own) expect([round, await verdictOn(token)]).toEqual([round, 'accepted'])
    expect([await verdictOn(good), await verdictOn(revoked)]).toEqual(['accepted', 'ERR_TOKEN_INACTIVE'])
  }
})

/** Verdicts that are kept nowhere, and all that was meant to be. */
function recordVerdicts(): Verdicts & { readonly keys: string[]; readonly kept: Verdict[] } {
  const keys: string[] = []
  const kept: Verdict[] = []
  return {
    keys,
    kept,
    find: (key) => void keys.push(key),
    latest: (key) => void keys.push(key),
    store(key, verdict) {
      keys.push(key)
      kept.push(verdict)
    },
    refuse: (key) => void keys.push(key),
    forget: (key) => void keys.push(key),
    forgetWhere: () => undefined,
  }
}

rule(
  ['VTC-10', 'VTC-14'],
  'looks for a verdict, and keeps it, by the SHA-256 of the token alone',
  async () => {
    const clock = createVirtualClock()
    const verdicts = recordVerdicts()
    const claims = (token: string) => (token === 'bad-token' ? undefined : ACTIVE)
    const shared = createSharedIntrospection(
      (token) => Promise.resolve(claims(token)),
      verdicts,
      { maxAge: 60, waitLimit: 3 },
      clock,
      () => new Error('late'),
    )
    for (const token of ['good-token', 'bad-token']) {
      const found = await shared.find(token)
      expect(found.claims).toBe(claims(token))
      shared.forget(toDigest(token))
    }
    expect(verdicts.keys).toHaveLength(6)
    expect([...new Set(verdicts.keys)]).toEqual([
      'RhyqgKUhBENuNABhiUMNE6uhA7LENE1EbqPZMksN4cA=',
      'FxeF+KJNEvJaoBNwCQP0urF7jfmPPHKrH8i1Ic2b+Pg=',
    ])
    expect(JSON.stringify(verdicts.kept)).not.toMatch(/-token/)
  },
)

rule('VTC-14', 'compares no part of a token: what begins alike has nothing alike in its key', () => {
  const keys = ['abcdefg0', 'abcdefg1', 'abcdefg'].map(toDigest)
  const beginnings = keys.map((key) => key.slice(0, 4))
  expect(new Set(beginnings).size).toBe(3)
  expect(keys.map((key) => key.length)).toEqual([44, 44, 44])
  expect(toDigest('x'.repeat(16_384))).toHaveLength(44)
  expect(toDigest('abcdefg0')).toBe(keys[0])
})
