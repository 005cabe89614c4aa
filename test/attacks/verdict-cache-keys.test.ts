import { expect } from '@jest/globals'
import { recall, createResourceServer } from '@bearward/core'
import { createScriptedAuthorizationServer, createVirtualClock } from '@bearward/testing'
import { createRecallingServers, SURELY_KEPT } from '../support/recalled.js'
import { requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const DAY = 86_400

ruleForEach(
  'VTC-05',
  { 'with ETags': { etags: true }, 'without ETags': { etags: false } },
  'refuses a JWT whose verdict is kept, once its key is withdrawn, %s',
  async (start) => {
    const { clock, authorizationServer, keep, kept, verdict, verdictOn } = await createRecallingServers(
      {},
      start,
    )
    const token = await keep({ exp: clock.now() + DAY })
    await clock.advance(1_200)
    expect([await verdictOn(token), kept(token)?.token]).toEqual(['accepted', token])
    await authorizationServer.rotateKeys()
    await clock.advance(600)
    expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_TOKEN_KEY'])
    expect(await verdict()).toBe('accepted')
  },
)

ruleForEach(
  'VTC-05',
  { 'by 304': { etags: true }, 'by sending it again': { etags: false } },
  'uses the verdict on where the key set is confirmed %s',
  async (start) => {
    const { clock, authorizationServer, keep, kept } = await createRecallingServers({}, start)
    const token = await keep({ exp: clock.now() + DAY })
    await clock.advance(1_200)
    expect(authorizationServer.requests.jwks).toBeGreaterThan(1)
    expect(kept(token)?.token).toBe(token)
  },
)

rule('VTC-05', 'refuses it at once where the key set was fetched on account of another key', async () => {
  const { clock, authorizationServer, keep, kept, verdict, verdictOn } = await createRecallingServers()
  const token = await keep()
  await clock.advance(1)
  await authorizationServer.rotateKeys()
  expect(kept(token)?.token).toBe(token)
  expect(await verdict()).toBe('accepted')
  expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_TOKEN_KEY'])
})

rule('VTC-05', 'refuses it where another key took the name of its own', async () => {
  const { clock, authorizationServer, keep, kept, verdictOn } = await createRecallingServers()
  const token = await keep({ exp: clock.now() + DAY })
  const [jwk] = authorizationServer.keySet().keys
  const other = await createScriptedAuthorizationServer({ clock: createVirtualClock({ seed: 2 }) })
  const [foreign] = other.keySet().keys
  authorizationServer.publish([{ ...foreign, kid: String(jwk?.kid) }])
  await clock.advance(600)
  expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_TOKEN_SIGNATURE'])
})

rule('VTC-05', 'uses it through an outage, and not past the stale window: 503 then', async () => {
  const { clock, authorizationServer, keep, kept, verdictOn } = await createRecallingServers({
    staleWindow: 900,
  })
  const token = await keep({ exp: clock.now() + DAY })
  authorizationServer.behave('jwks', { fault: 'refuse' })
  await clock.advance(1_499.9)
  expect([kept(token)?.token, await verdictOn(token)]).toEqual([token, 'accepted'])
  await clock.advance(0.1)
  expect([kept(token), await verdictOn(token)]).toEqual([undefined, 'ERR_AUTHORIZATION_SERVER_UNREACHABLE'])
  authorizationServer.behave('jwks', undefined)
  await clock.advance(60)
  expect(await verdictOn(token)).toBe('accepted')
})

rule('VTC-05', 'does not use it while nobody has looked since the key set expired', async () => {
  const clock = createVirtualClock()
  const authorizationServer = await createScriptedAuthorizationServer({ clock })
  let slept = 0
  const { issuer, fetch } = authorizationServer
  const now = { now: () => clock.now() + slept, monotonic: () => clock.monotonic() + slept }
  const resourceServer = createResourceServer({
    issuer,
    audience: AUDIENCE,
    fetch,
    clock: { ...clock, ...now },
  })
  const token = await authorizationServer.mint({ exp: clock.now() + DAY })
  const request = requestWithToken(token)
  for (let time = 0; time < SURELY_KEPT; time += 1) await resourceServer.authenticate(request)
  slept = 599
  expect(recall(resourceServer, request)?.token).toBe(token)
  await authorizationServer.rotateKeys()
  slept = 600
  expect(recall(resourceServer, request)).toBeUndefined()
  expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_KEY')
})

rule('VTC-05', 'keeps nothing that an older key set proved while a newer one came', async () => {
  const { clock, authorizationServer, kept, verdict, verdictOn } = await createRecallingServers()
  const old = await authorizationServer.mint()
  expect(await verdict()).toBe('accepted')
  await clock.advance(1)
  await authorizationServer.rotateKeys()
  const verdicts = await Promise.all([verdict(), ...[1, 2, 3].map(() => verdictOn(old))])
  expect(verdicts[0]).toBe('accepted')
  expect([kept(old), await verdictOn(old)]).toEqual([undefined, 'ERR_TOKEN_KEY'])
})
