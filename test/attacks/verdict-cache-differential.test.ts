import { afterAll, beforeAll, expect, jest } from '@jest/globals'
import type { CommonOptions } from '@bearward/core'
import { createVirtualClock } from '@bearward/testing'
import * as byJose from '../../packages/core/src/keys/verify-jose.js'
import * as byNode from '../../packages/core/src/keys/verify-node.js'
import { createRandomTokens, shuffle } from '../support/random-tokens.js'
import { rule } from '../support/rule.js'

jest.setTimeout(180_000) // a bound for a busy machine: tens of thousands of signatures

const ISSUER = 'https://as.example.com'
/** More of them: `BEARWARD_TOKENS=100000`. */
const SIZE = Number(process.env['BEARWARD_TOKENS'] ?? 10_000)
const TIMES = 3
/** Of the good tokens: where many more come than the cache remembers to have seen once, some of those are forgotten. */
const LEAST_HITS = SIZE > 10_000 ? 0.8 : 0.9
const { stackTraceLimit } = Error

// Most verdicts are errors, and nobody reads where they come from.
beforeAll(() => {
  Error.stackTraceLimit = 0
})
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit
})

/** Another copy of the core, which verifies by this module; counts how often. */
async function loadCore({ importKey, verifySignature }: typeof byNode | typeof byJose) {
  let verified = 0
  const verify: typeof verifySignature = (...parameters) => {
    verified += 1
    return verifySignature(...parameters)
  }
  jest.resetModules()
  jest.unstable_mockModule('../../packages/core/src/keys/verify-node.js', () => ({
    importKey,
    verifySignature: verify,
  }))
  const { createVirtualServers } = await import('../support/virtual-servers.js')
  return { createVirtualServers, verified: () => verified }
}

/**
 * A new resource server, and the verdicts that it comes to, one after another. It has looked for unknown keys already, as often
 * as it may: otherwise the verdict on such a token would depend on those before it.
 */
async function createJudge(
  jwks: readonly unknown[],
  way: typeof byNode | typeof byJose,
  options: CommonOptions,
) {
  const { createVirtualServers, verified } = await loadCore(way)
  const servers = await createVirtualServers(options, { issuer: ISSUER, etags: true })
  const { authorizationServer, resourceServer, verdictOn } = servers
  authorizationServer.publish(jwks)
  await resourceServer.warmUp()
  for (const kid of ['unknown', 'another', 'a third'])
    await verdictOn(await authorizationServer.mint({}, { kid }))
  return async (tokens: readonly string[]) => {
    const verdicts: string[] = []
    for (const token of tokens) verdicts.push(await verdictOn(token))
    resourceServer.close()
    return { verdicts, verified: verified() }
  }
}

rule(
  ['VTC-01', 'VTC-04', 'VTC-08'],
  'comes to the same verdict on thousands of random tokens, kept or not, and by whatever library it verifies them',
  async () => {
    const clock = createVirtualClock({ seed: 5 })
    const parameters = { issuer: ISSUER, now: clock.now(), random: clock.random }
    const { jwks, tokens } = createRandomTokens(parameters, SIZE)
    const texts = tokens.map(({ token }) => token)
    const order = shuffle(Array.from({ length: TIMES }, () => [...texts.keys()]).flat(), clock.random)
    const judges = [
      await createJudge(jwks, byNode, { verdictCache: false }),
      await createJudge(jwks, byJose, { verdictCache: false }),
      await createJudge(jwks, byNode, { verdictCache: { maxSize: 6_000 * SIZE } }),
    ] as const
    const [anew, withJose, kept] = await Promise.all([
      judges[0](texts),
      judges[1](texts),
      judges[2](order.map((index) => texts[index] ?? '')),
    ])

    const misjudged = tokens.filter(({ isGood }, index) => (anew.verdicts[index] === 'accepted') !== isGood)
    expect([...new Set(misjudged.map(({ kind }) => kind))]).toEqual([])
    expect(withJose.verdicts).toEqual(anew.verdicts)
    expect(kept.verdicts).toEqual(order.map((index) => anew.verdicts[index]))
    expect(new Set(anew.verdicts).size).toBeGreaterThan(12)

    const good = tokens.filter(({ isGood }) => isGood).length
    expect(TIMES * anew.verified - kept.verified).toBeGreaterThan(LEAST_HITS * good) // the third time is a hit
    expect([withJose.verified, good > SIZE / 4]).toEqual([anew.verified, true])
  },
)
