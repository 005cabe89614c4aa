import { expect } from '@jest/globals'
import { createResourceServer, type Refresh } from '@bearward/core'
import { createScriptedAuthorizationServer, createVirtualClock, FAULTS, type Fault } from '@bearward/testing'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createScriptedFetch } from '../support/scripted-fetch.js'
import { AUDIENCE, useServers } from '../support/servers.js'
import { createVirtualServers } from '../support/virtual-servers.js'

const EVERY_FAULT = Object.fromEntries(FAULTS.map((fault) => [fault, fault]))

/** A rejection that nobody handles fails the test in which it comes out: in the next turn of the event loop. */
const nextTurn = (): Promise<unknown> => new Promise(setImmediate)

ruleForEach<Fault>(
  'JWKS-21',
  EVERY_FAULT,
  'survives a refresh in the background, for which nobody waits, that ends in the fault %s',
  async (fault) => {
    const ends: (string | undefined)[] = []
    const onRefresh = ({ error }: Refresh) => void ends.push(error?.code)
    const { clock, authorizationServer, verdict } = await createVirtualServers({ onRefresh })
    expect(await verdict()).toBe('accepted')
    authorizationServer.behave('jwks', { fault })
    authorizationServer.behave('metadata', { fault })
    await clock.advance(1_200)
    await nextTurn()
    expect(ends.slice(0, 2)).toEqual([undefined, undefined])
    expect(ends.slice(2)).not.toContain(undefined)
    expect(ends.length).toBeGreaterThan(10)
    expect(await verdict()).toBe('accepted')
    authorizationServer.behave('jwks', undefined)
    authorizationServer.behave('metadata', undefined)
    await clock.advance(120)
    expect(ends.slice(-2)).toEqual([undefined, undefined])
  },
)

ruleForEach<Fault>(
  'JWKS-20',
  EVERY_FAULT,
  'recovers by itself from a cold start in the fault %s, though nobody asks again',
  async (fault) => {
    const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers()
    authorizationServer.behave('metadata', [{ fault }, {}])
    authorizationServer.behave('jwks', [{ fault }, {}])
    const first = verdict()
    await clock.advance(3)
    expect(await first).not.toBe('accepted')
    await clock.advance(60)
    await nextTurn()
    expect(resourceServer.health().ready).toBe(true)
    expect(await verdict()).toBe('accepted')
  },
)

ruleForEach<(refresh: Refresh) => unknown>(
  'JWKS-21',
  {
    throws: () => {
      throw new Error('thrown')
    },
    'throws nothing': () => {
      throw undefined as unknown as Error
    },
    rejects: () => Promise.reject(new Error('rejected')),
    'never settles': () => new Promise(() => {}),
    'is a thenable that throws': () => ({
      then() {
        throw new Error('thrown')
      },
    }),
  },
  'survives an onRefresh that %s',
  async (run) => {
    const onRefresh = run
    const { clock, authorizationServer, verdict } = await createVirtualServers({ onRefresh })
    expect(await verdict()).toBe('accepted')
    await authorizationServer.rotateKeys()
    await clock.advance(600)
    await nextTurn()
    expect(authorizationServer.requests).toMatchObject({ metadata: 2, jwks: 2 })
    expect(await verdict()).toBe('accepted')
    expect(clock.timers).toBe(2)
  },
)

rule(
  'JWKS-21',
  'stops at once where onRefresh closes the resource server, and leaves nothing behind',
  async () => {
    const { clock, authorizationServer, resourceServer, verdict } = await createVirtualServers({
      onRefresh: () => {
        resourceServer.close()
      },
    })
    expect(await verdict()).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
    await clock.advance(3_600)
    expect([clock.timers, authorizationServer.log.length]).toEqual([0, 1])
  },
)

const SIZE = 1_000

rule('JWKS-22', 'plans for 1000 resource servers what close() takes back', async () => {
  const clock = createVirtualClock()
  const { issuer, fetch, mint, requests } = await createScriptedAuthorizationServer({ clock })
  const resourceServers = Array.from({ length: SIZE }, () =>
    createResourceServer({ issuer, audience: AUDIENCE, fetch, clock }),
  )
  const forged = await mint({}, { key: 'unpublished' })
  const close = (): void => {
    for (const resourceServer of resourceServers) resourceServer.close()
  }
  for (const resourceServer of resourceServers) {
    expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_KEY')
  }
  expect(clock.timers).toBe(2 * SIZE)
  close()
  expect(clock.timers).toBe(0)
  const { metadata, jwks } = requests
  await clock.advance(90_000)
  expect(requests).toMatchObject({ metadata, jwks })
  close() // harmless
})

rule('JWKS-22', 'keeps no process alive for 1000 resource servers that nobody closed', async () => {
  const { issuer, metadataUrl, jwksUri, keySet, mint } = real().authorizationServer
  const { fetch } = createScriptedFetch({ [metadataUrl]: { issuer, jwks_uri: jwksUri }, [jwksUri]: keySet() })
  const countTimers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const forged = await mint({}, { key: 'unpublished' })
  const before = countTimers()
  const resourceServers = Array.from({ length: SIZE }, () =>
    createResourceServer({ issuer, audience: AUDIENCE, fetch }),
  )
  for (const resourceServer of resourceServers) {
    expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_KEY')
    expect(resourceServer.health().authorizationServers[0]?.nextRefresh).toBeGreaterThan(400)
  }
  expect(countTimers()).toBe(before)
  const timer = setTimeout(() => {}, 1_000)
  expect(countTimers()).toBe(before + 1) // one that is not unref'd shows
  clearTimeout(timer)
  for (const resourceServer of resourceServers) resourceServer.close()
})

const real = useServers()
