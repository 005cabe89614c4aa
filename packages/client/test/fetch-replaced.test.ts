import { describe, expect, test } from '@jest/globals'
import { tokensOf } from './support/api.js'
import {
  API,
  createBench,
  failureOf,
  json,
  TOKEN_ENDPOINT,
  type Answer,
  type Sent,
} from './support/script.js'

const refuse = () =>
  new Response('no', { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
const down = json(503, {})
const grant = (count: number, lifetime = 300) => ({
  access_token: `token-${count}`,
  token_type: 'Bearer',
  expires_in: lifetime,
})

/** A client whose token endpoint answers in this order, and whose API refuses some tokens. */
function createClient(refused: readonly number[], ...answers: readonly Answer[]) {
  let asked = 0
  const bench = createBench({ origins: API }, (sent: Sent) => {
    if (sent.url !== TOKEN_ENDPOINT)
      return tokensOf([sent]).some((token) => refused.includes(Number(token?.split('-')[1])))
        ? refuse()
        : Response.json({})
    const answer = answers[asked++] ?? {}
    return typeof answer === 'function' ? (answer as (sent: Sent) => Response)(sent) : Response.json(answer)
  })
  const tokenRequests = () => bench.sent.filter(({ url }) => url === TOKEN_ENDPOINT).length
  const status = async (init?: RequestInit) => (await bench.tokens.fetch(API, init)).status
  const token = async () => (await bench.tokens.getToken()).accessToken
  return { ...bench, tokenRequests, status, token }
}

/** An answer that comes when it is let go. */
function hold(answer: () => Response) {
  let release = () => {}
  const response = new Promise<Response>((resolve) => {
    release = () => resolve(answer())
  })
  return { answer: () => response, release: () => release() }
}

describe('a token that one API refuses', () => {
  test('is handed to others until there is another', async () => {
    const next = hold(() => Response.json(grant(2)))
    const { status, token, clock, tokenRequests } = createClient([1], grant(1), next.answer)
    const call = status()
    await clock.settle()
    expect([await token(), tokenRequests()]).toEqual(['token-1', 2])
    next.release()
    expect(await call).toBe(200)
    expect(await token()).toBe('token-2')
  })

  test('is kept while the authorization server is down, and the 401 is the answer', async () => {
    const { tokens, token, tokenRequests } = createClient([1], grant(1), down)
    const response = await tokens.fetch(API)
    expect([response.status, await response.text()]).toEqual([401, 'no'])
    expect(await token()).toBe('token-1')
    await tokens.fetch(API)
    expect(tokenRequests()).toBe(2)
  })

  test('is replaced as soon as the pause after a failure is over', async () => {
    const { status, clock } = createClient([1], grant(1), down, grant(2))
    expect(await status()).toBe(401)
    await clock.advance(1.5)
    expect(await status()).toBe(401)
    await clock.advance(0.5)
    expect(await status()).toBe(200)
  })

  test('costs many callers one request where that fails, too', async () => {
    const { status, tokenRequests } = createClient([1], grant(1), down)
    const found = await Promise.all(Array.from({ length: 50 }, () => status()))
    expect(new Set(found)).toEqual(new Set([401]))
    expect(tokenRequests()).toBe(2)
  })

  test('is replaced at once where it came by a renewal, whatever was refused before', async () => {
    const { status, token, clock } = createClient([1, 3], grant(1), grant(2), grant(3), grant(4))
    expect(await status()).toBe(200)
    await clock.advance(300)
    expect(await token()).toBe('token-3')
    expect([await status(), await token()]).toEqual([200, 'token-4'])
  })

  test('costs nothing where another took its place during the call', async () => {
    const slow = hold(refuse)
    const answers: Answer[] = [grant(1), slow.answer, grant(2), {}]
    const { tokens, clock, sent } = createBench({ origins: API }, ...answers)
    const call = tokens.fetch(API)
    await clock.advance(300)
    await tokens.getToken()
    slow.release()
    expect((await call).status).toBe(200)
    expect(tokensOf(sent)[3]).toBe('Bearer token-2')
    expect(sent).toHaveLength(4)
  })

  test('and expires meanwhile is replaced, though another was a moment ago', async () => {
    const slow = hold(refuse)
    const { tokens, clock, sent } = createBench(
      { origins: API },
      ...[grant(1), refuse, grant(2, 4), {}, slow.answer, grant(3), {}],
    )
    await tokens.fetch(API)
    const call = tokens.fetch(API)
    await clock.advance(4)
    slow.release()
    expect((await call).status).toBe(200)
    expect(tokensOf(sent).at(-1)).toBe('Bearer token-3')
  })
})

describe('a caller who gives up while a refused token is replaced', () => {
  test('gets the reason, and the others get the token', async () => {
    const next = hold(() => Response.json(grant(2)))
    const { tokens, status, clock, tokenRequests } = createClient([1], grant(1), next.answer)
    const controller = new AbortController()
    const impatient = failureOf(tokens.fetch(API, { signal: controller.signal }))
    const patient = status()
    await clock.settle()
    controller.abort(new Error('enough'))
    expect((await impatient).message).toBe('enough')
    next.release()
    expect([await patient, tokenRequests()]).toEqual([200, 2])
  })

  test('does not open the door for one more request', async () => {
    const next = hold(() => Response.json(grant(2)))
    const { tokens, status, clock, tokenRequests } = createClient([1, 2], grant(1), next.answer, grant(3))
    const controller = new AbortController()
    const impatient = failureOf(tokens.fetch(API, { signal: controller.signal }))
    await clock.settle()
    controller.abort(new Error('enough'))
    await impatient
    next.release()
    await clock.settle()
    expect([await status(), tokenRequests()]).toEqual([401, 2])
    await clock.advance(10)
    expect([await status(), tokenRequests()]).toEqual([200, 3])
  })

  test('before that begins causes no request', async () => {
    const controller = new AbortController()
    const refuseAndAbort = () => {
      controller.abort(new Error('enough'))
      return refuse()
    }
    const { tokens, sent } = createBench({ origins: API }, grant(1), refuseAndAbort, grant(2), {})
    expect((await failureOf(tokens.fetch(API, { signal: controller.signal }))).message).toBe('enough')
    expect(sent).toHaveLength(2)
  })
})

describe('a token that was refused where somebody else sent it', () => {
  const next = async ({ tokens }: ReturnType<typeof createClient>, refused?: string) =>
    (await tokens.getToken(refused === undefined ? {} : { refused })).accessToken

  test('is replaced for who says so, and from then on for all', async () => {
    const client = createClient([], grant(1), grant(2))
    expect(await next(client)).toBe('token-1')
    expect(await next(client, 'token-1')).toBe('token-2')
    expect(await client.token()).toBe('token-2')
    expect(client.tokenRequests()).toBe(2)
  })

  test('is not replaced twice: another one has come already', async () => {
    const client = createClient([], grant(1), grant(2), grant(3))
    await next(client)
    expect(await next(client, 'token-1')).toBe('token-2')
    expect(await next(client, 'token-1')).toBe('token-2')
    expect(await next(client, 'a token of somebody else')).toBe('token-2')
    expect(client.tokenRequests()).toBe(2)
  })

  test('is given again where there is no other', async () => {
    const client = createClient([], grant(1), () => down)
    await next(client)
    expect(await next(client, 'token-1')).toBe('token-1')
  })
})
