import { beforeEach, describe, expect } from '@jest/globals'
import { ADAPTERS, type Api } from '../support/apis.js'
import { sendRaw } from '../support/raw.js'
import { NO_CREDENTIALS, readRefusal } from '../support/refusal.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

type Fields = readonly (readonly [name: string, value: string])[]

const everywhere = useEverywhere()
const servers = useServers()

ruleForEach<(good: string, bad: string) => Fields>(
  'HTTP-01',
  {
    'one good token twice': (good) => [
      ['Authorization', `Bearer ${good}`],
      ['Authorization', `Bearer ${good}`],
    ],
    'a good token before a bad one': (good, bad) => [
      ['Authorization', `Bearer ${good}`],
      ['Authorization', `Bearer ${bad}`],
    ],
    'a bad token before a good one': (good, bad) => [
      ['Authorization', `Bearer ${bad}`],
      ['Authorization', `Bearer ${good}`],
    ],
    'names in another case': (good) => [
      ['AUTHORIZATION', `Bearer ${good}`],
      ['authorization', `Bearer ${good}`],
    ],
    'another field between them': (good) => [
      ['Authorization', `Bearer ${good}`],
      ['X-Between', 'yes'],
      ['Authorization', `Bearer ${good}`],
    ],
    'another scheme first': (good) => [
      ['Authorization', 'Basic dTpw'],
      ['Authorization', `Bearer ${good}`],
    ],
    'another scheme last': (good) => [
      ['Authorization', `Bearer ${good}`],
      ['Authorization', 'Basic dTpw'],
    ],
    'an empty one first': (good) => [
      ['Authorization', ''],
      ['Authorization', `Bearer ${good}`],
    ],
    'three of them': (good) => [
      ['Authorization', `Bearer ${good}`],
      ['Authorization', `Bearer ${good}`],
      ['Authorization', `Bearer ${good}`],
    ],
  },
  'refuses everywhere two Authorization fields: %s',
  async (write) => {
    const { authorizationServer, refuses } = everywhere()
    const twin = await authorizationServer.mint()
    const fields = write(twin, await authorizationServer.mint({ exp: 1 }))
    for (const optional of [false, true]) {
      await refuses({ attack: { fields }, twin, optional, code: 'ERR_CREDENTIALS_REPEATED' })
    }
  },
)

ruleForEach<(good: string) => Fields>(
  'HTTP-01',
  {
    'Proxy-Authorization': (good) => [['Proxy-Authorization', `Bearer ${good}`]],
    'X-Authorization': (good) => [['X-Authorization', `Bearer ${good}`]],
    'X-Forwarded-Authorization': (good) => [['X-Forwarded-Authorization', `Bearer ${good}`]],
    'X-Access-Token': (good) => [['X-Access-Token', good]],
    'a field named __proto__': (good) => [
      ['__proto__', `Bearer ${good}`],
      ['constructor', `Bearer ${good}`],
    ],
    'fields that name a user': () => [
      ['X-User', 'admin'],
      ['X-Userinfo', 'e30='],
      ['X-Forwarded-User', 'admin'],
    ],
  },
  'takes credentials from the Authorization field alone, and not from %s',
  async (write) => {
    const { authorizationServer, refuses } = everywhere()
    const token = await authorizationServer.mint()
    const fields = write(token)
    const twin = { fields: [...fields, ['Authorization', `Bearer ${token}`]] } as const
    await refuses({ attack: { fields }, twin, code: 'ERR_CREDENTIALS_MISSING' })
  },
)

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let api: Api
  let token: string
  beforeEach(async () => {
    api = createApi(servers().resourceServer)
    token = await servers().authorizationServer.mint()
  })

  rule('HTTP-01', 'takes no credentials from a trailer', async () => {
    const noContent = '\r\n\r\n0\r\n'
    const response = await sendRaw(api.listener, {
      method: 'POST',
      target: '/stats',
      fields: [['Transfer-Encoding', `chunked${noContent}Authorization: Bearer ${token}`]],
    })
    expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
    expect(api.handled()).toBe(0)
    const good = await sendRaw(api.listener, { fields: [['Authorization', `Bearer ${token}`]] })
    expect(good.status).toBe(200)
  })
})
