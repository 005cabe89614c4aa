import { describe, expect } from '@jest/globals'
import request from 'supertest'
import { ADAPTERS } from '../../support/apis.js'
import { INTROSPECTION, toJson, useIntrospectingServers } from '../../support/introspection.js'
import { invalidToken, readRefusal } from '../../support/refusal.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE } from '../../support/servers.js'
import { vector, VECTORS } from '../../vectors/vectors.js'

const servers = useIntrospectingServers()
const HEADER = { typ: 'token-introspection+jwt' }

ruleForEach(
  '9701-8.1-a',
  {
    'that is all there is to it': {},
    'that looks like one for this API as well': { aud: ['client', AUDIENCE] },
    'with everything that an access token has': { aud: AUDIENCE, sub: 'alice', scope: 'stats:read' },
  },
  'refuses a signed answer as an access token, and asks nobody about it: one %s',
  async (members) => {
    const { authorizationServer, resourceServer, protect, answer, questions } = servers()
    answer(toJson({ active: true, aud: AUDIENCE }))
    const claims = { ...members, token_introspection: { active: true, aud: AUDIENCE } }
    const signed = await authorizationServer.mint(claims, { header: HEADER })
    for (const each of [resourceServer, protect()]) {
      expect(await verdictOn(each, signed)).toBe('ERR_TOKEN_TYPE')
      expect(await verdictOn(each, await authorizationServer.mint())).toBe('accepted')
    }
    expect(questions).toEqual([])
  },
)

rule('9701-8.1-a', 'refuses the signed answer that RFC 9701 prints', async () => {
  const { protect, authorizationServer } = servers()
  const { jws } = vector(VECTORS.otherTokens, 'rfc9701-5-response')
  expect(await verdictOn(protect({ issuer: 'https://as.example.com/' }), jws)).toBe('ERR_TOKEN_TYPE')
  expect(await verdictOn(protect(), await authorizationServer.mint())).toBe('accepted')
})

rule('9701-8.1-a', 'does not believe an access token in place of a signed answer', async () => {
  const { authorizationServer, introspect, answer } = servers()
  const headers = { 'Content-Type': 'application/token-introspection+jwt' }
  const claims = { aud: ['client', AUDIENCE], token_introspection: { active: true, aud: AUDIENCE } }
  const verdicts: string[] = []
  for (const header of [{ typ: 'at+jwt' }, HEADER]) {
    answer({ headers, body: await authorizationServer.mint(claims, { header }) })
    verdicts.push(await verdictOn(introspect({ responseFormat: 'jwt' }), 'opaque'))
  }
  expect(verdicts).toEqual(['ERR_INTROSPECTION_RESPONSE', 'accepted'])
})

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  ruleForEach(
    '9701-8.2-a',
    {
      'JSON, as RFC 6749 says': toJson({ error: 'invalid_request' }, 400),
      nothing: { status: 400 },
      'that the token is active': toJson({ active: true, aud: AUDIENCE }, 400),
      'that the token is not active': toJson({ active: false }, 400),
    },
    'takes status 400 for a fault of the configuration, and not of the client, where the answer says %s',
    async (given) => {
      const { introspect, answer } = servers()
      const codes: string[] = []
      const onRefusal = ({ code }: { readonly code: string }) => void codes.push(code)
      const api = createApi(introspect({ ...INTROSPECTION, responseFormat: 'jwt' }, { onRefusal }))
      answer(given)
      const get = (token: string) => request(api.listener).get('/me').auth(token, { type: 'bearer' })
      const { status, headers } = await get('opaque')
      expect([status, codes]).toEqual([503, ['ERR_INTROSPECTION_REFUSED']])
      expect(headers).not.toHaveProperty('www-authenticate')
      expect(api.handled()).toBe(0)
      answer(undefined)
      expect(readRefusal(await get('opaque'))).toEqual(invalidToken('The access token is not active'))
      expect((await get(servers().authorizationServer.mintOpaque())).status).toBe(200)
    },
  )
})
