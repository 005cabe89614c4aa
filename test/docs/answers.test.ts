import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startAuthorizationServer, type AuthorizationServer } from '@bearward/testing'
import request from 'supertest'
import { ADAPTERS } from '../support/apis.js'
import { findCodeBlocks, readPages } from './markdown.js'

const AUDIENCE = 'https://api.example.com'
/** The first client of the authorization server. */
const INTROSPECTION = { clientId: 'client', clientSecret: 'secret' }
const BLOCKS = readPages().flatMap((page) => findCodeBlocks(page, 'http'))

/** What leads to each answer that the documentation shows, by the name of its code block. */
const REQUESTS: Readonly<Record<string, (from: AuthorizationServer) => Promise<Record<string, string>>>> = {
  'no-token': () => Promise.resolve({}),
  expired: (from) => withToken(from.mint({ exp: 1 })),
  inactive(from) {
    const token = from.mintOpaque()
    from.revoke(token)
    return withToken(token)
  },
  narrow: (from) => withToken(from.mint({ scope: 'stats:write' })),
  outage(from) {
    from.intercept(() => 'disconnect')
    return withToken(from.mint())
  },
}

async function withToken(token: string | Promise<string>): Promise<Record<string, string>> {
  return { Authorization: `Bearer ${await token}` }
}

/** An HTTP response as the documentation writes it. */
function parseResponse(text: string) {
  const [head = '', body = ''] = text.trimEnd().split('\n\n', 2)
  const [statusLine = '', ...fields] = head.split('\n')
  const headers = fields.map((field) => {
    const [name = '', value = ''] = field.split(/: (.*)/)
    return [name.toLowerCase(), value] as const
  })
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers), body }
}

describe.each(ADAPTERS)('%s answers as the documentation shows', (_name, createApi) => {
  let authorizationServer: AuthorizationServer
  beforeAll(async () => {
    authorizationServer = await startAuthorizationServer()
  })
  afterAll(() => authorizationServer.close())

  test.each(BLOCKS.map((block) => [block.page, block.line, block] as const))(
    'in %s, line %i',
    async (_page, _line, { info, text }) => {
      const shown = parseResponse(text)
      const api = createApi({
        issuer: authorizationServer.issuer,
        audience: AUDIENCE,
        introspection: INTROSPECTION,
      })
      const headers = await REQUESTS[info]?.(authorizationServer)
      const response = await request(api.listener)
        .get('/stats')
        .set(headers ?? {})
      authorizationServer.intercept(undefined)
      expect(response.status).toBe(shown.status)
      expect(response.headers).toMatchObject(shown.headers)
      expect(response.text).toBe(shown.body)
    },
  )
})

test('the documentation shows a request without a token, with bad ones, with one too narrow, and an outage', () => {
  expect(new Set(BLOCKS.map(({ info }) => info))).toEqual(new Set(Object.keys(REQUESTS)))
})
