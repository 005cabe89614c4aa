import { describe, expect, test } from '@jest/globals'
import { createWarmWorld } from './support-introspection/warm-world.js'
import { NAMES } from './support-introspection/tokens.js'
import { createWorld } from './support-introspection/world.js'

describe('C6: a route that wants to know what holds now', () => {
  test('refuses a token that was revoked before the request, at once', async () => {
    const world = await createWarmWorld()
    world.tokens.revoke('plain')
    const { code } = world.refresh('plain', 0)
    expect(code).toBeUndefined()
    await world.clock.settle()
    expect(world.history.at(-1)?.code).toBe('ERR_TOKEN_INACTIVE')
    expect((await world.ask('plain')).code).toBe('ERR_TOKEN_INACTIVE') // now everybody knows
  })

  test('does not take the answer to a question that was asked before', async () => {
    const world = await createWarmWorld()
    world.behave('introspection', { delay: 1 })
    const first = world.refresh('plain', 0)
    await world.clock.advance(0.9)
    const second = world.refresh('plain', 0)
    await world.clock.advance(0.1)
    world.tokens.revoke('plain')
    await world.clock.advance(1)
    expect([first.verdict, second.code]).toEqual(['accept', 'ERR_TOKEN_INACTIVE'])
  })

  test('sees scopes that were taken away, and so does the next request', async () => {
    const world = await createWarmWorld()
    world.tokens.rescope('plain', '')
    expect((await world.ask('plain')).auth?.scopes).toEqual(new Set(['stats:read']))
    const fresh = world.refresh('plain', 0)
    await world.clock.settle()
    expect(fresh.auth?.scopes).toEqual(new Set())
    expect((await world.ask('plain')).auth?.scopes).toEqual(new Set())
  })

  test('refuses a JWT that was revoked, though its signature is good', async () => {
    const world = await createWorld({ accessTokens: 'mixed' })
    const jwt = await world.server.mint()
    const { resourceServer, clock } = world
    const accepted = world.send('jwt', jwt)
    await clock.settle()
    expect((await resourceServer.refresh(accepted.auth, { maxAge: 0 })).via).toBe('jwt')
    world.server.revoke(jwt)
    const again = world.send('jwt', jwt)
    await clock.settle()
    expect(again.verdict).toBe('accept')
    await expect(resourceServer.refresh(again.auth, { maxAge: 0 })).rejects.toMatchObject({
      code: 'ERR_TOKEN_INACTIVE',
    })
  })

  test('gets no verdict, and not the old one, where the server cannot be asked', async () => {
    const world = await createWarmWorld()
    world.behave('introspection', { fault: 'unauthorized' })
    const fresh = world.refresh('plain', 0)
    await world.clock.settle()
    expect(fresh.verdict).toBe('cannot tell')
  })
})

describe('C6: what is kept', () => {
  test('a refusal is used for 5 seconds, and then a token that is active again is accepted', async () => {
    const world = await createWorld()
    world.tokens.revoke('plain')
    await world.ask('plain')
    world.tokens.restore('plain')
    await world.clock.advance(4.9)
    expect((await world.ask('plain')).code).toBe('ERR_TOKEN_INACTIVE')
    await world.clock.advance(0.1)
    expect((await world.ask('plain')).verdict).toBe('accept')
  })

  test('is judged anew for each request: a token for another API stays refused without a call', async () => {
    const world = await createWarmWorld()
    expect((await world.ask('foreign')).code).toBe('ERR_TOKEN_AUDIENCE')
    expect(world.calls).toHaveLength(NAMES.length)
  })

  test('cannot be altered by a handler: claims and scopes are frozen, to the last member', async () => {
    const world = await createWorld()
    const roles = [{ name: 'reader' }]
    world.server.setClaims(world.tokens.text('plain'), { roles })
    const { auth } = await world.ask('plain')
    const [role] = (auth?.claims.roles ?? []) as { name: string }[]
    expect(() => Object.assign(auth?.claims ?? {}, { sub: 'administrator' })).toThrow(TypeError)
    expect(() => Object.assign(role ?? {}, { name: 'administrator' })).toThrow(TypeError)
    expect(() => (auth?.scopes as Set<string>).add('stats:write')).toThrow(TypeError)
    const next = await world.ask('plain')
    expect(next.auth?.claims).toMatchObject({ sub: 'alice', roles })
    expect(next.auth?.scopes).toEqual(new Set(['stats:read']))
    expect(world.calls).toHaveLength(1)
  })
})
