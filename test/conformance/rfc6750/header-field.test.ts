import { beforeEach, describe, expect } from '@jest/globals'
import { ADAPTERS, type Api } from '../../support/apis.js'
import { sendRaw, type RawResponse } from '../../support/raw.js'
import { invalidToken, MALFORMED, readRefusal } from '../../support/refusal.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let api: Api
  let token: string
  beforeEach(async () => {
    api = createApi(servers().resourceServer)
    token = await servers().authorizationServer.mint()
  })

  const send = (credentials: string): Promise<RawResponse> =>
    sendRaw(api.listener, { fields: [['Authorization', credentials]] })

  rule('6750-2.1-a', 'accepts an access token in the Authorization header', async () => {
    const response = await send(`Bearer ${token}`)
    expect(response.status).toBe(200)
    expect(JSON.parse(response.body)).toEqual({
      subject: 'client',
      clientId: 'client',
      scopes: ['stats:read', 'stats:write'],
    })
    expect(api.handled()).toBe(1)
  })

  ruleForEach(
    '6750-2.1-b',
    { one: ' ', two: '  ', seven: '       ' },
    'accepts %s space(s) between scheme and token',
    async (spaces) => {
      expect((await send(`Bearer${spaces}${token}`)).status).toBe(200)
    },
  )

  ruleForEach(
    '6750-2.1-b',
    {
      'a word after the token': (good: string) => `Bearer ${good} b`,
      'a word before the token': (good: string) => `Bearer a ${good}`,
      'two tokens with a comma': (good: string) => `Bearer ${good},${good}`,
      'two challenges with a comma': (good: string) => `Bearer ${good}, Bearer ${good}`,
      'a parameter': (good: string) => `Bearer token=${good}`,
      'a quoted token': (good: string) => `Bearer "${good}"`,
      'a token in brackets': (good: string) => `Bearer <${good}>`,
      'a scheme twice': (good: string) => `Bearer Bearer ${good}`,
      'padding before the token': (good: string) => `Bearer =${good}`,
      'a tab before the token': (good: string) => `Bearer \t${good}`,
      'a semicolon after the token': (good: string) => `Bearer ${good};`,
      'a letter outside of ASCII': (good: string) => `Bearer ${good}\u00e9`,
      'a no-break space after the token': (good: string) => `Bearer ${good}\u00a0b`,
      'a percent escape': (good: string) => `Bearer ${good}%20`,
    },
    'refuses %s as malformed, and never takes the first word',
    async (write) => {
      expect(readRefusal(await send(write(token)))).toEqual(MALFORMED)
      expect(api.handled()).toBe(0)
      expect(servers().authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    },
  )

  ruleForEach(
    '6750-2.1-b',
    { padding: 'abc==', 'every character of a b64token': 'AZaz09-._~+/' },
    'judges well-formed credentials with %s by the token',
    async (text) => {
      expect(readRefusal(await send(`Bearer ${text}`))).toEqual(
        invalidToken('The access token is not a well-formed JWT'),
      )
    },
  )

  ruleForEach(
    '6750-2.1-c',
    {
      'the scheme alone': 'Bearer',
      'the scheme and a space': 'Bearer ',
      'the scheme in lower case': 'bearer',
    },
    'refuses %s, without a token, as malformed',
    async (credentials) => {
      expect(readRefusal(await send(credentials))).toEqual(MALFORMED)
      expect(api.handled()).toBe(0)
      expect((await send(`${credentials.trim()} ${token}`)).status).toBe(200)
    },
  )
})
