import { expect } from '@jest/globals'
import { rule } from '../../support/rule.js'
import { createVirtualServers } from '../../support/virtual-servers.js'

/** Servers of which metadata and keys take this long each. */
async function createSlowServers(delay: number) {
  const servers = await createVirtualServers()
  servers.authorizationServer.behave('metadata', { delay })
  servers.authorizationServer.behave('jwks', { delay })
  return { ...servers, requests: servers.authorizationServer.requests }
}

rule(
  'jwks-impl-b',
  'has nobody wait longer than 3 seconds for metadata and keys that come slowly, and fetches on for the next one',
  async () => {
    const { clock, verdict, requests, resourceServer } = await createSlowServers(2)
    const outcomes: string[] = []
    const first = verdict().then((code) => outcomes.push(code))
    await clock.advance(2.99)
    expect(outcomes).toEqual([])
    await clock.advance(0.01)
    await first
    expect(outcomes).toEqual(['ERR_AUTHORIZATION_SERVER_UNREACHABLE'])
    const joined = verdict()
    await clock.advance(1)
    expect(await joined).toBe('accepted')
    expect(requests).toMatchObject({ metadata: 1, jwks: 1 })
    resourceServer.close()
  },
)

rule('jwks-impl-b', 'accepts a token with keys that came when nobody waited for them any more', async () => {
  const { clock, verdict, requests, resourceServer } = await createSlowServers(2)
  const late = verdict()
  await clock.advance(3)
  expect(await late).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
  await clock.advance(1)
  expect(await verdict()).toBe('accepted')
  expect(requests).toMatchObject({ metadata: 1, jwks: 1 })
  resourceServer.close()
})

rule('jwks-impl-b', 'waits for metadata and keys that come within 3 seconds', async () => {
  const { clock, verdict, requests, resourceServer } = await createSlowServers(1.4)
  const outcome = verdict()
  await clock.advance(3)
  expect(await outcome).toBe('accepted')
  expect(requests).toMatchObject({ metadata: 1, jwks: 1 })
  resourceServer.close()
})

rule('jwks-impl-b', 'has nobody wait for keys that are asked for again ahead of time', async () => {
  const { clock, authorizationServer, verdict, resourceServer } = await createVirtualServers()
  expect(await verdict()).toBe('accepted')
  authorizationServer.behave('jwks', { delay: 4 })
  for (let seconds = 0; seconds < 1_800; seconds += 10) {
    await clock.advance(10)
    expect(await verdict()).toBe('accepted') // with the clock standing still
  }
  expect(authorizationServer.requests.jwks).toBeGreaterThan(3)
  resourceServer.close()
})

rule(
  'jwks-impl-b',
  'waits as long as the options say, and gives up what takes longer than they say',
  async () => {
    const { clock, authorizationServer, verdict, resourceServer } = await createVirtualServers({
      waitLimit: 1,
      fetchLimit: 2,
    })
    authorizationServer.behave('jwks', [{ delay: 2.1 }, { delay: 1.5 }, {}])
    const first = verdict()
    await clock.advance(1)
    expect(await first).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
    await clock.advance(1)
    expect(resourceServer.health().authorizationServers).toMatchObject([
      { status: 'unavailable', lastError: { code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE' } },
    ])
    await clock.advance(5)
    await clock.advance(1.5)
    expect(await verdict()).toBe('accepted')
    resourceServer.close()
  },
)
