import { beforeEach, describe, expect } from '@jest/globals'
import type { AuthorizationServer } from '@bearward/testing'
import request from 'supertest'
import { FRAMEWORKS } from '../support/frameworks.js'
import { sendRaw } from '../support/raw.js'
import { ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** Credentials that are no good, and the status that they get. */
const BAD: Readonly<
  Record<string, readonly [status: number, write: (as: AuthorizationServer) => Promise<string> | string]>
> = {
  'the scheme alone': [400, () => 'Bearer'],
  'a comma after the scheme': [400, () => 'Bearer,a'],
  'a tab after the scheme': [400, () => 'Bearer\ta'],
  'an equals sign after the scheme': [400, () => 'Bearer=a'],
  'two words': [400, () => 'Bearer a b'],
  'an empty token in quotes': [400, () => 'Bearer ""'],
  'a token of letters': [401, () => 'Bearer anonymous'],
  'a word for nothing': [401, () => 'Bearer null'],
  'another word for nothing': [401, () => 'bearer undefined'],
  'a token of dots': [401, () => 'Bearer ..'],
  'an expired token': [401, async (as) => `Bearer ${await as.mint({ exp: 1 })}`],
  'a token of another issuer': [
    401,
    async (as) => `Bearer ${await as.mint({ iss: 'https://other.example.com' })}`,
  ],
  'a token for another audience': [401, async (as) => `Bearer ${await as.mint({ aud: 'other' })}`],
  'a bad signature': [401, async (as) => `Bearer ${await as.mint({}, { signature: 'corrupt' })}`],
  'no signature': [401, async (as) => `Bearer ${await as.mint({}, { signature: 'none' })}`],
  'an unknown key': [401, async (as) => `Bearer ${await as.mint({}, { key: 'unpublished' })}`],
  'a bound token': [401, async (as) => `Bearer ${await as.mint({ cnf: { jkt: 'x' } })}`],
  'a token that is too large': [401, () => `Bearer ${'a'.repeat(5000)}`],
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
  })

  ruleForEach('ERR-11', BAD, 'does not take for anonymous who comes with %s', async ([status, write]) => {
    const api = createApp(({ requireToken, handler }) => [
      requireToken(servers().protect({ maxTokenSize: 4000 }), { optional: true }),
      handler(),
    ])
    const credentials = await write(servers().authorizationServer)
    const response = await sendRaw(api.listener, { fields: [['Authorization', credentials]] })
    expect(response.status).toBe(status)
    expect(response.fieldValues('www-authenticate')[0]).toMatch(/error="invalid_(?:request|token)"/)
    expect(api.handled()).toBe(0)
    const anonymous = await request(api.listener).get('/')
    expect([anonymous.status, anonymous.body]).toEqual([200, null])
    const known = await request(api.listener).get('/').auth(token, { type: 'bearer' })
    expect(known.body).toMatchObject({ subject: 'client' })
  })
})
