import { expect } from '@jest/globals'
import { createResourceServer, type Fetch } from '@bearward/core'
import { createManualClock } from '../../support/manual-clock.js'
import { verdictOn } from '../../support/request.js'
import { rule } from '../../support/rule.js'
import { createScriptedFetch } from '../../support/scripted-fetch.js'
import { AUDIENCE, useServers } from '../../support/servers.js'

const ISSUER = 'https://as.example.com/t1'
const METADATA = `${ISSUER}/.well-known/openid-configuration`
const KEYS = `${ISSUER}/jwks`
const servers = useServers()

/** Lets everything happen that needs no time. */
const settle = () => new Promise(setImmediate)

/** A resource server whose authorization server takes this long for each answer, and has its metadata at the last URL. */
async function protectSlowly(seconds: number) {
  const { authorizationServer } = servers()
  const clock = createManualClock()
  const script = createScriptedFetch({
    [METADATA]: { issuer: ISSUER, jwks_uri: KEYS },
    [KEYS]: authorizationServer.keySet(),
  })
  const fetch: Fetch = async (url, init) => {
    const answer = await script.fetch(url, init)
    await new Promise<void>((resolve) => void clock.after(seconds, resolve))
    return answer
  }
  const token = await authorizationServer.mint({ iss: ISSUER })
  const resourceServer = createResourceServer({ issuer: ISSUER, audience: AUDIENCE, clock, fetch })
  const verdict = () => verdictOn(resourceServer, token)
  /** Moves the clock on, so that each answer that falls due is taken up before the next. */
  const pass = async (...steps: readonly number[]) => {
    for (const step of steps) {
      await settle()
      clock.advance(step)
    }
    await settle()
  }
  return { verdict, pass, urls: script.urls }
}

rule(
  'jwks-impl-b',
  'has nobody wait longer than 5 seconds for metadata and keys that come slowly, and fetches on for the next one',
  async () => {
    const { verdict, pass, urls } = await protectSlowly(2)
    const outcomes: string[] = []
    const first = verdict().then((code) => outcomes.push(code))
    await pass(2, 2, 0.9)
    expect(outcomes).toEqual([])
    await pass(0.1)
    await first
    expect(outcomes).toEqual(['ERR_AUTHORIZATION_SERVER_UNREACHABLE'])
    expect(urls).toHaveLength(3)
    const joined = verdict()
    await pass(1, 2)
    expect(await joined).toBe('accepted')
    expect(await verdict()).toBe('accepted')
    expect(urls.slice(2)).toEqual([METADATA, KEYS])
  },
)

rule('jwks-impl-b', 'accepts a token with keys that came when nobody waited for them any more', async () => {
  const { verdict, pass, urls } = await protectSlowly(2)
  const late = verdict()
  await pass(2, 2, 1)
  expect(await late).toBe('ERR_AUTHORIZATION_SERVER_UNREACHABLE')
  await pass(1, 2)
  expect(urls).toHaveLength(4)
  expect(await verdict()).toBe('accepted')
  expect(urls).toHaveLength(4)
})

rule('jwks-impl-b', 'waits for metadata and keys that come within 5 seconds', async () => {
  const { verdict, pass, urls } = await protectSlowly(1)
  const outcome = verdict()
  await pass(1, 1, 1, 1)
  expect(await outcome).toBe('accepted')
  expect(urls).toHaveLength(4)
})
