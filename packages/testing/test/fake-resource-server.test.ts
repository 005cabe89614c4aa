import { describe, expect, test } from '@jest/globals'
import {
  allScopes,
  createResourceServer,
  fromWebRequest,
  type ProtectedResourceRequest,
} from '@bearward/core'
import { fakeAuth, fakeResourceServer, parseChallenges } from '@bearward/testing'

function requestWith(authorization?: string): ProtectedResourceRequest {
  const headers = authorization === undefined ? {} : { Authorization: authorization }
  return fromWebRequest(new Request('https://api.example.com/stats', { headers }))
}

/** What the call throws. */
async function refusal(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return undefined
}

/** Well-formed, of the issuer that the fake believes in, and signed by nobody. */
function jwtOf(issuer: string): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')
  return `${encode({ alg: 'RS256', typ: 'at+jwt', kid: '1' })}.${encode({ iss: issuer })}.AAAA`
}

describe('fakeResourceServer', () => {
  test.each([
    ['any text', 'anything'],
    ['a JWT of an issuer that it knows', jwtOf('https://as.example.com')],
    ['a JWT of an issuer that it does not know', jwtOf('https://other.example.com')],
    ['a token that is too large', 'a'.repeat(20_000)],
  ])('takes %s for the token of its auth', async (_kind, token) => {
    const auth = fakeAuth({ subject: 'user-1' })
    expect(await fakeResourceServer(auth).authenticate(requestWith(`Bearer ${token}`))).toBe(auth)
  })

  test('takes a token with the scheme DPoP for that of an auth which has it, without a proof', async () => {
    const auth = fakeAuth({ scheme: 'DPoP' })
    for (const authorization of ['DPoP x', 'Bearer x']) {
      expect(await fakeResourceServer(auth).authenticate(requestWith(authorization))).toBe(auth)
    }
    const error = await refusal(() => fakeResourceServer().authenticate(requestWith('DPoP x')))
    expect(error).toMatchObject({ code: 'ERR_CREDENTIALS_MISSING' })
  })

  test('has an auth without scopes where none is given', async () => {
    const auth = await fakeResourceServer().authenticate(requestWith('bearer x'))
    expect([auth.clientId, auth.scopes.size]).toEqual(['client', 0])
  })

  test.each([
    ['no credentials', undefined, 'ERR_CREDENTIALS_MISSING', 401],
    ['those of another scheme', 'Basic YTpi', 'ERR_CREDENTIALS_MISSING', 401],
    ['malformed ones', 'Bearer a b', 'ERR_CREDENTIALS_MALFORMED', 400],
    ['an empty token', 'Bearer', 'ERR_CREDENTIALS_MALFORMED', 400],
  ])('refuses a request with %s as in production', async (_kind, authorization, code, status) => {
    const resourceServer = fakeResourceServer()
    const error = await refusal(() => resourceServer.authenticate(requestWith(authorization)))
    expect(error).toMatchObject({ code, status })
    const challenge = resourceServer.answer(error)?.headers['WWW-Authenticate']
    expect(parseChallenges(challenge)).toMatchObject([{ scheme: 'Bearer', repeated: [] }])
  })

  test('has no auth for a request without credentials where they are optional', async () => {
    const resourceServer = fakeResourceServer()
    expect(await resourceServer.authenticate(requestWith(), { optional: true })).toBeUndefined()
    expect(await resourceServer.authenticate(requestWith('Bearer x'), { optional: true })).toBeDefined()
    const malformed = refusal(() =>
      resourceServer.authenticate(requestWith('Bearer a b'), { optional: true }),
    )
    expect(await malformed).toMatchObject({ code: 'ERR_CREDENTIALS_MALFORMED' })
  })

  test('authorizes as in production', async () => {
    const auth = fakeAuth({ scopes: ['stats:read'] })
    const resourceServer = fakeResourceServer(auth)
    resourceServer.authorize(auth, allScopes('stats:read'))
    const error = await refusal(() => {
      resourceServer.authorize(auth, allScopes('stats:read', 'stats:write'))
    })
    const answer = resourceServer.answer(error)
    expect(answer?.status).toBe(403)
    const [challenge] = parseChallenges(answer?.headers['WWW-Authenticate'])
    expect(challenge?.parameters.get('error')).toBe('insufficient_scope')
    expect(challenge?.parameters.get('scope')).toBe('stats:read stats:write')
  })

  test('says of every token that nothing has changed', async () => {
    const auth = fakeAuth({ subject: 'user-1' })
    const resourceServer = fakeResourceServer(auth)
    expect(await resourceServer.refresh(auth, { maxAge: 0 })).toBe(auth)
    expect(await resourceServer.refresh(fakeAuth(), { maxAge: 60 })).toBe(auth)
  })

  test.each([
    ['nobody', undefined, 0, 'ERR_CREDENTIALS_MISSING'],
    ['an age that cannot be', fakeAuth(), -1, 'ERR_CONFIGURATION'],
  ])('refuses as in production to ask about %s', async (_problem, auth, maxAge, code) => {
    const error = await refusal(() => fakeResourceServer().refresh(auth, { maxAge }))
    expect(error).toMatchObject({ code })
  })

  test('forgets any token', () => {
    const resourceServer = fakeResourceServer()
    resourceServer.forget('anything')
    resourceServer.forgetWhere({ subject: 'user-1' })
  })

  test('is ready at once, which the real one is not', async () => {
    expect(fakeResourceServer().health().ready).toBe(true)
    await expect(fakeResourceServer().warmUp()).resolves.toBeUndefined()
    const real = createResourceServer({
      issuer: 'https://as.example.com',
      audience: 'https://api.example.com',
    })
    expect(real.health().ready).toBe(false)
  })

  test('does not hide the mistakes of an adapter', async () => {
    const broken: ProtectedResourceRequest = {
      ...requestWith(),
      fieldValues() {
        throw new TypeError('a mistake in the adapter')
      },
    }
    await expect(fakeResourceServer().authenticate(broken)).rejects.toThrow('a mistake in the adapter')
  })
})
