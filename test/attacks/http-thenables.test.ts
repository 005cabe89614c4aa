import { runInNewContext } from 'node:vm'
import { beforeEach, describe, expect } from '@jest/globals'
import type { CommonOptions, IssuerOptions, ResourceServer } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../support/apis.js'
import { FRAMEWORKS } from '../support/frameworks.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

type Options = CommonOptions & Partial<IssuerOptions>
type Run = () => never

const servers = useServers()

/** What is no plain `Promise` of this realm, and rejects all the same. */
const REJECTING: Readonly<Record<string, () => unknown>> = {
  'a promise of another realm': () =>
    runInNewContext('Promise.reject(new Error("of another realm"))') as unknown,
  'a promise of a subclass': () => class Later extends Promise<never> {}.reject(new Error('of a subclass')),
  'a thenable that rejects': () => ({
    then(_resolve: unknown, reject: (reason: Error) => void) {
      reject(new Error('of a thenable'))
    },
  }),
  'a thenable that throws': () => ({
    then() {
      throw new Error('thrown by a thenable')
    },
  }),
}

const FUNCTIONS: Readonly<Record<string, readonly [status: number, create: (run: Run) => Options]>> = {
  readAccessToken: [500, (readAccessToken) => ({ readAccessToken })],
  refusalBody: [500, (refusalBody) => ({ refusalBody, requireTls: true })],
  onRefusal: [400, (onRefusal) => ({ onRefusal, requireTls: true })],
  scopesFrom: [500, (scopesFrom) => ({ scopesFrom })],
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  const protect = (source: ResourceServer, predicate: () => boolean = () => true): Api =>
    createApp(({ requireToken, requireClaims, handler }) => [
      requireToken(source),
      requireClaims(predicate),
      handler(),
    ])

  const get = ({ listener }: Api) => request(listener).get('/').auth(token, { type: 'bearer' })

  ruleForEach(
    'ERR-07',
    FUNCTIONS,
    'leaves no rejection unhandled where %s returns what rejects, and is no promise of this realm',
    async ([status, create]) => {
      for (const [name, run] of Object.entries(REJECTING)) {
        const options = create(run as Run)
        const api = protect(servers().protect(options))
        expect([name, (await get(api)).status, api.handled()]).toEqual([name, status, 0])
      }
      await new Promise(setImmediate)
      expect((await get(protect(servers().resourceServer))).status).toBe(200)
    },
  )

  rule('ERR-07', 'leaves no rejection unhandled where a predicate returns what rejects', async () => {
    for (const [name, run] of Object.entries(REJECTING)) {
      const api = protect(servers().resourceServer, run as () => boolean)
      expect([name, (await get(api)).status, api.handled()]).toEqual([name, 500, 0])
    }
    await new Promise(setImmediate)
  })
})
