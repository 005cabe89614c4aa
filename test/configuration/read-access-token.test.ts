import { describe, expect, test } from '@jest/globals'
import type { CommonOptions } from '@bearward/core'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import { NO_CREDENTIALS, readRefusal, REPEATED } from '../support/refusal.js'
import { requestWith, verdictOn } from '../support/request.js'
import { useServers } from '../support/servers.js'

type Reader = NonNullable<CommonOptions['readAccessToken']>

const servers = useServers()

/** A reader that finds this, of whatever type it is. */
const finding = (found: unknown): Reader => (() => found) as Reader

describe('readAccessToken', () => {
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['an empty text, as an empty cookie is', ''],
  ])('finds no credentials with %s', async (_name, found) => {
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ readAccessToken: finding(found) })
    expect(await verdictOn(resourceServer, requestWith())).toBe('ERR_CREDENTIALS_MISSING')
    expect(await resourceServer.authenticate(requestWith(), { optional: true })).toBeUndefined()
    const token = await authorizationServer.mint()
    const good = protect({ readAccessToken: finding(token) })
    expect(await verdictOn(good, requestWith())).toBe('accepted')
  })

  test.each([
    ['two tokens', (token: string) => [token, token]],
    ['one token in a list', (token: string) => [token]],
    ['an empty list', () => []],
  ])('finds credentials more than once with %s', async (_name, find: (token: string) => unknown) => {
    const { authorizationServer, protect } = servers()
    const token = await authorizationServer.mint()
    const resourceServer = protect({ readAccessToken: finding(find(token)) })
    expect(await verdictOn(resourceServer, requestWith())).toBe('ERR_CREDENTIALS_REPEATED')
  })

  test.each([
    ['white space', ' '],
    ['a scheme', 'Bearer a.b.c'],
    ['quotes', '"a.b.c"'],
  ])('finds malformed credentials with %s', async (_name, found) => {
    const resourceServer = servers().protect({ readAccessToken: finding(found) })
    expect(await verdictOn(resourceServer, requestWith())).toBe('ERR_CREDENTIALS_MALFORMED')
  })

  test.each([
    ['a promise of a token', (token: string) => Promise.resolve(token)],
    ['a promise of nothing', () => Promise.resolve(undefined)],
    ['an object', (token: string) => ({ token })],
    ['a text object', (token: string) => Object(token) as unknown],
    ['a number', () => 1],
    ['zero', () => 0],
    ['false', () => false],
  ])(
    'leaves an error of the developer where it finds %s',
    async (_name, find: (token: string) => unknown) => {
      const { authorizationServer, protect } = servers()
      const resourceServer = protect({ readAccessToken: finding(find(await authorizationServer.mint())) })
      for (const optional of [false, true]) {
        await expect(resourceServer.authenticate(requestWith(), { optional })).rejects.toThrow(
          new TypeError('readAccessToken must return a string or undefined, at once'),
        )
      }
      expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    },
  )
})

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  test('tells the client from the developer where readAccessToken finds no token', async () => {
    const token = await servers().authorizationServer.mint()
    const found: unknown[] = [undefined, null, '', [token], Promise.resolve(token), token]
    const api = createApp(({ requireToken, handler }) => [
      requireToken(servers().protect({ readAccessToken: (() => found.shift()) as Reader })),
      handler(),
    ])
    for (const refusal of [NO_CREDENTIALS, NO_CREDENTIALS, NO_CREDENTIALS, REPEATED]) {
      expect(readRefusal(await request(api.listener).get('/'))).toEqual(refusal)
    }
    expect(api.errors).toEqual([])
    expect((await request(api.listener).get('/')).status).toBe(500)
    expect([api.handled(), api.errors.length]).toEqual([0, 1])
    expect((await request(api.listener).get('/')).status).toBe(200)
  })
})
