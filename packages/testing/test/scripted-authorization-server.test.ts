import { createResourceServer, type FetchResponse } from '@bearward/core'
import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  type ScriptedAuthorizationServer,
  type ScriptedOptions,
  type VirtualClock,
} from '@bearward/testing'
import { verdictOn } from '../../../test/support/request.js'
import { ask, readText } from './support/ask.js'
import { introspect, postForm } from './support/form.js'

let clock: VirtualClock
let server: ScriptedAuthorizationServer

beforeEach(async () => {
  clock = createVirtualClock()
  server = await createScriptedAuthorizationServer({ clock })
})

async function make(options: Partial<ScriptedOptions>): Promise<ScriptedAuthorizationServer> {
  return createScriptedAuthorizationServer({ clock, ...options })
}

async function readJson(answer: Promise<FetchResponse>): Promise<unknown> {
  return JSON.parse(await readText(await answer))
}

describe('a scripted authorization server', () => {
  test('has the addresses of a real one, where nobody listens', () => {
    const { issuer, metadataUrl, jwksUri, tokenEndpoint, introspectionEndpoint, revocationEndpoint } = server
    expect({
      issuer,
      metadataUrl,
      jwksUri,
      tokenEndpoint,
      introspectionEndpoint,
      revocationEndpoint,
    }).toEqual({
      issuer: 'https://as.example.com',
      metadataUrl: 'https://as.example.com/.well-known/oauth-authorization-server',
      jwksUri: 'https://as.example.com/jwks',
      tokenEndpoint: 'https://as.example.com/token',
      introspectionEndpoint: 'https://as.example.com/introspect',
      revocationEndpoint: 'https://as.example.com/revoke',
    })
  })

  test('may have another issuer', async () => {
    const { issuer, metadataUrl } = await make({ issuer: 'http://localhost:8080/tenants/a' })
    expect(issuer).toBe('http://localhost:8080/tenants/a')
    expect(metadataUrl).toBe('http://localhost:8080/.well-known/oauth-authorization-server/tenants/a')
  })

  test('answers with metadata and key set, without any time', async () => {
    const metadata = await readJson(ask(server, server.metadataUrl))
    expect(metadata).toMatchObject({ issuer: server.issuer, jwks_uri: server.jwksUri })
    const keySet = await ask(server, server.jwksUri)
    expect([keySet.status, keySet.headers.get('content-type')]).toEqual([200, 'application/jwk-set+json'])
    expect(await readJson(Promise.resolve(keySet))).toEqual(server.keySet())
    expect([clock.monotonic(), clock.timers]).toEqual([0, 0])
  })

  test.each(['https://as.example.com/jwks2', 'https://as.example.net/jwks', 'http://as.example.com/jwks'])(
    'answers 404 at %s',
    async (url) => {
      expect((await ask(server, url)).status).toBe(404)
      expect(server.requests).toEqual({
        metadata: 0,
        jwks: 0,
        token: 0,
        introspection: 0,
        revocation: 0,
        other: 1,
      })
    },
  )

  test('refuses other methods', async () => {
    expect((await ask(server, server.jwksUri, { method: 'POST' })).status).toBe(405)
  })

  test.each([
    ['jwt', 3],
    ['opaque', 1],
  ] as const)('issues access tokens: %s, of %i parts', async (accessTokens, parts) => {
    server = await make({ accessTokens })
    const { text } = await postForm(
      server.tokenEndpoint,
      { grant_type: 'client_credentials' },
      undefined,
      server.fetch,
    )
    const { access_token, ...others } = JSON.parse(text) as Record<string, unknown>
    expect(others).toMatchObject({ token_type: 'Bearer', expires_in: 300 })
    expect(String(access_token).split('.')).toHaveLength(parts)
    expect(await introspect(server, String(access_token))).toMatchObject({ active: true, sub: 'client' })
  })

  test('mints tokens of its time', async () => {
    const [, payload = ''] = (await server.mint({ sub: 'user-1' })).split('.')
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    expect(claims).toMatchObject({
      sub: 'user-1',
      iss: server.issuer,
      iat: clock.now(),
      exp: clock.now() + 300,
    })
  })

  test('is one whose tokens are accepted, until their time is over', async () => {
    const audience = 'https://api.example.com'
    const { issuer, fetch } = server
    const resourceServer = createResourceServer({ issuer, audience, fetch, clock })
    const token = await server.mint()
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
    await clock.advance(400)
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_EXPIRED')
    resourceServer.close()
  })
})

