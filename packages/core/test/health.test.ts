import { describe, expect, test } from '@jest/globals'
import type { AuthorizationServer } from '../src/authorization-servers.js'
import { UnavailableError } from '../src/errors.js'
import { toHealth } from '../src/health.js'
import type { DocumentHealth } from '../src/http/live-document.js'

const issuer = 'https://as.example.com'
const NOTHING = {
  age: undefined,
  timeLeft: 0,
  staleSince: undefined,
  nextRefresh: undefined,
  failure: undefined,
} satisfies DocumentHealth
const FRESH = { ...NOTHING, age: 0, timeLeft: 87_000, nextRefresh: 450 }
const STALE = { ...NOTHING, age: 700, timeLeft: 86_300, staleSince: 1_000_000, nextRefresh: 0 }
const failureOf = (code: 'ERR_KEY_SET_INVALID' | 'ERR_METADATA_INVALID', at: number) => ({
  error: new UnavailableError(code, 'a test'),
  at,
})

/** An authorization server whose documents stand so. */
function server(
  keySet: DocumentHealth,
  { kids, metadata = FRESH }: { kids?: readonly (string | undefined)[]; metadata?: DocumentHealth } = {},
): AuthorizationServer {
  const documents = {
    keySet: {
      health: () => keySet,
      copy: () => (kids === undefined ? undefined : { content: kids.map((kid) => ({ kid })) }),
    },
    metadata: { health: () => metadata },
    needs: { keys: true, addresses: ['jwks_uri'] },
  }
  return { issuer, documents } as unknown as AuthorizationServer
}

const healthOf = (
  configured: readonly AuthorizationServer[],
  lookedUp: readonly AuthorizationServer[] = [],
) =>
  toHealth({
    configured,
    lookedUp: () => lookedUp,
    introspecting: undefined,
    atHand: () => undefined,
    confirm: () => undefined,
    select: () => Promise.reject(new Error('not asked')),
  })

describe('the health of a resource server', () => {
  test('is that of keys which are fresh', () => {
    expect(healthOf([server(FRESH, { kids: ['1', undefined, '2'] })])).toEqual({
      ready: true,
      authorizationServers: [
        { issuer, status: 'fresh', keys: ['1', null, '2'], age: 0, nextRefresh: 450, timeLeft: 87_000 },
      ],
    })
  })

  test('is that of keys which are stale, and used all the same', () => {
    const failure = failureOf('ERR_KEY_SET_INVALID', 5)
    expect(healthOf([server({ ...STALE, failure }, { kids: ['1'] })])).toEqual({
      ready: true,
      authorizationServers: [
        {
          issuer,
          status: 'stale',
          keys: ['1'],
          age: 700,
          nextRefresh: 0,
          staleSince: 1_000_000,
          timeLeft: 86_300,
          lastError: { code: 'ERR_KEY_SET_INVALID', at: 5 },
        },
      ],
    })
  })

  test('is that of no keys: with no member that would be undefined', () => {
    const health = healthOf([server(NOTHING)])
    expect(health).toStrictEqual({
      ready: false,
      authorizationServers: [{ issuer, status: 'unavailable', keys: [], timeLeft: 0 }],
    })
  })

  test('is that of keys whose time is over', () => {
    const health = healthOf([server({ ...STALE, timeLeft: 0 }, { kids: ['1'] })])
    expect(health).toMatchObject({
      ready: false,
      authorizationServers: [{ status: 'unavailable', keys: ['1'] }],
    })
    expect(healthOf([server({ ...STALE, timeLeft: 0.1 })])).toMatchObject({ ready: true })
  })

  test('tells the failure of the keys, or else that of the metadata', () => {
    const metadata = { ...FRESH, failure: failureOf('ERR_METADATA_INVALID', 6) }
    const failure = failureOf('ERR_KEY_SET_INVALID', 5)
    expect(healthOf([server(FRESH, { metadata })])).toMatchObject({
      authorizationServers: [{ lastError: { code: 'ERR_METADATA_INVALID', at: 6 } }],
    })
    expect(healthOf([server({ ...FRESH, failure }, { metadata })])).toMatchObject({
      authorizationServers: [{ lastError: { code: 'ERR_KEY_SET_INVALID', at: 5 } }],
    })
  })

  test('is ready where there are keys of all that the configuration names', () => {
    expect(healthOf([server(FRESH), server(STALE)]).ready).toBe(true)
    expect(healthOf([server(FRESH), server(NOTHING)]).ready).toBe(false)
  })

  test('does not wait for those that were looked up, but names them', () => {
    const health = healthOf([server(FRESH)], [server(NOTHING)])
    expect(health.ready).toBe(true)
    expect(health.authorizationServers.map(({ status }) => status)).toEqual(['fresh', 'unavailable'])
    expect(healthOf([]).ready).toBe(true)
  })
})
