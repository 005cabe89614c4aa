import { describe, expect, test } from '@jest/globals'
import { rule } from '../../../test/support/rule.js'
import {
  createBench,
  failureOf,
  GRANT,
  json,
  type AnyOptions,
  type Answer,
  type Sent,
} from './support/script.js'

const ISSUER = 'https://as.example.com/t1'
const URLS = [
  'https://as.example.com/.well-known/oauth-authorization-server/t1',
  'https://as.example.com/.well-known/openid-configuration/t1',
  'https://as.example.com/t1/.well-known/openid-configuration',
]
const METADATA = { issuer: ISSUER, token_endpoint: 'https://login.example.com/token' }

/** A client of a server that answers at these URLs, and 404 at others. Token requests are answered well. */
function createClient(documents: Readonly<Record<string, Answer>>, options: AnyOptions = {}) {
  return createBench({ issuer: ISSUER, ...options }, (sent: Sent) => {
    const answer =
      documents[sent.url] ?? (sent.method === 'POST' ? { ...GRANT, expires_in: 1 } : json(404, {}))
    return typeof answer === 'function' ? (answer as (sent: Sent) => Response)(sent) : Response.json(answer)
  })
}

const urls = (sent: readonly Sent[]) => sent.map(({ url }) => url)

describe('the token endpoint', () => {
  test.each(URLS.map((url, index) => [url, index + 1] as const))('is found at %s', async (url, requests) => {
    const { tokens, sent } = createClient({ [url]: METADATA })
    await tokens.getToken()
    expect(urls(sent)).toEqual([...URLS.slice(0, requests), METADATA.token_endpoint])
    expect(sent[0]).toMatchObject({ method: 'GET', redirect: 'manual' })
  })

  test('is looked for once in an hour', async () => {
    const { tokens, sent, clock } = createClient({ [URLS[0] ?? '']: METADATA })
    await tokens.getToken()
    await clock.advance(3599)
    await tokens.getToken()
    expect(sent).toHaveLength(3)
    await clock.advance(1)
    await tokens.getToken()
    expect(sent).toHaveLength(5)
  })

  test('is looked for again after an outage, and believed where the metadata are gone too', async () => {
    const documents: Record<string, Answer> = {
      [URLS[0] ?? '']: METADATA,
      [METADATA.token_endpoint]: json(503, {}),
    }
    const { tokens, sent, clock } = createClient(documents)
    await failureOf(tokens.getToken())
    await clock.advance(2)
    documents[URLS[0] ?? ''] = { ...METADATA, token_endpoint: 'https://new.example.com/token' }
    await tokens.getToken()
    expect(urls(sent).at(-1)).toBe('https://new.example.com/token')

    documents['https://new.example.com/token'] = json(503, {})
    await clock.advance(1)
    await failureOf(tokens.getToken())
    delete documents['https://new.example.com/token']
    documents[URLS[0] ?? ''] = json(404, {})
    await clock.advance(2)
    expect((await tokens.getToken()).accessToken).toBe('token-1')
  })

  test('is not looked for where it is configured', async () => {
    const { tokens, sent } = createClient({}, { tokenEndpoint: 'https://as.example.com/t1/token' })
    await tokens.getToken()
    expect(urls(sent)).toEqual(['https://as.example.com/t1/token'])
  })

  rule('6749-3.2-a', 'keeps the query that the metadata give it', async () => {
    const token_endpoint = 'https://login.example.com/token?tenant=1'
    const { tokens, sent } = createClient({ [URLS[0] ?? '']: { ...METADATA, token_endpoint } })
    await tokens.getToken()
    expect(urls(sent).at(-1)).toBe(token_endpoint)
  })
})

describe('metadata', () => {
  test.each([
    ['another issuer', { ...METADATA, issuer: 'https://as.example.com/t2' }],
    ['the issuer with a slash', { ...METADATA, issuer: `${ISSUER}/` }],
    ['the issuer in other letters', { ...METADATA, issuer: 'https://AS.example.com/t1' }],
    ['no issuer', { token_endpoint: METADATA.token_endpoint }],
    ['no token endpoint', { issuer: ISSUER }],
    ['a token endpoint in plain HTTP', { ...METADATA, token_endpoint: 'http://login.example.com/token' }],
    ['a token endpoint on this machine', { ...METADATA, token_endpoint: 'http://127.0.0.1/token' }],
    [
      'a token endpoint with a fragment',
      { ...METADATA, token_endpoint: 'https://login.example.com/token#a' },
    ],
  ])('with %s are refused, and no credentials sent', async (_name, document) => {
    const { tokens, sent } = createClient({ [URLS[0] ?? '']: document })
    const error = await failureOf(tokens.getToken())
    expect(error).toMatchObject({ name: 'TokenEndpointUnavailableError', code: 'ERR_METADATA_INVALID' })
    expect(sent.filter(({ method }) => method === 'POST')).toEqual([])
  })

  test('of a server that cannot be reached are asked for at one URL only', async () => {
    const { tokens, sent } = createClient({ [URLS[0] ?? '']: () => Promise.reject(new TypeError('refused')) })
    expect(await failureOf(tokens.getToken())).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE' })
    expect(sent).toHaveLength(1)
  })

  test('that are nowhere are an outage', async () => {
    const { tokens, sent } = createClient({})
    expect(await failureOf(tokens.getToken())).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_RESPONSE' })
    expect(urls(sent)).toEqual(URLS)
  })

  test('are not followed elsewhere', async () => {
    const moved = () =>
      new Response(null, { status: 301, headers: { location: 'https://other.example.com/' } })
    const { tokens, sent } = createClient({ [URLS[0] ?? '']: moved, [URLS[1] ?? '']: METADATA })
    expect((await tokens.getToken()).accessToken).toBe('token-1')
    expect(urls(sent)).toEqual([...URLS.slice(0, 2), METADATA.token_endpoint])
  })
})
