import { beforeEach, describe, expect } from '@jest/globals'
import { ADAPTERS, type Api } from '../support/apis.js'
import { sendRaw } from '../support/raw.js'
import { NO_CREDENTIALS, readRefusal, REPEATED } from '../support/refusal.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

type Fields = readonly (readonly [name: string, value: string])[]

const servers = useServers()

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let api: Api
  let token: string
  beforeEach(async () => {
    api = createApi(servers().resourceServer)
    token = await servers().authorizationServer.mint()
  })

  const accepted = async () =>
    (await sendRaw(api.listener, { fields: [['Authorization', `Bearer ${token}`]] })).status

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
    'refuses two Authorization fields: %s',
    async (write) => {
      const fields = write(token, await servers().authorizationServer.mint({ exp: 1 }))
      expect(readRefusal(await sendRaw(api.listener, { fields }))).toEqual(REPEATED)
      expect(api.handled()).toBe(0)
      expect(servers().authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
      expect(await accepted()).toBe(200)
    },
  )

  rule('HTTP-01', 'refuses two Authorization fields where credentials are optional, too', async () => {
    api = createApi({ issuer: servers().authorizationServer.issuer, audience: AUDIENCE, optional: true })
    for (const scheme of ['Bearer', 'Basic']) {
      const fields: Fields = [
        ['Authorization', `${scheme} ${token}`],
        ['Authorization', `${scheme} ${token}`],
      ]
      expect(readRefusal(await sendRaw(api.listener, { fields }))).toEqual(REPEATED)
    }
    expect(api.handled()).toBe(0)
    expect(await accepted()).toBe(200)
  })

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
      const fields = write(token)
      expect(readRefusal(await sendRaw(api.listener, { fields }))).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
      const both: Fields = [...fields, ['Authorization', `Bearer ${token}`]]
      const response = await sendRaw(api.listener, { fields: both })
      expect(response.status).toBe(200)
      expect(JSON.parse(response.body)).toMatchObject({ subject: 'client' })
    },
  )

  rule('HTTP-01', 'takes no credentials from a trailer', async () => {
    const noContent = '\r\n\r\n0\r\n'
    const response = await sendRaw(api.listener, {
      method: 'POST',
      target: '/stats',
      fields: [['Transfer-Encoding', `chunked${noContent}Authorization: Bearer ${token}`]],
    })
    expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
    expect(api.handled()).toBe(0)
    expect(await accepted()).toBe(200)
  })
})
