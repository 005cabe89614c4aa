import { createRequire } from 'node:module'
import type { RequestListener } from 'node:http'
import { fetchKeys, MEDIA_TYPE, STATS, type App } from './app.js'

/** The parts that are used. Its own types are for programs that have those of a browser. */
interface Hono {
  use(middleware: object): void
  get(path: string, handle: (c: Context) => unknown): void
  readonly fetch: object
}

interface Context {
  json(body: object, status: number, fields: object): unknown
}

const require = createRequire(import.meta.url)
const { Hono } = require('hono') as { Hono: new () => Hono }
const { jwk } = require('hono/jwk') as { jwk: (options: object) => object }
const { getRequestListener } = require('@hono/node-server') as {
  getRequestListener: (fetch: object) => RequestListener
}

export const bareHono: App = {
  title: 'Hono',
  bare: 'hono',
  create: () => createApp(),
}

/** It is given the keys: from `jwks_uri`, it fetches them for each request. It knows no scopes. */
export const honoJwk: App = {
  title: 'Hono, `jwk`',
  bare: 'hono',
  async create(source) {
    const { issuer: iss, audience: aud } = source
    const keys = await fetchKeys(source)
    return createApp(jwk({ keys, alg: ['RS256'], verification: { iss, aud, typ: 'at+jwt' } }))
  },
}

function createApp(...middleware: readonly object[]): RequestListener {
  const app = new Hono()
  for (const each of middleware) app.use(each)
  app.get('/stats', (c) => c.json(STATS, 200, { 'content-type': MEDIA_TYPE }))
  return getRequestListener(app.fetch)
}
