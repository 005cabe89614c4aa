import { beforeEach, describe, expect } from '@jest/globals'
import {
  createResourceServer,
  type CommonOptions,
  type IssuerOptions,
  type ResourceServer,
} from '@bearward/core'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

type Options = CommonOptions & Partial<IssuerOptions>
/** A function of the application, of whatever type an option wants. */
type Run = () => never

const servers = useServers()

/** What functions throw: `undefined` and `'route'` would let a request of Express pass. */
const THROWN: readonly unknown[] = [
  undefined,
  null,
  false,
  0,
  '',
  'route',
  'router',
  'text',
  { status: 200 },
  [],
  Symbol('thrown'),
  new Error('thrown'),
  new RangeError('thrown'),
]

const rejectWith = (reason: unknown): Promise<never> =>
  Promise.resolve().then(() => {
    throw reason
  })

/** The functions of the options that run before a verdict. */
const FUNCTIONS: Readonly<Record<string, (run: Run) => Options>> = {
  readAccessToken: (readAccessToken) => ({ readAccessToken }),
  refusalBody: (refusalBody) => ({ refusalBody, requireTls: true }),
  scopesFrom: (scopesFrom) => ({ scopesFrom }),
  clock(run) {
    const instants = [Date.now() / 1000]
    const now = () => instants.pop() ?? run()
    return { clock: { now, monotonic: () => 0, after: () => () => undefined, random: () => 0.5 } }
  },
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  const protect = (source: ResourceServer, optional = false): Api =>
    createApp(({ requireToken, handler }) => [requireToken(source, { optional }), handler()])

  const get = ({ listener }: Api) => request(listener).get('/').auth(token, { type: 'bearer' })

  /** What became of a request: the status, how often the handler ran, and what came out on the error path. */
  async function send(api: Api): Promise<readonly [status: number, handled: number, errors: number]> {
    const { status } = await get(api)
    for (const error of api.errors) expect(Object.prototype.toString.call(error)).toBe('[object Error]')
    return [status, api.handled(), api.errors.length]
  }

  ruleForEach(
    'ERR-07',
    FUNCTIONS,
    'makes one error of whatever %s throws, and never passes',
    async (create) => {
      for (const thrown of THROWN) {
        const fail = () => {
          throw thrown
        }
        for (const optional of [false, true]) {
          const api = protect(servers().protect(create(fail)), optional)
          expect([thrown, await send(api)]).toEqual([thrown, [500, 0, 1]])
          const [error] = api.errors
          expect(error === thrown || (error as Error).cause === thrown).toBe(true)
        }
      }
      expect(await send(protect(servers().resourceServer))).toEqual([200, 1, 0])
    },
  )

  rule('ERR-07', 'refuses as ever where onRefusal throws, whatever it is', async () => {
    for (const thrown of THROWN) {
      const onRefusal = () => {
        throw thrown
      }
      expect([thrown, await send(protect(servers().protect({ onRefusal, requireTls: true })))]).toEqual([
        thrown,
        [400, 0, 0],
      ])
      expect(await send(protect(servers().protect({ onRefusal })))).toEqual([200, 1, 0])
    }
  })

  rule('ERR-07', 'makes one error of whatever a predicate throws, and never passes', async () => {
    const createGuarded = (predicate: () => boolean) =>
      createApp(({ requireToken, requireClaims, handler }) => [
        requireToken(servers().resourceServer),
        requireClaims(predicate),
        handler(),
      ])
    for (const thrown of THROWN) {
      const api = createGuarded(() => {
        throw thrown
      })
      expect([thrown, await send(api)]).toEqual([thrown, [500, 0, 1]])
    }
    expect(await send(createGuarded(() => true))).toEqual([200, 1, 0])
  })

  rule('ERR-07', 'passes no request for a predicate that returns anything but a boolean', async () => {
    for (const value of [undefined, null, 1, 'true', {}, [], Promise.resolve(true), () => true]) {
      const api = createApp(({ requireToken, requireClaims, handler }) => [
        requireToken(servers().resourceServer),
        requireClaims(() => value as boolean),
        handler(),
      ])
      expect([value, await send(api)]).toEqual([value, [500, 0, 1]])
    }
  })

  ruleForEach<readonly [status: number, create: (reject: Run) => Options]>(
    'ERR-07',
    {
      readAccessToken: [500, (readAccessToken) => ({ readAccessToken })],
      refusalBody: [500, (refusalBody) => ({ refusalBody, requireTls: true })],
      onRefusal: [400, (onRefusal) => ({ onRefusal, requireTls: true })],
      scopesFrom: [500, (scopesFrom) => ({ scopesFrom })],
    },
    'leaves no rejection unhandled where %s returns a promise that rejects',
    async ([status, create]) => {
      for (const reason of [undefined, 'route', new Error('rejected')]) {
        const options = create((() => rejectWith(reason)) as unknown as Run)
        const api = protect(servers().protect(options))
        expect((await get(api)).status).toBe(status)
        expect(api.handled()).toBe(0)
      }
      await new Promise(setImmediate)
    },
  )

  rule(
    'ERR-07',
    'leaves no rejection unhandled where a predicate returns a promise that rejects',
    async () => {
      const predicate = (() => Promise.reject(new Error('rejected'))) as unknown as () => boolean
      const api = createApp(({ requireToken, requireClaims, handler }) => [
        requireToken(servers().resourceServer),
        requireClaims(predicate),
        handler(),
      ])
      expect(await send(api)).toEqual([500, 0, 1])
      await new Promise(setImmediate)
    },
  )

  ruleForEach<(run: () => never) => ResourceServer>(
    'ERR-07',
    {
      resolveAuthorizationServer: (resolveAuthorizationServer) =>
        createResourceServer({ audience: AUDIENCE, resolveAuthorizationServer }),
      fetch: (run) => servers().protect({ fetch: run }),
    },
    'takes whatever %s throws or rejects with for an outage',
    async (create) => {
      for (const thrown of THROWN) {
        const throwing = () => {
          throw thrown
        }
        const rejecting = (() => rejectWith(thrown)) as unknown as () => never
        for (const run of [throwing, rejecting]) {
          expect([thrown, await send(protect(create(run)))]).toEqual([thrown, [503, 0, 0]])
        }
      }
    },
  )
})
