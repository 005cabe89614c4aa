import { describe, expect, test } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { wellKnownUrls } from '../../packages/core/src/metadata/authorization-server.js'
import { putTogether } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { VECTORS } from './vectors.js'

const { source, urls } = VECTORS.wellKnownUrls

describe.each(Object.entries(urls))(`${source}: %s`, (issuer, expected) => {
  test('has these well-known URLs', () => {
    expect(wellKnownUrls(issuer)).toEqual(expected)
    expect(wellKnownUrls(`${issuer}/`)).toEqual(expected)
  })

  test('is asked for its metadata there, in this order, and nowhere else', async () => {
    const requested: string[] = []
    const resourceServer = createResourceServer({
      issuer,
      audience: 'https://api.example.com',
      fetch(url) {
        requested.push(url)
        return Promise.resolve(new Response('', { status: 404 }))
      },
    })
    const token = putTogether({ alg: 'ES256', typ: 'at+jwt', kid: '1' }, { iss: issuer }, Buffer.alloc(64))
    expect(await verdictOn(resourceServer, token)).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
    expect(requested).toEqual(expected)
  })
})
