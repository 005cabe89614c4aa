import { describe, expect, test } from '@jest/globals'
import { TokenEndpointUnavailableError } from '@bearward/client'
import { rule, ruleForEach } from '../../../test/support/rule.js'
import { createBench, formOf, GRANT, json, resultOf, type AnyOptions } from './support/script.js'

async function bodyOf(options: AnyOptions): Promise<string> {
  const { tokens, sent } = createBench(options, GRANT)
  await tokens.getToken()
  return String(sent[0]?.body)
}

describe('a token request', () => {
  rule('6749-3.2-a', 'is a POST to the endpoint as configured, its query included', async () => {
    const { tokens, sent } = createBench({ tokenEndpoint: 'https://as.example.com/t?tenant=1' }, GRANT)
    await tokens.getToken()
    expect(sent[0]).toMatchObject({
      url: 'https://as.example.com/t?tenant=1',
      method: 'POST',
      redirect: 'manual',
    })
  })

  rule('6749-4.4-a', 'holds the grant type, the scope, and nothing else', async () => {
    expect(await bodyOf({ scope: 'read write' })).toBe('grant_type=client_credentials&scope=read+write')
    const { tokens, sent } = createBench({}, GRANT)
    await tokens.getToken()
    expect(sent[0]?.headers.get('content-type')).toBe('application/x-www-form-urlencoded;charset=UTF-8')
    expect(sent[0]?.headers.get('accept')).toBe('application/json')
  })

  rule('6749-3.2-c', 'leaves out what is empty, and names no scope twice', async () => {
    expect(await bodyOf({ scope: [] })).toBe('grant_type=client_credentials')
    expect(await bodyOf({ scope: '' })).toBe('grant_type=client_credentials')
    expect(await bodyOf({ scope: ['b', 'a', 'b'] })).toBe('grant_type=client_credentials&scope=b+a')
  })

  test('names every API that the token is for (RFC 8707)', async () => {
    const resource = ['https://a.example.com/', 'urn:example:b']
    const form = new URLSearchParams(await bodyOf({ resource }))
    expect(form.getAll('resource')).toEqual(resource)
  })

  rule('6749-4.4-c', 'is the same again, though there was a refresh token', async () => {
    const { tokens, sent, clock } = createBench({}, { ...GRANT, refresh_token: 'refresh-1' })
    await tokens.getToken()
    await clock.advance(301)
    await tokens.getToken()
    expect(sent.map(formOf)).toEqual([
      { grant_type: 'client_credentials' },
      { grant_type: 'client_credentials' },
    ])
  })
})

describe('a good answer', () => {
  test('gives a frozen token that serializing does not show', async () => {
    const { tokens } = createBench({ scope: 'read' }, GRANT)
    const token = await tokens.getToken()
    expect(token.accessToken).toBe('token-1')
    expect(Object.isFrozen(token)).toBe(true)
    expect(JSON.stringify(token)).toBe('{"scope":"read","missingScopes":[],"expiresAt":1767225900}')
  })

  ruleForEach(
    '6749-5.1-a',
    { Bearer: 'Bearer', bearer: 'bearer', BEARER: 'BEARER' },
    'may write the type as %s',
    async (type) => {
      expect(await resultOf({ ...GRANT, token_type: type })).toHaveProperty('accessToken', 'token-1')
    },
  )

  rule('6749-5.1-c', 'may hold more, whatever it is, and a long token', async () => {
    const long = 't'.repeat(16_384)
    const more = { refresh_token: 5, id_token: 'none', access_token: long, extra: { a: [1] } }
    expect(await resultOf({ ...GRANT, ...more })).toHaveProperty('accessToken', long)
  })

  ruleForEach(
    '6749-5.1-d',
    { 'a number': 120, 'a string of digits': '120' },
    'may give expires_in as %s',
    async (value) => {
      expect(await resultOf({ ...GRANT, expires_in: value })).toHaveProperty('expiresAt', 1_767_225_720)
    },
  )

  rule('6749-3.3-b', 'grants what was asked for where it says nothing of it', async () => {
    const { scope, missingScopes } = await resultOf(GRANT, { scope: 'read write' })
    expect({ scope, missingScopes }).toEqual({ scope: 'read write', missingScopes: [] })
    expect(await resultOf(GRANT)).toMatchObject({ scope: undefined, missingScopes: [] })
  })

  rule('6749-5.1-d', 'may write null for what it does not say', async () => {
    const unsaid = await resultOf({ ...GRANT, scope: null, expires_in: null }, { scope: 'read' })
    expect(unsaid).toMatchObject({ scope: 'read', expiresAt: 1_767_225_660 })
  })

  test('says nothing by what all objects inherit', async () => {
    Object.defineProperty(Object.prototype, 'scope', { value: 'admin', configurable: true })
    try {
      expect(await resultOf(GRANT, {})).toMatchObject({ scope: undefined })
    } finally {
      delete (Object.prototype as { scope?: string }).scope
    }
  })

  rule('6749-3.3-b', 'may grant less, which is reported and no error', async () => {
    const down = await resultOf({ ...GRANT, scope: 'read' }, { scope: 'read write' })
    expect(down).toMatchObject({ accessToken: 'token-1', scope: 'read', missingScopes: ['write'] })
  })

  rule('6749-3.3-a', 'grants the same in any order, and not in other letters', async () => {
    const asked = { scope: ['a', 'b'] }
    expect(await resultOf({ ...GRANT, scope: 'b a' }, asked)).toMatchObject({
      scope: 'b a',
      missingScopes: [],
    })
    expect(await resultOf({ ...GRANT, scope: 'b A' }, asked)).toMatchObject({ missingScopes: ['a'] })
  })
})

describe('an answer that cannot be used', () => {
  ruleForEach(
    '6749-5.1-a',
    { 'another type': 'mac', 'a bound type': 'DPoP', 'no type': undefined, 'a number': 1 },
    'is one with %s',
    async (type) => {
      const error = await resultOf({ ...GRANT, token_type: type })
      expect(error).toBeInstanceOf(TokenEndpointUnavailableError)
      expect(error['code']).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    },
  )

  ruleForEach(
    '6749-5.1-d',
    {
      'a number for a token': { access_token: 5 },
      'an empty token': { access_token: '' },
      'no token': { access_token: undefined },
      'a token that no header can carry': { access_token: 'a\r\nb' },
      'an expires_in in words': { expires_in: '1 hour' },
      'an expires_in below zero': { expires_in: -1 },
      'an expires_in that is a list': { expires_in: [300] },
      'a scope that is a list': { scope: ['read'] },
    },
    'is one with %s',
    async (members) => {
      const error = await resultOf({ ...GRANT, ...members })
      expect(error['code']).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    },
  )

  ruleForEach(
    '6749-5.1-d',
    {
      'a list': () => Response.json([GRANT]),
      'JSON of another media type': () =>
        new Response(JSON.stringify(GRANT), { headers: { 'content-type': 'text/html' } }),
      'broken JSON': () =>
        new Response('{"access_token":', { headers: { 'content-type': 'application/json' } }),
      'status 201': json(201, GRANT),
    },
    'is %s',
    async (answer) => {
      expect((await resultOf(answer))['code']).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    },
  )
})
