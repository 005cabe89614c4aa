import { describe, expect, test } from '@jest/globals'
import { createResourceServer, type ReplayStore } from '@bearward/core'
import { createDpopServers, DPOP, toRequest, type DpopServers } from '../support/dpop.js'
import { verdictOn } from '../support/request.js'
import { rule } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const COPIES = 200

/** How many ended in which way. */
function count(verdicts: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const verdict of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1
  return counts
}

/** Sends one proof many times at once. */
async function sendCopies(servers: DpopServers): Promise<Readonly<Record<string, number>>> {
  const token = await servers.mintBound()
  const proof = await servers.prove(token)
  const verdicts = Array.from({ length: COPIES }, () => servers.verdictOf({ token, proof }))
  return count(await Promise.all(verdicts))
}

describe('C8: one proof is accepted once', () => {
  test('of 200 copies at once, each time', async () => {
    const servers = await createDpopServers()
    for (let time = 0; time < 10; time += 1) {
      expect(await sendCopies(servers)).toEqual({ accepted: 1, ERR_PROOF_REPLAYED: COPIES - 1 })
    }
  })

  test('of 200 copies at once, by several resource servers with one store', async () => {
    const servers = await createDpopServers()
    const { authorizationServer, clock, mintBound, prove } = servers
    const { issuer, fetch } = authorizationServer
    const dpop = { ...DPOP, replayStore: createSharedStore() }
    const members = Array.from({ length: 4 }, () =>
      createResourceServer({ issuer, audience: AUDIENCE, clock, fetch, dpop }),
    )
    const token = await mintBound()
    const proof = await prove(token)
    const verdictsOf = (copies: number) =>
      Promise.all(
        members.flatMap((member) =>
          Array.from({ length: copies }, () => verdictOn(member, toRequest({ token, proof }))),
        ),
      )
    expect(count(await verdictsOf(COPIES / 4))).toEqual({ accepted: 1, ERR_PROOF_REPLAYED: COPIES - 1 })
    expect(await verdictsOf(1)).toEqual(members.map(() => 'ERR_PROOF_REPLAYED'))
    expect(await servers.verdictOf({ token, proof })).toBe('accepted') // by one with a store of its own
  })
})

describe('C8: where it cannot be told whether a proof was used', () => {
  test('nobody is let through, and nobody is told that the proof is bad', async () => {
    let broken = true
    const store = createSharedStore()
    const add: ReplayStore['add'] = (id, lifetime) =>
      broken ? Promise.reject(new Error('down')) : store.add(id, lifetime)
    const servers = await createDpopServers({ dpop: { ...DPOP, replayStore: { add } } })
    expect(await sendCopies(servers)).toEqual({ ERR_REPLAY_STORE: COPIES })
    broken = false
    expect(await sendCopies(servers)).toEqual({ accepted: 1, ERR_PROOF_REPLAYED: COPIES - 1 })
  })

  test('a store that never answers is waited for, three seconds long', async () => {
    const replayStore = { add: () => new Promise<boolean>(() => undefined) }
    const servers = await createDpopServers({ dpop: { ...DPOP, replayStore } })
    const token = await servers.mintBound()
    let verdict: string | undefined
    void servers.verdictOf({ token, proof: await servers.prove(token) }).then((found) => (verdict = found))
    await servers.clock.advance(2.9)
    expect(verdict).toBeUndefined()
    await servers.clock.advance(0.1)
    expect(verdict).toBe('ERR_REPLAY_STORE')
  })

  test('a store that answers late has noted the proof: it is not accepted again', async () => {
    const ids = new Set<string>()
    let slow = true
    const servers: DpopServers = await createDpopServers({
      dpop: {
        ...DPOP,
        replayStore: {
          async add(id) {
            const isFirst = !ids.has(id)
            ids.add(id)
            if (slow) await new Promise<void>((resolve) => servers.clock.after(10, resolve))
            return isFirst
          },
        },
      },
    })
    const token = await servers.mintBound()
    const proof = await servers.prove(token)
    const first = servers.verdictOf({ token, proof })
    await servers.clock.advance(10)
    expect(await first).toBe('ERR_REPLAY_STORE')
    slow = false
    expect(await servers.verdictOf({ token, proof })).toBe('ERR_PROOF_REPLAYED')
  })
})

describe('C8: where the wall clock is set', () => {
  rule('TIME-11', 'a proof is not accepted again when its time comes again', async () => {
    const servers = await createDpopServers()
    const token = await servers.mintBound()
    const proof = await servers.prove(token)
    expect(await servers.verdictOf({ token, proof })).toBe('accepted')
    await servers.clock.advance(250)
    servers.clock.step(-250)
    expect(await servers.verdictOf({ token, proof })).toBe('ERR_REPLAY_STORE')
    expect(await servers.verdictOf({ token, proof: await servers.prove(token) })).toBe('ERR_REPLAY_STORE')
    await servers.clock.advance(281)
    const later = await servers.mintBound()
    expect(await servers.verdictOf({ token: later, proof: await servers.prove(later) })).toBe('accepted')
  })

  rule('TIME-11', 'half a minute is forgiven', async () => {
    const servers = await createDpopServers()
    const token = await servers.mintBound()
    const proof = await servers.prove(token)
    expect(await servers.verdictOf({ token, proof })).toBe('accepted')
    servers.clock.step(-15)
    expect(await servers.verdictOf({ token, proof: await servers.prove(token) })).toBe('accepted')
    servers.clock.step(-15)
    for (const pause of [0, 59, 30]) {
      await servers.clock.advance(pause)
      expect(await servers.verdictOf({ token, proof })).toBe('ERR_PROOF_REPLAYED')
    }
  })
})

/** Put-if-absent in one step, and an answer that comes later. */
function createSharedStore(): ReplayStore {
  const ids = new Set<string>()
  return {
    async add(id) {
      const isFirst = !ids.has(id)
      ids.add(id)
      await Promise.resolve()
      return isFirst
    },
  }
}
