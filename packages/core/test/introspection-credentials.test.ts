import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import type { IntrospectionCredentialsConfig } from '../src/config/introspection.js'
import { parseOptions } from '../src/config/resource-server.js'
import type { Documents } from '../src/documents.js'
import { RefusedError, UnavailableError } from '../src/errors.js'
import { toAuthenticate } from '../src/introspection-credentials.js'

const ISSUER = 'https://as.example.com'
const ENDPOINT = `${ISSUER}/introspect`
const SECRET = { clientId: 'api', method: 'secret', secret: 's', place: undefined, encoding: 'form' } as const
const BASIC = `Basic ${Buffer.from('api:s').toString('base64')}`

/** What authenticates requests about the token `t`, at a server with this metadata. */
function create(credentials: IntrospectionCredentialsConfig, metadata?: object, endpoint?: string) {
  const clock = createManualClock(1_000_000)
  const introspection = { clientId: 'api', clientSecret: 's', ...(endpoint !== undefined && { endpoint }) }
  const options = { issuer: ISSUER, audience: 'a', fetchLimit: 2, introspection }
  const [config] = parseOptions(options).authorizationServers.values()
  if (config === undefined) throw new Error('there is one')
  const documents = { metadata: { copy: () => metadata && { content: metadata } } } as unknown as Documents
  const authenticate = toAuthenticate(credentials, config, documents, clock)
  const send = async () => {
    const request = { token: 't', url: ENDPOINT, headers: new Headers(), body: new URLSearchParams() }
    const refuse = await authenticate(request)
    return { refuse, authorization: request.headers.get('authorization'), body: request.body.toString() }
  }
  return { clock, send }
}

/** What a request with an access token of one's own is refused with. */
async function failureOf(accessToken: () => unknown): Promise<UnavailableError> {
  const { send } = create({ method: 'bearer', accessToken: accessToken as () => string })
  const error: unknown = await send().catch((reason: unknown) => reason)
  if (!(error instanceof UnavailableError)) throw new Error('it went well', { cause: error })
  expect(error.code).toBe('ERR_INTROSPECTION_CREDENTIALS')
  expect(error.message).toMatch(/: see the cause$/)
  return error
}

describe('a secret', () => {
  const postOnly = ['client_secret_post']

  test('goes where the metadata say', async () => {
    expect(await create(SECRET).send()).toMatchObject({ authorization: BASIC, body: '' })
    const inBody = { authorization: null, body: 'client_id=api&client_secret=s' }
    for (const name of ['introspectionEndpointAuthMethods', 'tokenEndpointAuthMethods']) {
      expect(await create(SECRET, { [name]: postOnly }).send()).toMatchObject(inBody)
    }
    const both = {
      introspectionEndpointAuthMethods: ['client_secret_basic'],
      tokenEndpointAuthMethods: postOnly,
    }
    expect(await create(SECRET, both).send()).toMatchObject({ authorization: BASIC })
  })

  test('goes by nothing that the metadata say of another endpoint', async () => {
    const metadata = { introspectionEndpointAuthMethods: postOnly }
    expect(await create(SECRET, metadata, ENDPOINT).send()).toMatchObject({ authorization: BASIC })
  })

  test('has nothing to be told where it is refused', async () => {
    const { refuse } = await create(SECRET).send()
    expect(refuse).not.toThrow()
  })
})

describe('an access token of one’s own', () => {
  test('is asked for with the one that was refused last', async () => {
    const asked: unknown[] = []
    const accessToken = (refused?: string) => `own${asked.push(refused)}`
    const { send } = create({ method: 'bearer', accessToken })
    const { refuse, authorization } = await send()
    expect(authorization).toBe('Bearer own1')
    await send()
    refuse()
    expect((await send()).authorization).toBe('Bearer own3')
    expect(asked).toEqual([undefined, undefined, 'own1'])
  })

  test('may be waited for, but not for longer than a request', async () => {
    const later = create({ method: 'bearer', accessToken: () => Promise.resolve('own') })
    expect((await later.send()).authorization).toBe('Bearer own')
    const { clock, send } = create({ method: 'bearer', accessToken: () => new Promise(() => undefined) })
    const sent = send().catch((reason: unknown) => reason)
    clock.advance(2)
    expect(await sent).toMatchObject({
      code: 'ERR_INTROSPECTION_CREDENTIALS',
      cause: new Error('There were none within 2 seconds'),
    })
  })

  test.each([undefined, null, '', 1, 'a b', 'a\n', '=a', 'é', 'a=b'])('cannot be %j', async (token) => {
    expect((await failureOf(() => token)).cause).toEqual(
      new TypeError('introspection.accessToken must give an access token, as a string'),
    )
  })

  test.each(['a', 'A-._~+/9=='])('may be %s', async (token) => {
    const { send } = create({ method: 'bearer', accessToken: () => token })
    expect((await send()).authorization).toBe(`Bearer ${token}`)
  })

  test('is none that a client may send', async () => {
    const { send } = create({ method: 'bearer', accessToken: () => 't' })
    const error: unknown = await send().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RefusedError)
    expect(error).toMatchObject({ code: 'ERR_TOKEN_AUDIENCE', cause: 'introspection.accessToken' })
  })

  test.each([
    [{ retryAfter: 7 }, 7],
    [{ retryAfter: 300 }, 300],
    [{ retryAfter: 301 }, 5],
    [{ retryAfter: '7' }, 5],
    [{}, 5],
  ])('that cannot be had with %j is asked for again in %d seconds', async (members, retryAfter) => {
    const cause = Object.assign(new Error('x'), members)
    expect(await failureOf(() => Promise.reject(cause))).toMatchObject({ cause, retryAfter })
  })

  test('that cannot be had says when, where that is an error', async () => {
    const thrown = { retryAfter: 7 }
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as an application may
    expect(await failureOf(() => Promise.reject(thrown))).toMatchObject({ cause: thrown, retryAfter: 5 })
  })
})
