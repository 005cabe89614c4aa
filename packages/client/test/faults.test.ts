import { describe, expect, test } from '@jest/globals'
import { rule, ruleForEach } from '../../../test/support/rule.js'
import { createBench, failureOf, GRANT, json, type Sent } from './support/script.js'

const HTML = { 'content-type': 'text/html' }
const JSON_TYPE = { 'content-type': 'application/json' }

describe('a transport problem', () => {
  ruleForEach(
    '6749-5.2-c',
    {
      '503 in HTML': () => new Response('<p>down</p>', { status: 503, headers: HTML }),
      '500 with an OAuth error': json(500, { error: 'server_error' }),
      '429 with an OAuth error': json(429, { error: 'invalid_request' }),
      '404 in HTML': () => new Response('<p>where?</p>', { status: 404, headers: HTML }),
      '400 in HTML': () => new Response('{"error":"invalid_scope"}', { status: 400, headers: HTML }),
      '400 without an error': json(400, {}),
      'a redirect': () =>
        new Response(null, { status: 302, headers: { location: 'https://as.example.com/t2' } }),
    },
    'is %s, and can be retried',
    async (answer) => {
      const { tokens, sent } = createBench({}, answer)
      const error = await failureOf(tokens.getToken())
      expect(error).toMatchObject({
        name: 'TokenEndpointUnavailableError',
        code: 'ERR_AUTHORIZATION_SERVER_RESPONSE',
        retryAfter: 2,
      })
      expect(sent).toHaveLength(1)
    },
  )

  rule('6749-5.2-c', 'is a request that fails, with its cause', async () => {
    const cause = new TypeError('fetch failed')
    const { tokens } = createBench({}, () => Promise.reject(cause))
    const error = await failureOf(tokens.getToken())
    expect(error).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE', cause })
    expect(error.message).toBe(
      'The authorization server cannot be reached: https://as.example.com/token: the request failed',
    )
  })

  test('is a fetch that throws at once', async () => {
    const fetch = () => {
      throw new TypeError('no network here')
    }
    const { tokens } = createBench({ fetch }, GRANT)
    expect(await failureOf(tokens.getToken())).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE' })
    expect(await failureOf(tokens.getToken())).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE' })
  })

  test('is a redirect that fetch has followed, against its orders', async () => {
    const followed = () => Object.defineProperty(Response.json(GRANT), 'redirected', { value: true })
    const { tokens } = createBench({}, followed)
    expect((await failureOf(tokens.getToken())).message).toContain('redirected, which must not be followed')
  })

  test('is text that is no UTF-8', async () => {
    const [start = '', end = ''] = JSON.stringify({ ...GRANT, extra: '|' }).split('|')
    const body = (letter: number[]) =>
      Buffer.concat([Buffer.from(start), Buffer.from(letter), Buffer.from(end)])
    const answer = (letter: number[]) => () => new Response(body(letter), { headers: JSON_TYPE })
    const { tokens: good } = createBench({}, answer([0xc3, 0xa9]))
    const { tokens: bad } = createBench({}, answer([0xe9]))
    expect((await good.getToken()).accessToken).toBe('token-1')
    expect((await failureOf(bad.getToken())).message).toContain('broken JSON')
  })

  test('is a body that breaks off', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error('reset'))
      },
    })
    const { tokens } = createBench({}, () => new Response(body, { headers: JSON_TYPE }))
    expect(await failureOf(tokens.getToken())).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE' })
  })

  test('gives an error of its own to each of those who wait', async () => {
    const { tokens } = createBench({}, json(503, {}))
    const [one, other] = await Promise.all([failureOf(tokens.getToken()), failureOf(tokens.getToken())])
    expect(one).not.toBe(other)
    expect(one.message).toBe(other.message)
  })

  test('names the endpoint without its query, which may hold a key', async () => {
    const { tokens } = createBench({ tokenEndpoint: 'https://as.example.com/t?code=hush' }, json(500, {}))
    const { message } = await failureOf(tokens.getToken())
    expect(message).toContain('https://as.example.com/t answered with status 500')
    expect(message).not.toContain('hush')
  })
})

describe('the bounds of an answer', () => {
  const padded = (length: number) => () =>
    new Response(JSON.stringify(GRANT).padEnd(length, ' '), { headers: JSON_TYPE })

  test('are 65,536 bytes', async () => {
    const { tokens: good } = createBench({}, padded(65_536))
    const { tokens: bad } = createBench({}, padded(65_537))
    expect((await good.getToken()).accessToken).toBe('token-1')
    expect((await failureOf(bad.getToken())).message).toContain('more than 65536 bytes')
  })

  test('are the media type application/json, with parameters and in any letters', async () => {
    const typed = (type: string) => () =>
      new Response(JSON.stringify(GRANT), { headers: { 'content-type': type } })
    const { tokens: good } = createBench({}, typed('Application/JSON; charset=utf-8'))
    const { tokens: bad } = createBench({}, typed('application/jsonp'))
    expect((await good.getToken()).accessToken).toBe('token-1')
    expect((await failureOf(bad.getToken())).message).toContain('not in application/json')
  })

  test('are five seconds, even with a fetch that does not heed its signal', async () => {
    const hang = (): Promise<Response> => new Promise(() => {})
    const { tokens, clock, sent } = createBench({}, hang)
    const failure = failureOf(tokens.getToken())
    await clock.advance(4.9)
    expect(sent[0]?.signal?.aborted).toBe(false)
    await clock.advance(0.2)
    expect(await failure).toMatchObject({ code: 'ERR_AUTHORIZATION_SERVER_UNREACHABLE' })
    expect(sent[0]?.signal?.aborted).toBe(true)
  })

  test('are those of timeLimit, discovery included', async () => {
    const slow = (content: object) => async (): Promise<Response> => {
      await new Promise<void>((resolve) => clock.after(0.6, resolve))
      return Response.json(content)
    }
    const metadata = { issuer: 'https://as.example.com', token_endpoint: 'https://as.example.com/token' }
    const { tokens, clock } = createBench(
      { issuer: metadata.issuer, timeLimit: 1 },
      slow(metadata),
      slow(GRANT),
    )
    const failure = failureOf(tokens.getToken())
    await clock.advance(1.1)
    expect((await failure).message).toContain('no complete answer within 1 seconds')
  })

  test('leave no timer behind', async () => {
    const { tokens, clock } = createBench({}, GRANT)
    await tokens.getToken()
    expect(clock.timers).toBe(0)
  })
})

describe('what errors say', () => {
  const answers: Record<string, (sent: Sent) => Response> = {
    'an unusable answer': json(200, { ...GRANT, access_token: 'tell-nobody', token_type: 'mac' }),
    'a token that breaks a header': json(200, { ...GRANT, access_token: 'tell-nobody\n' }),
    'broken JSON': () => new Response('{"access_token":"tell-nobody"', { headers: JSON_TYPE }),
    'an error code': json(400, { error: 'tell-nobody' }),
  }

  test.each(Object.entries(answers))('does not repeat %s', async (_name, answer) => {
    const { tokens } = createBench({ clientSecret: 'tell-nobody' }, answer)
    const error = await failureOf(tokens.getToken())
    expect(error.message).not.toContain('tell-nobody')
  })

  test('does not hold the token in a cause either', async () => {
    const { tokens } = createBench({}, { ...GRANT, access_token: 'tell-nobody', token_type: 'mac' })
    expect((await failureOf(tokens.getToken())).cause).toBeUndefined()
  })
})
