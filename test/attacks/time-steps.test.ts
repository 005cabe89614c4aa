import { expect } from '@jest/globals'
import type { IssuerOptions } from '@bearward/core'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { createVirtualServers } from '../support/virtual-servers.js'

const HOUR = 3600

/** A resource server that has its keys, and tokens issued when its wall clock says. */
async function prepare(options: Pick<IssuerOptions, 'staleWindow'> = {}) {
  const { clock: wall, authorizationServer, resourceServer } = await createVirtualServers(options)
  const mint = (): Promise<string> => {
    const iat = Math.floor(wall.now())
    return authorizationServer.mint({ iat, exp: iat + HOUR })
  }
  const verdict = async (): Promise<string> => verdictOn(resourceServer, await mint())
  expect(await verdict()).toBe('accepted')
  return { wall, authorizationServer, resourceServer, mint, verdict }
}

rule('TIME-11', 'measures the age of keys by a clock that never goes back', async () => {
  const { wall, authorizationServer, verdict } = await prepare()
  for (const seconds of [HOUR, -2 * HOUR, 200 * HOUR, -199 * HOUR]) {
    wall.step(seconds)
    await wall.advance(10)
    expect(await verdict()).toBe('accepted')
  }
  expect(authorizationServer.requests.jwks).toBe(1)
  wall.step(-HOUR)
  await wall.advance(560)
  expect(await verdict()).toBe('accepted')
  expect(authorizationServer.requests.jwks).toBe(2)
})

ruleForEach(
  'TIME-11',
  { 'an hour back': -HOUR, 'an hour forward': HOUR, 'a second back': -1, 'ten days back': -240 * HOUR },
  'uses keys through an outage for the same time where the wall clock was set %s',
  async (seconds) => {
    const { wall, authorizationServer, verdict } = await prepare({ staleWindow: 900 })
    authorizationServer.behave('jwks', { fault: 'refuse' })
    await wall.advance(1_000)
    wall.step(seconds)
    await wall.advance(499.9)
    expect(await verdict()).toBe('accepted')
    await wall.advance(0.1)
    expect(await verdict()).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
  },
)

ruleForEach(
  ['TIME-11', 'JWKS-01'],
  { 'an hour back': -HOUR, 'an hour forward': HOUR, nowhere: 0 },
  'refuses no token of a rotated key in a flood, where the wall clock was set %s after the last look',
  async (seconds) => {
    const { wall, authorizationServer, resourceServer, mint, verdict } = await prepare()
    await wall.advance(60)
    expect(await verdictOn(resourceServer, await authorizationServer.mint({}, { kid: 'x' }))).toBe(
      'ERR_TOKEN_KEY',
    )
    wall.step(seconds)
    await authorizationServer.rotateKeys()
    await wall.advance(2)
    const token = await mint()
    expect(await verdictOn(resourceServer, token)).toBe('ERR_KEY_SEARCH_LIMIT')
    await wall.advance(1)
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
    expect(await verdict()).toBe('accepted')
  },
)