describe('its keys', () => {
  test('are replaced, or joined by new ones', async () => {
    const [first] = server.keySet().keys
    await server.rotateKeys({ keepOld: true })
    const [second, old] = server.keySet().keys
    expect(old).toEqual(first)
    await server.rotateKeys()
    expect(server.keySet().keys).toHaveLength(1)
    expect(server.keySet().keys).not.toContainEqual(second)
  })

  test('may be put aside for raw ones', async () => {
    server.publish([{ kty: 'unknown' }])
    expect(await readJson(ask(server, server.jwksUri))).toEqual({ keys: [{ kty: 'unknown' }] })
    server.publish(undefined)
    expect(await readJson(ask(server, server.jwksUri))).toEqual(server.keySet())
  })

  test('move to another URL each time', async () => {
    const { jwksUri } = server
    server.moveKeySet()
    const moved = server.jwksUri
    expect(await readJson(ask(server, server.metadataUrl))).toMatchObject({ jwks_uri: moved })
    expect((await ask(server, jwksUri)).status).toBe(404)
    expect(await readJson(ask(server, moved))).toEqual(server.keySet())
    server.moveKeySet()
    expect(new Set([jwksUri, moved, server.jwksUri]).size).toBe(3)
  })
})

describe('its entity tags', () => {
  test('are not there unless asked for', async () => {
    expect((await ask(server, server.jwksUri)).headers.get('etag')).toBeNull()
  })

  test.each(['metadataUrl', 'jwksUri'] as const)('save the content of %s', async (url) => {
    server = await make({ etags: true })
    const etag = (await ask(server, server[url])).headers.get('etag') ?? ''
    const conditional = { headers: { 'If-None-Match': etag } }
    const unchanged = await ask(server, server[url], conditional)
    expect([unchanged.status, unchanged.headers.get('etag'), await readText(unchanged)]).toEqual([
      304,
      etag,
      '',
    ])
    await server.rotateKeys()
    server.moveKeySet()
    expect((await ask(server, server[url], conditional)).status).toBe(200)
  })
})

describe('its books', () => {
  test('have each request, when it came, and whether it was conditional', async () => {
    await ask(server, server.metadataUrl)
    await clock.advance(2.5)
    await ask(server, server.jwksUri, { headers: { 'if-none-match': '"a"' } })
    expect(server.requests).toEqual({
      metadata: 1,
      jwks: 1,
      token: 0,
      introspection: 0,
      revocation: 0,
      other: 0,
    })
    expect(server.log).toEqual([
      { endpoint: 'metadata', at: 0, isConditional: false },
      { endpoint: 'jwks', at: 2.5, isConditional: true },
    ])
    server.resetCounters()
    expect(server.requests.jwks).toBe(0)
    expect(server.log).toHaveLength(2)
  })
})

describe('making one', () => {
  test.each([
    ['issuer', { issuer: 'as.example.com' }],
    ['issuer', { issuer: 'https://as.example.com?a' }],
    ['issuer', { issuer: 'https://as.example.com/a#b' }],
    ['issuer', { issuer: 'https://AS.example.com' }],
    ['issuer', { issuer: 'https://user@as.example.com' }],
    ['issuer', { issuer: 'ftp://as.example.com' }],
    ['issuer', { issuer: '' }],
    ['algorithms', { algorithms: [] }],
    ['lifetime', { lifetime: 0 }],
  ])('names the option %s that cannot be used: %j', async (option, options) => {
    await expect(make(options)).rejects.toThrow(new RegExp(`^${option}: `))
  })
})
