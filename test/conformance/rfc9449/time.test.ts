import { beforeEach, expect } from '@jest/globals'
import { createDpopServers, DPOP, type DpopServers } from '../../support/dpop.js'
import { rule, ruleForEach } from '../../support/rule.js'

let servers: DpopServers
let token: string
beforeEach(async () => {
  servers = await createDpopServers()
  token = await servers.mintBound()
})

/** The verdict on a proof whose `iat` lies so far from now, in seconds. */
const verdictAt = async (offset: number, at: DpopServers = servers): Promise<string> => {
  const bound = await at.mintBound()
  const claims = { iat: at.clock.now() + offset }
  return at.verdictOf({ token: bound, proof: await at.prove(bound, {}, { claims }) })
}

ruleForEach(
  '9449-4.3-11',
  {
    'ten minutes old': [-600, 'ERR_PROOF_TIME'],
    'a second too old': [-61, 'ERR_PROOF_TIME'],
    'a minute old': [-60, 'accepted'],
    new: [0, 'accepted'],
    'ahead, as clocks are': [30, 'accepted'],
    'a second too far ahead': [31, 'ERR_PROOF_TIME'],
    'ten minutes ahead': [600, 'ERR_PROOF_TIME'],
    'without end': [1e15, 'ERR_PROOF_TIME'],
  } as const,
  'judges a proof that is %s',
  async ([offset, expected]) => {
    expect(await verdictAt(offset)).toBe(expected)
  },
)

rule('9449-4.3-11', 'takes proofs of the age that is configured', async () => {
  const strict = await createDpopServers({ dpop: { ...DPOP, proofMaxAge: 5 } })
  expect([await verdictAt(-5, strict), await verdictAt(-6, strict)]).toEqual(['accepted', 'ERR_PROOF_TIME'])
})

rule('9449-11.1-a', 'accepts a proof once, for as long as it could be used', async () => {
  const proof = await servers.prove(token)
  expect(await servers.verdictOf({ token, proof })).toBe('accepted')
  for (const pause of [0, 10, 49, 0.9]) {
    await servers.clock.advance(pause)
    expect(await servers.verdictOf({ token, proof })).toBe('ERR_PROOF_REPLAYED')
  }
  await servers.clock.advance(1)
  expect(await servers.verdictOf({ token, proof })).toBe('ERR_PROOF_TIME')
  expect(await servers.verdictOf({ token, proof: await servers.prove(token) })).toBe('accepted')
})

rule('9449-11.1-a', 'accepts a proof once that was made by a clock which is ahead', async () => {
  const proof = await servers.prove(token, {}, { claims: { iat: servers.clock.now() + 30 } })
  expect(await servers.verdictOf({ token, proof })).toBe('accepted')
  for (const pause of [0, 60, 29]) {
    await servers.clock.advance(pause)
    expect(await servers.verdictOf({ token, proof })).toBe('ERR_PROOF_REPLAYED')
  }
})

rule('9449-11.1-a', 'shares what it accepted with all that have the same store', async () => {
  const ids = new Set<string>()
  const replayStore = { add: (id: string) => Promise.resolve(!ids.has(id) && ids.add(id).has(id)) }
  const [one, other] = [
    await createDpopServers({ dpop: { ...DPOP, replayStore } }),
    await createDpopServers({ dpop: { ...DPOP, replayStore } }),
  ]
  const bound = await one.mintBound()
  const proof = await one.prove(bound)
  const again = await other.authorizationServer.mint({ cnf: { jkt: one.key.thumbprint } })
  const same = { jti: 'the same', iat: one.clock.now() }
  const first = await one.prove(bound, {}, { claims: same })
  const second = await one.prove(again, {}, { claims: same })
  expect(await one.verdictOf({ token: bound, proof: first })).toBe('accepted')
  expect(await other.verdictOf({ token: again, proof: second })).toBe('ERR_PROOF_REPLAYED')
  expect(await one.verdictOf({ token: bound, proof })).toBe('accepted')
})

rule('9449-11.1-b', 'notes an identifier of fixed size, and refuses a proof that is huge', async () => {
  const noted: string[] = []
  const replayStore = { add: (id: string) => noted.push(id) > 0 }
  const noting = await createDpopServers({ dpop: { ...DPOP, replayStore } })
  const bound = await noting.mintBound()
  for (const jti of ['x', 'x'.repeat(5_000), '__proto__', 'ü\u0000']) {
    const proof = await noting.prove(bound, {}, { claims: { jti } })
    expect(await noting.verdictOf({ token: bound, proof })).toBe('accepted')
  }
  const huge = await noting.prove(bound, {}, { claims: { jti: 'x'.repeat(1_000_000) } })
  expect(await noting.verdictOf({ token: bound, proof: huge })).toBe('ERR_PROOF_MALFORMED')
  expect(noted.map((id) => id.length)).toEqual([43, 43, 43, 43])
  expect(new Set(noted).size).toBe(4)
})

rule('9449-11.1-b', 'notes nothing of a proof that is not good', async () => {
  const noted: string[] = []
  const replayStore = { add: (id: string) => noted.push(id) > 0 }
  const noting = await createDpopServers({ dpop: { ...DPOP, replayStore } })
  const bound = await noting.mintBound()
  for (const changes of [{ ath: 'x' }, { htm: 'POST' }, { htu: 'https://x.example/' }, { iat: 1 }]) {
    const proof = await noting.prove(bound, {}, { claims: changes })
    expect(await noting.verdictOf({ token: bound, proof })).not.toBe('accepted')
  }
  expect(noted).toEqual([])
})

ruleForEach(
  '9449-11.1-c',
  {
    throws: () => {
      throw new Error('down')
    },
    rejects: () => Promise.reject(new Error('down')),
    'answers nothing': () => undefined,
    'answers OK': () => Promise.resolve('OK'),
  } satisfies Record<string, () => unknown>,
  'accepts nothing where the store %s: it is 503',
  async (add) => {
    let broken = true
    const replayStore = { add: () => (broken ? (add() as unknown as boolean) : true) }
    const failing = await createDpopServers({ dpop: { ...DPOP, replayStore } })
    const bound = await failing.mintBound()
    const outcome = await failing.judge({ token: bound, proof: await failing.prove(bound) })
    expect(outcome).toMatchObject({
      verdict: 'unavailable',
      error: { code: 'ERR_REPLAY_STORE', status: 503 },
    })
    broken = false
    expect(await failing.verdictOf({ token: bound, proof: await failing.prove(bound) })).toBe('accepted')
  },
)
