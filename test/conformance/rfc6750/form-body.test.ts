import { beforeEach, describe, expect } from '@jest/globals'
import request from 'supertest'
import type { Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { sendRaw, type RawResponse } from '../../support/raw.js'
import { MALFORMED, NO_CREDENTIALS, readRefusal, REPEATED } from '../../support/refusal.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const FORM = 'application/x-www-form-urlencoded'
const servers = useServers()

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  /** Takes tokens from the header and from forms. */
  let api: Api
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
    api = protect(['header', 'body'])
  })

  /** An API that answers with the content that its handler sees. */
  function protect(bearerMethods: readonly ('header' | 'body')[]): Api {
    return createApp(({ parseBody, requireToken, handler }) => [
      parseBody(),
      requireToken(servers().protect({ bearerMethods })),
      handler((exchange) => {
        exchange.answer(200, exchange.body)
      }),
    ])
  }

  /** An API whose content something else has parsed already, whatever its method and media type. */
  function protectParsed(): Api {
    return createApp(({ step, requireToken, handler }) => [
      step((exchange) => {
        exchange.body = { access_token: token }
      }),
      requireToken(servers().protect({ bearerMethods: ['header', 'body'] })),
      handler(),
    ])
  }

  const post = (body: string, fields: readonly (readonly [string, string])[] = []): Promise<RawResponse> =>
    sendRaw(api.listener, { method: 'POST', fields: [['Content-Type', FORM], ...fields], body })

  rule('6750-2.2-a', 'does not take a token from a form unless it is told to', async () => {
    const headerOnly = createApp(({ parseBody, requireToken, handler }) => [
      parseBody(),
      requireToken(servers().resourceServer),
      handler((exchange) => {
        exchange.answer(200, exchange.body)
      }),
    ])
    const refused = await request(headerOnly.listener).post('/me').type('form').send({ access_token: token })
    expect(readRefusal(refused)).toEqual(NO_CREDENTIALS)
    expect(headerOnly.handled()).toBe(0)
    const accepted = await request(headerOnly.listener)
      .post('/me')
      .auth(token, { type: 'bearer' })
      .type('form')
      .send({ access_token: 'of something else' })
    expect(accepted.status).toBe(200)
    expect(accepted.body).toEqual({ access_token: 'of something else' })
  })

  rule('6750-2.2-b', 'takes a token from a form where it is told to, and leaves the form alone', async () => {
    const response = await post(`access_token=${token}&name=value`)
    expect(response.status).toBe(200)
    expect(JSON.parse(response.body)).toEqual({ access_token: token, name: 'value' })
  })

  rule('6750-2.2-b', 'does not read a form that nothing has parsed', async () => {
    const unparsed = createApp(({ requireToken, handler }) => [
      requireToken(servers().protect({ bearerMethods: ['header', 'body'] })),
      handler(),
    ])
    const form = () => request(unparsed.listener).post('/me').type('form').send({ access_token: token })
    expect(readRefusal(await form())).toEqual(NO_CREDENTIALS)
    expect((await form().auth(token, { type: 'bearer' })).status).toBe(200)
  })

  ruleForEach(
    '6750-2.2-b',
    {
      'multipart/form-data': ['multipart/form-data; boundary=x'],
      'application/json': ['application/json'],
      'text/plain': ['text/plain'],
      'application/x-www-form-urlencoded-not': ['application/x-www-form-urlencoded-not'],
      'no media type': [],
    },
    'ignores a token in content of %s, even where it has been parsed',
    async (types) => {
      const parsed = protectParsed()
      const send = (contentTypes: readonly string[]) =>
        sendRaw(parsed.listener, {
          method: 'POST',
          fields: contentTypes.map((type) => ['Content-Type', type] as const),
          body: '{}',
        })
      expect(readRefusal(await send(types))).toEqual(NO_CREDENTIALS)
      expect(parsed.handled()).toBe(0)
      expect((await send([FORM])).status).toBe(200)
    },
  )

  ruleForEach(
    '6750-2.2-c',
    { GET: 'GET', HEAD: 'HEAD', DELETE: 'DELETE', OPTIONS: 'OPTIONS' },
    'ignores a form that comes with %s',
    async (method) => {
      const parsed = protectParsed()
      const message = { fields: [['Content-Type', FORM]], body: `access_token=${token}` } as const
      expect(readRefusal(await sendRaw(parsed.listener, { ...message, method }))).toEqual(NO_CREDENTIALS)
      expect(parsed.handled()).toBe(0)
      for (const allowed of ['POST', 'PUT', 'PATCH']) {
        expect((await sendRaw(parsed.listener, { ...message, method: allowed })).status).toBe(200)
      }
    },
  )

  ruleForEach(
    '6750-2.2-d',
    {
      'an escaped letter outside of ASCII': '%E2%82%AC',
      'a raw byte outside of ASCII': '\u00e9',
      'a raw byte outside of ASCII in a good token': 'GOOD\u00e9',
      'an escaped zero byte': 'GOOD%00',
      'an escaped space': 'GOOD%20b',
      nothing: '',
    },
    'refuses a form whose token has %s',
    async (value) => {
      expect(readRefusal(await post(`access_token=${value.replace('GOOD', token)}`))).toEqual(MALFORMED)
      expect(api.handled()).toBe(0)
      expect((await post(`access_token=${token.replaceAll('.', '%2E')}`)).status).toBe(200)
    },
  )

  ruleForEach(
    '6750-2.2-e',
    {
      'a charset': `${FORM}; charset=UTF-8`,
      'a charset without a space': `${FORM};charset=utf-8`,
      'capitals and a charset': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8',
      'capitals alone': FORM.toUpperCase(),
    },
    'recognizes a form by its media type with %s',
    async (type) => {
      const message = {
        method: 'POST',
        fields: [['Content-Type', type]],
        body: `access_token=${token}`,
      } as const
      expect((await sendRaw(api.listener, message)).status).toBe(200)
      const both = { ...message, fields: [...message.fields, ['Authorization', `Bearer ${token}`]] as const }
      expect(readRefusal(await sendRaw(api.listener, both))).toEqual(REPEATED)
    },
  )

  ruleForEach(
    ['6750-2-a', '6750-3.1-a'],
    { 'the same token': (good: string) => good, 'another token': () => 'a.b.c' },
    'refuses a header and a form with %s, where both methods are on',
    async (other) => {
      const both = await post(`access_token=${other(token)}`, [['Authorization', `Bearer ${token}`]])
      expect(readRefusal(both)).toEqual(REPEATED)
      expect(api.handled()).toBe(0)
      expect((await post('', [['Authorization', `Bearer ${token}`]])).status).toBe(200)
      expect((await post(`access_token=${token}`)).status).toBe(200)
    },
  )

  rule('6750-2-a', 'does not look at a method that is off', async () => {
    api = protect(['header'])
    expect((await post('access_token=a.b.c', [['Authorization', `Bearer ${token}`]])).status).toBe(200)
    api = protect(['body'])
    expect((await post(`access_token=${token}`, [['Authorization', 'Bearer a.b.c']])).status).toBe(200)
    expect(readRefusal(await post('', [['Authorization', `Bearer ${token}`]]))).toEqual(NO_CREDENTIALS)
  })

  ruleForEach(
    '6750-2.3-d',
    {
      'twice, with one value': ['access_token=GOOD&access_token=GOOD', REPEATED],
      'twice, with two values': ['access_token=GOOD&access_token=a.b.c', REPEATED],
      'as a list': ['access_token[]=GOOD', REPEATED],
      'as an object': ['access_token[value]=GOOD', MALFORMED],
    } as const,
    'refuses a form that has the parameter %s',
    async ([form, expected]) => {
      expect(readRefusal(await post(form.replaceAll('GOOD', token)))).toEqual(expected)
      expect(api.handled()).toBe(0)
      expect((await post(`access_token=${token}`)).status).toBe(200)
    },
  )
})
