import { createServer } from 'node:http'
import { beforeEach, describe, expect } from '@jest/globals'
import { fromNodeRequest, fromWebRequest } from '@bearward/core'
import { ADAPTERS, type Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import type { Run } from '../../support/kit.js'
import { sendRaw } from '../../support/raw.js'
import { NO_CREDENTIALS, readRefusal, REPEATED } from '../../support/refusal.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
let token: string
beforeEach(async () => {
  token = await servers().authorizationServer.mint()
})

const authorization = (...values: readonly string[]) => ({
  fields: values.map((value) => ['Authorization', value] as const),
})

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let api: Api
  beforeEach(() => {
    api = createApi(servers().resourceServer)
  })

  ruleForEach<(good: string) => readonly string[]>(
    ['9110-11.6.2-a', 'trap-authorization'],
    {
      'the same token': (good) => [`Bearer ${good}`, `Bearer ${good}`],
      'a good token, and then a bad one': (good) => [`Bearer ${good}`, 'Bearer a.b.c'],
      'a bad token, and then a good one': (good) => ['Bearer a.b.c', `Bearer ${good}`],
      'a good token, and then another scheme': (good) => [`Bearer ${good}`, 'Basic dTpw'],
      'another scheme, and then a good token': (good) => ['Basic dTpw', `Bearer ${good}`],
      'a good token, and then nothing': (good) => [`Bearer ${good}`, ''],
      'nothing, and then a good token': (good) => ['', `Bearer ${good}`],
      'another scheme, twice': () => ['Basic dTpw', 'Basic dTpw'],
    },
    'refuses two Authorization fields with %s',
    async (write) => {
      const response = await sendRaw(api.listener, authorization(...write(token)))
      expect(readRefusal(response)).toEqual(REPEATED)
      expect(api.handled()).toBe(0)
      expect((await sendRaw(api.listener, authorization(`Bearer ${token}`))).status).toBe(200)
    },
  )
})

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  const protect = (run: Run): Api =>
    createApp(({ step, requireToken, handler }) => [
      step(run),
      requireToken(servers().resourceServer),
      handler(),
    ])

  rule('trap-authorization', 'sees credentials that the application puts into the headers', async () => {
    const api = protect(({ message }) => {
      message.headers.authorization ??= `Bearer ${token}`
    })
    expect((await sendRaw(api.listener)).status).toBe(200)
    expect((await sendRaw(api.listener, authorization('Bearer a.b.c'))).status).toBe(401)
    expect(readRefusal(await sendRaw(api.listener, authorization('Bearer a.b.c', 'x')))).toEqual(REPEATED)
  })

  rule(
    'trap-authorization',
    'does not see credentials that the application takes out of the headers',
    async () => {
      const api = protect(({ message }) => {
        delete message.headers.authorization
      })
      const response = await sendRaw(api.listener, authorization(`Bearer ${token}`))
      expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
    },
  )

  rule('trap-authorization', 'sees credentials as the application has replaced them', async () => {
    const api = protect(({ message }) => {
      message.headers.authorization = message.headers.authorization?.replace('Custom', 'Bearer')
    })
    expect((await sendRaw(api.listener, authorization(`Custom ${token}`))).status).toBe(200)
    expect((await sendRaw(api.listener, authorization('Custom a.b.c'))).status).toBe(401)
    const twice = await sendRaw(api.listener, authorization(`Custom ${token}`, `Custom ${token}`))
    expect(readRefusal(twice)).toEqual(REPEATED)
    expect(api.handled()).toBe(1)
  })
})

rule(['9110-11.6.2-a', 'trap-authorization'], 'finds both fields in a message of Node', async () => {
  const verdicts: string[] = []
  const server = createServer((message, response) => {
    void verdictOn(servers().resourceServer, fromNodeRequest(message)).then((verdict) => {
      verdicts.push(verdict)
      response.end()
    })
  })
  const listener = server.listeners('request')[0] as Parameters<typeof sendRaw>[0]
  await sendRaw(listener, authorization(`Bearer ${token}`, `Bearer ${token}`))
  await sendRaw(listener, authorization(`Bearer ${token}`))
  expect(verdicts).toEqual(['ERR_CREDENTIALS_REPEATED', 'accepted'])
})

ruleForEach<readonly [write: (good: string) => readonly string[], verdict: string]>(
  ['9110-11.6.2-a', 'trap-headers'],
  {
    'the same token': [(good) => [`Bearer ${good}`, `Bearer ${good}`], 'ERR_CREDENTIALS_REPEATED'],
    'a good token, and then a bad one': [
      (good) => [`Bearer ${good}`, 'Bearer a.b'],
      'ERR_CREDENTIALS_REPEATED',
    ],
    'a scheme in another case': [(good) => [`bearer ${good}`, `BEARER ${good}`], 'ERR_CREDENTIALS_REPEATED'],
    'another scheme, and then a good token': [
      (good) => ['Basic dTpw', `Bearer ${good}`],
      'ERR_CREDENTIALS_REPEATED',
    ],
    'a good token, and then another scheme': [
      (good) => [`Bearer ${good}`, 'Basic dTpw'],
      'ERR_CREDENTIALS_MALFORMED',
    ],
    'a good token, and then nothing': [(good) => [`Bearer ${good}`, ''], 'ERR_CREDENTIALS_MALFORMED'],
    'nothing, and then nothing': [() => ['', ''], 'ERR_CREDENTIALS_MALFORMED'],
  },
  'refuses fields that the Fetch standard joined, with %s',
  async ([write, verdict]) => {
    const request = (...values: readonly string[]) =>
      fromWebRequest(
        new Request('https://api.example.com/me', {
          headers: values.map((value): [string, string] => ['Authorization', value]),
        }),
      )
    const { resourceServer } = servers()
    expect(await verdictOn(resourceServer, request(...write(token)))).toBe(verdict)
    expect(await verdictOn(resourceServer, request(`Bearer ${token}`))).toBe('accepted')
    expect(await verdictOn(resourceServer, request('Basic dTpw'))).toBe('ERR_CREDENTIALS_MISSING')
    expect(await verdictOn(resourceServer, request())).toBe('ERR_CREDENTIALS_MISSING')
  },
)

rule('trap-authorization', 'views a message that has no more than headers', async () => {
  const { resourceServer } = servers()
  const headers = { authorization: `Bearer ${token}` }
  expect(await verdictOn(resourceServer, fromNodeRequest({ headers }))).toBe('accepted')
  expect(await verdictOn(resourceServer, fromNodeRequest({ headers: {} }))).toBe('ERR_CREDENTIALS_MISSING')
  const inherited = Object.create(headers) as typeof headers
  expect(await verdictOn(resourceServer, fromNodeRequest({ headers: inherited }))).toBe(
    'ERR_CREDENTIALS_MISSING',
  )
})
