import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  createScriptedAuthorizationServer,
  createVirtualClock,
  type ScriptedAuthorizationServer,
  type VirtualClock,
} from '@bearward/testing'
import { introspect } from './support/form.js'

let clock: VirtualClock
let server: ScriptedAuthorizationServer

beforeEach(async () => {
  clock = createVirtualClock({ start: 1000.5 })
  server = await createScriptedAuthorizationServer({ clock, lifetime: 60 })
})

const INACTIVE = { active: false }

describe('an opaque token', () => {
  test('is 256 random bits, and no JWT', () => {
    const token = server.mintOpaque()
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(server.mintOpaque()).not.toBe(token)
  })

  test('is active, with the claims of a good token', async () => {
    expect(await introspect(server, server.mintOpaque())).toEqual({
      active: true,
      token_type: 'Bearer',
      iss: server.issuer,
      sub: 'client',
      client_id: 'client',
      aud: 'https://api.example.com',
      iat: 1000,
      exp: 1060,
      scope: 'stats:read stats:write',
      jti: expect.any(String),
    })
  })

  test('has claims added, replaced and left out', async () => {
    const token = server.mintOpaque({
      sub: 'user-1',
      aud: undefined,
      active: 'true',
      token_type: 'DPoP',
      a: [1],
    })
    const claims = await introspect(server, token)
    expect(claims).toMatchObject({ sub: 'user-1', active: 'true', token_type: 'DPoP', a: [1] })
    expect(claims).not.toHaveProperty('aud')
    expect(claims).toHaveProperty('iss', server.issuer)
  })

  test.each(['a b+c/d=e&f%67', 'token_type_hint=x&client_id=other', 'é\n\u{1f600}', 'a.b.c'])(
    'may be the text %j',
    async (token) => {
      expect(server.mintOpaque({ sub: 'user-1' }, { token })).toBe(token)
      expect(await introspect(server, token)).toMatchObject({ active: true, sub: 'user-1' })
      expect(await introspect(server, `${token}2`)).toEqual(INACTIVE)
    },
  )

  test('is no longer active when it has expired by the clock of the server', async () => {
    const token = server.mintOpaque()
    await clock.advance(59)
    expect(await introspect(server, token)).toHaveProperty('active', true)
    await clock.advance(0.5)
    expect(await introspect(server, token)).toEqual(INACTIVE)
  })

  test('stays active at a server that errs, with the same exp', async () => {
    const token = server.mintOpaque({}, { staysActive: true })
    await clock.advance(100)
    expect(await introspect(server, token)).toMatchObject({ active: true, exp: 1060 })
  })

  test.each([undefined, '1', null])('never expires where exp is %j', async (exp) => {
    const token = server.mintOpaque({ exp })
    await clock.advance(1e6)
    const claims = await introspect(server, token)
    expect([claims['active'], claims['exp']]).toEqual([true, exp])
  })
})

describe('a JWT from mint', () => {
  test('is active with its own claims', async () => {
    const claims = await introspect(server, await server.mint({ sub: 'user-1', jti: undefined }))
    expect(claims).toMatchObject({ active: true, token_type: 'Bearer', sub: 'user-1', exp: 1060 })
    expect(claims).not.toHaveProperty('jti')
  })

  test('is so whatever its signature is', async () => {
    const token = await server.mint({ sub: 'user-1' }, { signature: 'none' })
    expect(await introspect(server, token)).toMatchObject({ active: true, sub: 'user-1' })
  })

  test('expires', async () => {
    expect(await introspect(server, await server.mint({ exp: 1000 }))).toEqual(INACTIVE)
    expect(await introspect(server, await server.mint({ exp: 1001 }))).toHaveProperty('active', true)
  })

  test.each(['[1]', 'null', '"a"', 'no JSON', ''])('of the payload %j is not active', async (payload) => {
    expect(await introspect(server, await server.mint({}, { payload }))).toHaveProperty('active', false)
    expect(await introspect(server, await server.mint({}, { payload: '{"sub":"a"}' }))).toEqual({
      active: true,
      token_type: 'Bearer',
      sub: 'a',
    })
  })
})

test('what nobody minted is not active', async () => {
  const other = await createScriptedAuthorizationServer({ clock })
  expect(await introspect(server, 'anything')).toEqual(INACTIVE)
  expect(await introspect(server, other.mintOpaque())).toEqual(INACTIVE)
  expect(await introspect(server, await other.mint())).toEqual(INACTIVE)
})

describe('revoke', () => {
  test('takes one token away, opaque or a JWT, and leaves the others', async () => {
    const [opaque, jwt, other] = [server.mintOpaque(), await server.mint(), server.mintOpaque()]
    server.revoke(opaque)
    server.revoke(jwt)
    expect([await introspect(server, opaque), await introspect(server, jwt)]).toEqual([INACTIVE, INACTIVE])
    expect(await introspect(server, other)).toHaveProperty('active', true)
  })

  test('counts for a token that stays active, and may be repeated', async () => {
    const token = server.mintOpaque({}, { staysActive: true })
    server.revoke(token)
    server.revoke(token)
    server.revoke('anything')
    expect(await introspect(server, token)).toEqual(INACTIVE)
  })
})

describe('setClaims', () => {
  test('changes what is said of one token, and leaves its other claims and the others', async () => {
    const [token, other] = [server.mintOpaque({ sub: 'user-1' }), server.mintOpaque()]
    server.setClaims(token, { scope: 'stats:read', aud: undefined })
    const claims = await introspect(server, token)
    expect(claims).toMatchObject({ active: true, sub: 'user-1', scope: 'stats:read' })
    expect(claims).not.toHaveProperty('aud')
    expect(await introspect(server, other)).toHaveProperty('scope', 'stats:read stats:write')
  })

  test('does so for a JWT, which stays as it is', async () => {
    const token = await server.mint()
    server.setClaims(token, { scope: 'stats:read' })
    expect(await introspect(server, token)).toHaveProperty('scope', 'stats:read')
  })

  test('keeps a token active that stays so', async () => {
    const token = server.mintOpaque({}, { staysActive: true })
    server.setClaims(token, { exp: 1 })
    expect(await introspect(server, token)).toMatchObject({ active: true, exp: 1 })
    const other = server.mintOpaque()
    server.setClaims(other, { exp: 1 })
    expect(await introspect(server, other)).toEqual(INACTIVE)
  })

  test('is refused for what is no token here, without its text', () => {
    const token = server.mintOpaque()
    server.revoke(token)
    const problem = 'token: must be one of this server, and not revoked'
    for (const unknown of [token, 'anything']) {
      expect(() => {
        server.setClaims(unknown, {})
      }).toThrow(new TypeError(problem))
    }
  })
})
