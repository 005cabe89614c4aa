import { deepStrictEqual } from 'node:assert/strict'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import type { Auth } from '@bearward/core'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import { useServers } from '../support/servers.js'

const CLAIMS = { sub: 'user', scope: 'stats:read', roles: ['auditor'], cfg: { deep: [{ a: 1 }] } }
const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  /** The `auth` that a handler sees, and the token that it is of. */
  async function seeAuth(): Promise<{ auth: Auth; found: Auth | undefined; token: string }> {
    const seen: { auth?: Auth | undefined; found?: Auth | undefined } = {}
    const api = createApp(({ requireToken, handler }) => [
      requireToken(servers().resourceServer),
      handler((exchange) => {
        Object.assign(seen, { auth: exchange.auth, found: exchange.findAuth() })
        exchange.answer(200, null)
      }),
    ])
    const token = await servers().authorizationServer.mint(CLAIMS)
    expect((await request(api.listener).get('/').auth(token, { type: 'bearer' })).status).toBe(200)
    const { auth, found } = seen
    if (auth === undefined) throw new Error('The handler saw no auth')
    return { auth, found, token }
  }

  test('says who makes the request, for which client, with what scopes, until when', async () => {
    const { auth, found } = await seeAuth()
    expect(auth).toEqual({
      scheme: 'Bearer',
      issuer: servers().authorizationServer.issuer,
      subject: 'user',
      clientId: 'client',
      scopes: auth.scopes,
      expiresAt: auth.claims.exp,
      claims: expect.objectContaining(CLAIMS),
      via: 'jwt',
    })
    expect([...auth.scopes]).toEqual(['stats:read'])
    deepStrictEqual(auth.scopes, new Set(['stats:read']))
    expect(inspect(auth.scopes)).toBe("Set(1) { 'stats:read' }")
    expect(found).toBe(auth)
  })

  test('holds the token where neither a log nor a serialization shows it', async () => {
    const { auth, token } = await seeAuth()
    expect(auth.token).toBe(token)
    const shown = [
      JSON.stringify(auth),
      JSON.stringify({ ...auth }),
      JSON.stringify(Object.entries(auth)),
      inspect(auth, { depth: Infinity }),
    ].join('\n')
    expect(shown).toContain('user')
    for (const part of token.split('.')) expect(shown).not.toContain(part)
    expect(Object.keys(auth)).not.toContain('token')
    expect(structuredClone({ ...auth, scopes: [] })).not.toHaveProperty('token')
  })

  test('is frozen, with its claims and scopes', async () => {
    const { auth } = await seeAuth()
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(isFrozen))
    expect(isFrozen(auth)).toBe(true)
    const scopes = auth.scopes as Set<string>
    expect(() => scopes.add('stats:write')).toThrow(TypeError)
    expect(() => scopes.delete('stats:read')).toThrow(TypeError)
    expect(() => scopes.clear()).toThrow(TypeError)
    expect([...auth.scopes]).toEqual(['stats:read'])
    expect(() => Object.assign(auth, { subject: 'admin' })).toThrow(TypeError)
    expect(() => Object.assign(auth.claims, { sub: 'admin' })).toThrow(TypeError)
    expect(() => (auth.claims.roles as string[]).push('admin')).toThrow(TypeError)
  })
})
