import { beforeEach, describe, expect } from '@jest/globals'
import { ConfigurationError, type CommonOptions } from '@bearward/core'
import request from 'supertest'
import type { Api } from '../../support/apis.js'
import { FRAMEWORKS } from '../../support/frameworks.js'
import { NO_CREDENTIALS, readRefusal, REPEATED } from '../../support/refusal.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

/** All values of the query parameter: what a careless `readAccessToken` hands over. */
const readQuery: NonNullable<CommonOptions['readAccessToken']> = ({ target }) => {
  const values = new URL(target, 'http://api.example.com').searchParams.getAll('access_token')
  return (values.length > 1 ? values : values[0]) as string | undefined
}

describe.each(FRAMEWORKS)('%s', (_name, createApp) => {
  let token: string
  let api: Api
  beforeEach(async () => {
    token = await servers().authorizationServer.mint()
    api = protect()
  })

  function protect(options: CommonOptions = {}): Api {
    return createApp(({ requireToken, handler }) => [requireToken(servers().protect(options)), handler()])
  }

  ruleForEach(
    ['6750-2.3-a', '6750-2.3-b'],
    { alone: ['query'], 'besides the header': ['header', 'query'] },
    'does not offer the query method, %s',
    (bearerMethods) => {
      const options = { bearerMethods } as unknown as CommonOptions
      expect(() => protect(options)).toThrow(
        new ConfigurationError('bearerMethods', 'must be one or more of header, body'),
      )
    },
  )

  ruleForEach(
    '6750-2.3-a',
    {
      'a good token': (good: string) => `access_token=${good}`,
      'a good token twice': (good: string) => `access_token=${good}&access_token=${good}`,
      'a list of good tokens': (good: string) => `access_token[]=${good}`,
      'a good token among others': (good: string) => `page=2&access_token=${good}#access_token=${good}`,
    },
    'ignores %s in the query',
    async (query) => {
      const response = await request(api.listener).get(`/me?${query(token)}`)
      expect(readRefusal(response)).toEqual(NO_CREDENTIALS)
      expect(api.handled()).toBe(0)
    },
  )

  rule(['6750-2.3-a', '6750-2-a'], 'judges a request by its header, whatever is in the query', async () => {
    const get = (good: string, query: string) =>
      request(api.listener).get(`/me?access_token=${query}`).auth(good, { type: 'bearer' })
    expect((await get(token, 'a.b.c')).status).toBe(200)
    expect((await get(token, token)).status).toBe(200)
    expect((await get('a.b.c', token)).status).toBe(401)
  })

  rule('6750-2.3-b', 'says nothing about caching in an accepted response', async () => {
    const response = await request(api.listener).get('/me').auth(token, { type: 'bearer' })
    expect(response.status).toBe(200)
    expect(response.headers).not.toHaveProperty('cache-control')
  })

  rule('6750-2.3-d', 'refuses a repeated parameter that readAccessToken hands over as a list', async () => {
    api = protect({ readAccessToken: readQuery })
    const repeated = await request(api.listener).get(`/me?access_token=${token}&access_token=${token}`)
    expect(readRefusal(repeated)).toEqual(REPEATED)
    expect(api.handled()).toBe(0)
    expect((await request(api.listener).get(`/me?access_token=${token}`)).status).toBe(200)
  })
})
