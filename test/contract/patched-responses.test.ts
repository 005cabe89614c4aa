import type { RequestListener, ServerResponse } from 'node:http'
import { beforeEach, describe, expect, test } from '@jest/globals'
import type { ResourceServer } from '@bearward/core'
import * as forExpress from '@bearward/express'
import * as forKoa from '@bearward/koa'
import express5 from 'express'
import express4 from 'express4'
import Koa3 from 'koa'
import Koa2 from 'koa2'
import { sendRaw } from '../support/raw.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

interface Patched {
  readonly listener: RequestListener
  handled(): number
}

/** An app whose every response is patched by other middleware, with no error handler but that of the framework. */
type CreatePatched = (patch: (response: ServerResponse) => void, resourceServer: ResourceServer) => Patched

const withExpress =
  (express: typeof express5): CreatePatched =>
  (patch, resourceServer) => {
    let handled = 0
    const app = express()
    app.set('env', 'test') // prints no errors
    app.use((_req, res, next) => {
      patch(res)
      next()
    })
    app.use(forExpress.requireToken(resourceServer), forExpress.requireScope('stats:admin'), (_req, res) => {
      handled += 1
      res.end('handled')
    })
    return { listener: app, handled: () => handled }
  }

const withKoa =
  (Koa: typeof Koa3): CreatePatched =>
  (patch, resourceServer) => {
    let handled = 0
    const app = new Koa()
    app.silent = true
    app.use((ctx, next) => {
      patch(ctx.res)
      return next()
    })
    app.use(forKoa.requireToken(resourceServer))
    app.use(forKoa.requireScope('stats:admin'))
    app.use((ctx) => {
      handled += 1
      ctx.body = 'handled'
    })
    return { listener: app.callback(), handled: () => handled }
  }

/** Patches that throw when a refusal is written. */
const PATCHES: readonly (readonly [name: string, patch: (response: ServerResponse) => void])[] = [
  [
    'setHeader throws for a challenge',
    (response) => {
      const setHeader = response.setHeader.bind(response)
      response.setHeader = (name, value) => {
        if (name.toLowerCase() === 'www-authenticate') throw new Error('of the patch')
        return setHeader(name, value)
      }
    },
  ],
  [
    'setHeader throws for Cache-Control',
    (response) => {
      const setHeader = response.setHeader.bind(response)
      response.setHeader = (name, value) => {
        if (name.toLowerCase() === 'cache-control') throw new Error('of the patch')
        return setHeader(name, value)
      }
    },
  ],
]

describe.each<readonly [name: string, createPatched: CreatePatched]>([
  ['Express 4', withExpress(express4)],
  ['Express 5', withExpress(express5)],
  ['Koa 2', withKoa(Koa2)],
  ['Koa 3', withKoa(Koa3)],
])('%s', (_name, createPatched) => {
  let readable: string
  let admin: string
  beforeEach(async () => {
    readable = await servers().authorizationServer.mint({ scope: 'stats:read' })
    admin = await servers().authorizationServer.mint({ scope: 'stats:admin' })
  })

  const get = ({ listener }: Patched, credentials: string) =>
    sendRaw(listener, { target: '/', fields: [['Authorization', credentials]] })

  test.each(PATCHES)('answers 500, and not half a refusal, where %s', async (_patch, patch) => {
    const app = createPatched(patch, servers().resourceServer)
    for (const credentials of ['', 'Bearer a b', 'Bearer a.b.c', `Bearer ${readable}`]) {
      const response = await get(app, credentials)
      expect([credentials, response.status]).toEqual([credentials, 500])
      expect(response.fieldValues('www-authenticate')).toEqual([])
    }
    await new Promise(setImmediate)
    expect(app.handled()).toBe(0)
    const unharmed = await get(app, `Bearer ${admin}`)
    expect([unharmed.status, unharmed.body]).toEqual([200, 'handled'])
  })
})
