import { beforeEach, describe, expect } from '@jest/globals'
import { ADAPTERS, type Api } from '../../support/apis.js'
import { sendRaw, type RawResponse } from '../../support/raw.js'
import { MALFORMED, NO_CREDENTIALS, readRefusal } from '../../support/refusal.js'
import { ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'

const servers = useServers()

describe.each(ADAPTERS)('%s', (_name, createApi) => {
  let api: Api
  let token: string
  beforeEach(async () => {
    api = createApi(servers().resourceServer)
    token = await servers().authorizationServer.mint()
  })

  const send = (field: string, credentials: string): Promise<RawResponse> =>
    sendRaw(api.listener, { fields: [[field, credentials]] })

  ruleForEach(
    '9110-11.1-a',
    { Bearer: 'Bearer', bearer: 'bearer', BEARER: 'BEARER', bEaReR: 'bEaReR' },
    'takes %s for the scheme, whatever its case and that of the field name',
    async (scheme) => {
      for (const field of ['Authorization', 'authorization', 'AUTHORIZATION']) {
        expect((await send(field, `${scheme} ${token}`)).status).toBe(200)
      }
    },
  )

  ruleForEach(
    '9110-11.1-b',
    {
      'a letter after it': 'BearerX TOKEN',
      'a letter before it': 'XBearer TOKEN',
      'the token after it, without a space': 'BearerTOKEN',
      'a hyphen after it': 'Bearer- TOKEN',
      'nothing but a token': 'TOKEN',
    },
    'takes the scheme as a whole: with %s it is another one',
    async (credentials) => {
      const response = await send('Authorization', credentials.replace('TOKEN', token))
      expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
      expect((await send('Authorization', `Bearer ${token}`)).status).toBe(200)
    },
  )

  ruleForEach(
    '9110-11.1-b',
    {
      'a colon after it': 'Bearer: TOKEN',
      'an equals sign after it': 'Bearer=TOKEN',
      'a comma after it': 'Bearer, TOKEN',
      'a tab after it': 'Bearer\tTOKEN',
      'quotes around it': '"Bearer" TOKEN',
      'a letter outside of ASCII in it': 'B\u00e9arer TOKEN',
      'a no-break space after it': 'Bearer\u00a0TOKEN',
      'another name, and a colon after it': 'Basic: dTpw',
    },
    'refuses a scheme that is none, with %s, as malformed',
    async (credentials) => {
      const written = credentials.replace('TOKEN', token)
      expect(readRefusal(await send('Authorization', written))).toEqual(MALFORMED)
      api = createApi({ issuer: servers().authorizationServer.issuer, audience: AUDIENCE, optional: true })
      expect(readRefusal(await send('Authorization', written))).toEqual(MALFORMED)
      expect(api.handled()).toBe(0)
      expect((await send('Authorization', `Bearer ${token}`)).status).toBe(200)
    },
  )
})
