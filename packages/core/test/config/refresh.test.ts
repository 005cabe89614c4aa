import { describe, expect, test } from '@jest/globals'
import { parseConnection } from '../../src/config/connection.js'
import { parseRefresh } from '../../src/config/refresh.js'
import { systemFetch } from '../../src/http/fetch.js'

const DEFAULTS = { refreshInterval: 600, longestLifetime: 86_400, staleWindow: 86_400, waitLimit: 3 }

describe('parseRefresh', () => {
  test('has keys used for 10 minutes, or as the server says up to a day, and through an outage of a day', () => {
    expect(parseRefresh({})).toEqual(DEFAULTS)
  })

  test.each([60, 300, 600, 86_400])(
    'lets no server say more than the refreshInterval %d',
    (refreshInterval) => {
      expect(parseRefresh({ refreshInterval })).toEqual({
        ...DEFAULTS,
        refreshInterval,
        longestLifetime: refreshInterval,
      })
    },
  )

  test('takes the others as they are', () => {
    expect(parseRefresh({ staleWindow: 0, waitLimit: 0.1 })).toEqual({
      ...DEFAULTS,
      staleWindow: 0,
      waitLimit: 0.1,
    })
  })
})

describe('parseConnection', () => {
  const issuer = 'https://as.example.com'
  const addresses = { issuerOrigin: issuer, internalOrigin: undefined, dangerouslyAllowHttp: false }

  test('gives a request 5 seconds, and makes it with the fetch of the platform', () => {
    expect(parseConnection({ issuer })).toEqual({ addresses, fetch: systemFetch, fetchLimit: 5 })
  })

  test('takes both from the options', () => {
    const fetch = () => Promise.reject(new Error('not called'))
    expect(parseConnection({ issuer, fetch, fetchLimit: 60 })).toEqual({ addresses, fetch, fetchLimit: 60 })
  })
})
