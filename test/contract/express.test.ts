import { beforeEach, describe, expect, test } from '@jest/globals'
import { requireScope, requireToken } from '@bearward/express'
import express5 from 'express'
import express4 from 'express4'
import { sendRaw } from '../support/raw.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

describe.each([
  ['Express 4', express4],
  ['Express 5', express5],
])('%s', (_name, express) => {
  let app: express5.Express
  let token: string
  let handled: number
  const errors: unknown[] = []
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
    app = express()
    handled = 0
    errors.length = 0
  })

  const handler: express5.RequestHandler = (req, res) => {
    handled += 1
    res.json(req.auth.subject)
  }
  const onError: express5.ErrorRequestHandler = (error: unknown, _req, res, _next) => {
    errors.push(error)
    res.status(500).end()
  }
  const get = (credentials = `Bearer ${token}`) =>
    sendRaw(app, { target: '/', fields: [['Authorization', credentials]] })

  test.each<[unknown]>([[undefined], [null], ['route'], ['router'], [new Error('thrown')]])(
    'passes no request where a trust proxy function throws %p',
    async (thrown) => {
      app.set('trust proxy', () => {
        throw thrown
      })
      // Only who asks for TLS has Express find out about it.
      app.use(requireToken(servers().protect({ requireTls: true })), handler, onError)
      const fields = [
        ['Authorization', `Bearer ${token}`],
        ['X-Forwarded-Proto', 'https'],
      ] as const
      expect((await sendRaw(app, { target: '/', fields })).status).toBe(500)
      expect([handled, errors.length]).toEqual([0, 1])
      app.set('trust proxy', () => true)
      expect((await sendRaw(app, { target: '/', fields })).status).toBe(200)
    },
  )

  test('passes no request whose auth cannot be set', async () => {
    app.use((req, _res, next) => {
      Object.defineProperty(req, 'auth', { get: () => ({ subject: 'admin' }) })
      next()
    })
    app.use(requireToken(servers().resourceServer), handler, onError)
    expect((await get()).status).toBe(500)
    expect((await get('Bearer a.b.c')).status).toBe(500)
    expect([handled, errors.length]).toEqual([0, 2])
  })

  test('makes one error of a response that middleware has patched to throw', async () => {
    app.use((_req, res, next) => {
      const setHeader = res.setHeader.bind(res)
      res.setHeader = (name, value) => {
        if (name === 'Cache-Control') throw new Error('of the patch')
        return setHeader(name, value)
      }
      next()
    })
    app.use(requireToken(servers().resourceServer), requireScope('stats:admin'), handler, onError)
    for (const credentials of ['', 'Bearer a.b.c', `Bearer ${token}`]) {
      expect((await get(credentials)).status).toBe(500)
    }
    expect([handled, errors.length]).toEqual([0, 3])
  })

  test('hands an error on once, also where whoever takes it throws', async () => {
    const failing = {
      ...servers().resourceServer,
      authenticate: () => Promise.reject(new Error('of a wrapper')),
    }
    const taken: unknown[] = []
    app.use((req, res) => {
      const next = (error?: unknown) => {
        taken.push(error)
        throw new Error('of next')
      }
      Promise.resolve(requireToken(failing)(req, res, next)).catch((error: unknown) => {
        taken.push(error)
        res.status(500).end()
      })
    })
    expect((await get()).status).toBe(500)
    expect(taken.map((error) => (error as Error).message)).toEqual(['of a wrapper', 'of next'])
  })

  test('leaves an error of the developer to Express where the app has no error handler', async () => {
    app.use(requireScope('stats:read'), handler)
    const response = await get()
    expect(response.status).toBe(500)
    expect(response.fieldValues('www-authenticate')).toEqual([])
    expect(handled).toBe(0)
  })

  test('runs the handlers after it once', async () => {
    app.use(requireToken(servers().resourceServer), requireScope('stats:read'), handler)
    expect((await get()).body).toBe('"client"')
    expect(handled).toBe(1)
  })
})
