import { beforeEach, describe, expect, test } from '@jest/globals'
import type { AuthorizationDetail } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { optionAtFaultIn } from '../support/configuration.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import type { Kit, Layer } from '../support/kit.js'
import { NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { useServers } from '../support/servers.js'

const servers = useServers()
const now = (): number => Math.floor(Date.now() / 1000)

interface Guard {
  readonly guard: (kit: Kit) => Layer
  /** Claims that it lets pass, and claims that it does not. */
  readonly good: () => object
  readonly lacking: () => object
  readonly refused: readonly [status: number, challenge: object]
}

const STEP_UP = {
  error: 'insufficient_user_authentication',
  error_description: 'The user has to be authenticated in another way, or again',
}
const DETAILS = {
  error: 'insufficient_scope',
  error_description: 'The access token does not carry the required authorization details',
}

const GUARDS: Readonly<Record<string, Guard>> = {
  'requireStepUp by acr': {
    guard: (kit) => kit.requireStepUp({ acrValues: ['phr', 'mfa'] }),
    good: () => ({ acr: 'mfa' }),
    lacking: () => ({ acr: 'pwd' }),
    refused: [401, { ...STEP_UP, acr_values: 'phr mfa' }],
  },
  'requireStepUp by age': {
    guard: (kit) => kit.requireStepUp({ maxAge: 300 }),
    good: () => ({ auth_time: now() - 200 }),
    lacking: () => ({ auth_time: now() - 400 }),
    refused: [401, { ...STEP_UP, max_age: '300' }],
  },
  'requireStepUp with scopes': {
    guard: (kit) => kit.requireStepUp({ acrValues: ['mfa'], scopes: ['pay'] }),
    good: () => ({ acr: 'mfa', scope: 'pay' }),
    lacking: () => ({ acr: 'pwd' }),
    refused: [401, { ...STEP_UP, acr_values: 'mfa', scope: 'pay' }],
  },
  'requireAuthorizationDetails by shape': {
    guard: (kit) => kit.requireAuthorizationDetails({ type: 'account', actions: ['read'] }),
    good: () => ({ authorization_details: [{ type: 'account', actions: ['read', 'list'] }] }),
    lacking: () => ({ authorization_details: [{ type: 'account', actions: ['list'] }] }),
    refused: [403, DETAILS],
  },
  'requireAuthorizationDetails by predicate': {
    guard: (kit) => kit.requireAuthorizationDetails(({ type }: AuthorizationDetail) => type === 'account'),
    good: () => ({ authorization_details: [{ type: 'payment' }, { type: 'account' }] }),
    lacking: () => ({ authorization_details: [{ type: 'payment' }] }),
    refused: [403, DETAILS],
  },
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  describe.each(Object.entries(GUARDS))('%s', (_guard, { guard, good, lacking, refused }) => {
    let api: Api
    beforeEach(() => {
      const { resourceServer } = servers()
      api = createApp((kit) => [
        kit.get('/unguarded', guard(kit), kit.handler()),
        kit.requireToken(resourceServer, { optional: true }),
        kit.get('/guarded', guard(kit), kit.handler()),
        kit.handler(),
      ])
    })

    const get = async (path: string, claims: object) =>
      request(api.listener)
        .get(path)
        .auth(await servers().authorizationServer.mint({ ...claims }), { type: 'bearer' })

    test('lets a token pass that allows what the route does', async () => {
      expect((await get('/guarded', good())).status).toBe(200)
      expect([api.handled(), api.errors]).toEqual([1, []])
    })

    test('refuses one that does not, and says what it takes', async () => {
      const [status, challenge] = refused
      expect(readRefusal(await get('/guarded', lacking()))).toMatchObject({
        status,
        challenges: [{ scheme: 'Bearer', realm: 'protected resource', ...challenge }],
        cacheControl: 'no-store',
      })
      expect((await get('/other', lacking())).status).toBe(200)
      expect([api.handled(), api.errors]).toEqual([1, []])
    })

    test('asks for credentials where there are none', async () => {
      expect(readRefusal(await request(api.listener).get('/guarded'))).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
    })

    test('is an error of the developer where no requireToken ran before', async () => {
      expect((await get('/unguarded', good())).status).toBe(500)
      expect([api.handled(), api.errors.map((error) => (error as { option?: string }).option)]).toEqual([
        0,
        ['requireToken'],
      ])
    })
  })

  test('makes no guard of what cannot be used', () => {
    const make = (build: (kit: Kit) => Layer) => optionAtFaultIn(() => createApp((kit) => [build(kit)]))
    expect(make((kit) => kit.requireStepUp({}))).toBe('acrValues')
    expect(make((kit) => kit.requireAuthorizationDetails({ type: '' }))).toBe('authorizationDetails')
    expect(make((kit) => kit.requireStepUp({ maxAge: 0 }))).toBeUndefined()
    expect(make((kit) => kit.requireAuthorizationDetails({ type: 'account' }))).toBeUndefined()
  })

  test('shows handlers who acts in the name of the subject', async () => {
    const api = createApp(({ requireToken, handler }) => [
      requireToken(servers().resourceServer),
      handler(({ auth, answer }) => {
        answer(200, [auth?.subject, auth?.actor?.subject, auth?.actor?.actor?.subject ?? null])
      }),
    ])
    const act = { sub: 'assistant', act: { sub: 'planner' } }
    const token = await servers().authorizationServer.mint({ sub: 'alice', act })
    const { body } = await request(api.listener).get('/').auth(token, { type: 'bearer' })
    expect(body).toEqual(['alice', 'assistant', 'planner'])
  })
})
