import { beforeEach, describe, expect } from '@jest/globals'
import type { Answer, ResourceServer } from '@bearward/core'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { sendRaw } from '../support/raw.js'
import { ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

const THROWN: readonly unknown[] = [undefined, null, 'route', 'router', 0, new Error('thrown')]

const rejectWith = (reason: unknown): Promise<never> =>
  Promise.resolve().then(() => {
    throw reason
  })

/** Resource servers that an application has put around another, each with a mistake in one function. */
const WRAPPERS: Readonly<
  Record<string, readonly [target: string, wrap: (inner: ResourceServer, thrown: unknown) => ResourceServer]>
> = {
  'authenticate throws': [
    '/me',
    (inner, thrown) => ({
      ...inner,
      authenticate() {
        throw thrown
      },
    }),
  ],
  'authenticate rejects': ['/me', (inner, thrown) => ({ ...inner, authenticate: () => rejectWith(thrown) })],
  'authorize throws': [
    '/stats',
    (inner, thrown) => ({
      ...inner,
      authorize() {
        throw thrown
      },
    }),
  ],
  'answer throws': [
    '/stats',
    (inner, thrown) => ({
      ...inner,
      authorize() {
        inner.authorize(undefined, () => undefined)
      },
      answer() {
        throw thrown
      },
    }),
  ],
}

/** Answers that cannot be sent. */
const ANSWERS: Readonly<Record<string, Partial<Record<keyof Answer, unknown>>>> = {
  'a line break in a header field': { headers: { 'X-Bad': 'a\r\nX-Injected: yes' } },
  'a header field without a value': { headers: { 'X-Bad': undefined } },
  'a name that is none': { headers: { 'X Bad': 'yes' } },
  'a status that is none': { status: 42 },
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  const protect = (resourceServer: ResourceServer): Api =>
    createApp(({ requireToken, requireScope, get, handler }) => [
      requireToken(resourceServer),
      get('/me', handler()),
      get('/stats', requireScope('stats:read'), handler()),
    ])

  const send = ({ listener }: Api, credentials: string, target = '/me') =>
    sendRaw(listener, { target, fields: [['Authorization', credentials]] })

  ruleForEach(
    'ERR-07',
    WRAPPERS,
    'makes one error of a wrapper whose %s, and never passes',
    async ([target, wrap]) => {
      for (const thrown of THROWN) {
        const api = protect(wrap(servers().resourceServer, thrown))
        const { status } = await send(api, `Bearer ${token}`, target)
        expect([thrown, status, api.handled(), api.errors.length]).toEqual([thrown, 500, 0, 1])
      }
      const unharmed = protect({ ...servers().resourceServer })
      expect((await send(unharmed, `Bearer ${token}`, target)).status).toBe(200)
    },
  )

  ruleForEach('ERR-07', ANSWERS, 'makes one error of an answer with %s', async (odd) => {
    const { resourceServer } = servers()
    const api = protect({
      ...resourceServer,
      answer(error) {
        const answer = resourceServer.answer(error)
        return answer && ({ ...answer, ...odd } as Answer)
      },
    })
    for (const credentials of ['', 'Bearer a.b.c']) {
      const response = await send(api, credentials)
      expect(response.status).toBe(500)
      expect(response.fieldValues('x-injected')).toEqual([])
    }
    expect([api.handled(), api.errors.length]).toEqual([0, 2])
    expect((await send(api, `Bearer ${token}`)).status).toBe(200)
  })
})
