import { createResourceServer, type ResourceServer } from '@bearward/core'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  INTROSPECTION_FAULTS,
  type ScriptedAuthorizationServer,
  type VirtualClock,
} from '@bearward/testing'
import { verdictOn } from '../../../test/support/request.js'

const audience = 'https://api.example.com'

let clock: VirtualClock
let server: ScriptedAuthorizationServer
let resourceServer: ResourceServer

beforeEach(async () => {
  clock = createVirtualClock()
  server = await createScriptedAuthorizationServer({
    clock,
    clients: [{ clientId: 'odd client:1', clientSecret: 'p+ss w%rd/é', scope: 'stats:read' }],
  })
  resourceServer = make('json')
})

afterEach(() => {
  resourceServer.close()
})

function make(responseFormat: 'json' | 'jwt'): ResourceServer {
  const { issuer, fetch } = server
  const credentials = { clientId: 'odd client:1', clientSecret: 'p+ss w%rd/é' }
  return createResourceServer({
    issuer,
    audience,
    introspection: { ...credentials, responseFormat },
    fetch,
    clock,
  })
}

describe('a resource server that introspects', () => {
  test.each(['json', 'jwt'] as const)('accepts what is active, and nothing else: %s', async (format) => {
    resourceServer.close()
    resourceServer = make(format)
    expect(await verdictOn(resourceServer, server.mintOpaque())).toBe('accepted')
    const revoked = server.mintOpaque()
    server.revoke(revoked)
    expect(await verdictOn(resourceServer, revoked)).toBe('ERR_TOKEN_INACTIVE')
    expect(await verdictOn(resourceServer, server.mintOpaque({ aud: 'https://other.example.com' }))).toBe(
      'ERR_TOKEN_AUDIENCE',
    )
  })

  test('asks once for one token, and fifty times at once for a hundred', async () => {
    server.behave('introspection', { delay: 1 })
    const token = server.mintOpaque()
    const others = Array.from({ length: 99 }, () => server.mintOpaque())
    const verdicts = Promise.all(
      [...others, token, token].map((presented) => verdictOn(resourceServer, presented)),
    )
    await clock.advance(2)
    expect(new Set(await verdicts)).toEqual(new Set(['accepted']))
    expect(server.log.filter((request) => request.token === token)).toHaveLength(1)
    expect([server.requests.introspection, server.mostUnderWay.introspection]).toEqual([100, 50])
    expect(server.underWay.introspection).toBe(0)
  })

  test.each(INTROSPECTION_FAULTS)(
    'believes no answer that is wrong, and leaves no timer: %s',
    async (fault) => {
      expect(await verdictOn(resourceServer, server.mintOpaque())).toBe('accepted')
      server.behave('introspection', { fault })
      const verdict = verdictOn(resourceServer, server.mintOpaque())
      await clock.advance(10)
      expect(await verdict).toMatch(/^ERR_/)
      resourceServer.close()
      await clock.settle()
      expect([clock.timers, server.underWay.introspection]).toEqual([0, 0])
    },
  )
})
