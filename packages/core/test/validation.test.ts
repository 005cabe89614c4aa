import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createAuth, type Auth } from '../src/auth.js'
import type { AuthorizationServer, AuthorizationServers } from '../src/authorization-servers.js'
import { ConfigurationError, RefusedError, UnavailableError } from '../src/errors.js'
import type { Recall } from '../src/recall.js'
import type { ClaimsPolicy } from '../src/token/claims.js'
import { asVerified } from '../src/token/verified.js'
import { refresh, validate } from '../src/validation.js'
import { NOW, POLICY } from './token/judge.js'

const [ISSUER, OTHER] = ['https://as.example.com', 'https://other.example.com']
const CLOCK = { now: () => NOW, monotonic: () => 0, after: () => () => undefined, random: () => 0 }
const CLAIMS: ClaimsPolicy = { ...POLICY, clientIdClaims: ['azp'] }
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const jwk = publicKey.export({ format: 'jwk' })

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
function createJwt(claims: object = {}, header: object = {}): string {
  const good = {
    iss: ISSUER,
    exp: NOW + 60,
    aud: 'urn:api',
    sub: 'al',
    iat: NOW,
    jti: '1',
    azp: 'app',
    client_id: 'c',
  }
  const input = `${encode({ typ: 'at+jwt', alg: 'EdDSA', ...header })}.${encode({ ...good, ...claims })}`
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}

/** What introspection answers, and has been asked. */
interface Answers {
  readonly response: object
  readonly asked: unknown[]
}

function createServer(accessTokens: 'jwt' | 'opaque' | 'mixed', answers?: Answers): AuthorizationServer {
  const server = {
    issuer: ISSUER,
    accessTokens,
    header: { types: new Set(['at+jwt']), algorithms: new Set(['EdDSA']) },
    claims: CLAIMS,
    scopes: 'scp',
    documents: {
      keySet: { atHand: () => ({ content: 'the key set' }) },
      keySource: {
        find: async (_hint: unknown, verifies: (key: object) => Promise<boolean>) => {
          const key = { jwk, kid: undefined, algorithms: new Set(['EdDSA']) }
          return (await verifies(key)) ? key : undefined
        },
      },
    },
    introspection: answers && {
      policy: {
        issuer: ISSUER,
        claims: { ...CLAIMS, presentClaims: [], isClientIdOptional: true, clientIdClaims: ['client_id'] },
        isAudienceOptional: false,
        scopes: undefined,
      },
      find: (...given: readonly unknown[]) => {
        answers.asked.push(given)
        return Promise.resolve(asVerified(answers.response as Parameters<typeof asVerified>[0]))
      },
    },
  }
  return server as unknown as AuthorizationServer
}

/** One server, for tokens of its issuer, and for those that name none where it introspects. */
function create(
  accessTokens: 'jwt' | 'opaque' | 'mixed',
  response: object = { sub: 'i', aud: 'urn:api' },
  failure?: Error,
) {
  const answers = { response, asked: [] as unknown[] }
  const server = createServer(accessTokens, accessTokens === 'jwt' ? undefined : answers)
  const kept: unknown[] = []
  const recall = { find: () => undefined, keep: (...given) => void kept.push(given) } satisfies Recall
  const servers = {
    atHand: (issuer: unknown) => (issuer === ISSUER && failure === undefined ? server : undefined),
    select: (issuer: unknown) =>
      issuer === ISSUER && failure === undefined
        ? Promise.resolve(server)
        : Promise.reject(failure ?? new RefusedError('ERR_TOKEN_ISSUER')),
    introspecting: accessTokens === 'jwt' ? undefined : server,
  } as unknown as AuthorizationServers
  return {
    kept,
    server,
    asked: answers.asked,
    judge: (token: string, maxTokenSize = 10_000) =>
      validate(token, { maxTokenSize, clock: CLOCK }, servers, recall).then(
        ({ via, subject, clientId, scheme }) => [via, subject, clientId, scheme],
        (error: unknown) =>
          error instanceof RefusedError || error instanceof UnavailableError ? error.code : error,
      ),
    renew: (auth: Auth, maxAge = 30) => refresh(auth, maxAge, servers, CLOCK),
  }
}

const BY_SIGNATURE = ['jwt', 'al', 'app', 'Bearer']
const BY_INTROSPECTION = ['introspection', 'i', undefined, 'Bearer']

describe('a JWT', () => {
  test.each(['jwt', 'mixed'] as const)('is judged by its signature, and kept: %s', async (accessTokens) => {
    const { judge, asked, kept, server } = create(accessTokens)
    const token = createJwt()
    expect(await judge(token)).toEqual(BY_SIGNATURE)
    expect(asked).toEqual([])
    expect(kept).toEqual([[expect.objectContaining({ via: 'jwt', token }), server, 'the key set']])
  })

  test('is introspected where all tokens are', async () => {
    const { judge, asked, kept } = create('opaque')
    const token = createJwt()
    expect(await judge(token)).toEqual(BY_INTROSPECTION)
    expect(asked).toEqual([[token, undefined]])
    expect(kept).toEqual([])
  })

  test.each(['jwt', 'mixed'] as const)('is not asked about where it is refused: %s', async (accessTokens) => {
    const { judge, asked } = create(accessTokens)
    const bad = createJwt()
    expect(await judge(`${bad.slice(0, -4)}AAAA`)).toBe('ERR_TOKEN_SIGNATURE')
    expect(await judge(createJwt({ exp: NOW - 60 }))).toBe('ERR_TOKEN_EXPIRED')
    expect(await judge(createJwt({}, { typ: 'JWT' }))).toBe('ERR_TOKEN_TYPE')
    expect(await judge(createJwt({ cnf: {} }))).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
    expect(await judge(`${bad}.A`)).toBe('ERR_TOKEN_MALFORMED')
    expect(asked).toEqual([])
  })

  test('with a flaw in its spelling is asked about where all tokens are', async () => {
    expect(await create('opaque').judge(`${createJwt()}.A`)).toEqual(BY_INTROSPECTION)
  })

  test('of another issuer is for the one that introspects', async () => {
    for (const iss of [OTHER, undefined, 1]) {
      expect(await create('jwt').judge(createJwt({ iss }))).toBe('ERR_TOKEN_ISSUER')
      expect(await create('mixed').judge(createJwt({ iss }))).toEqual(BY_INTROSPECTION)
      expect(await create('opaque').judge(createJwt({ iss }))).toEqual(BY_INTROSPECTION)
    }
  })

  test.each([new UnavailableError('ERR_ISSUER_LOOKUP', 'x'), new Error('x')])(
    'is not asked about where its issuer cannot be told: %p',
    async (failure) => {
      for (const kind of ['mixed', 'opaque'] as const) {
        const { judge, asked } = create(kind, {}, failure)
        expect(await judge(createJwt())).toBe(failure instanceof UnavailableError ? failure.code : failure)
        expect(asked).toEqual([])
      }
    },
  )

  test('that is bound to a key has the scheme DPoP', async () => {
    const cnf = { jkt: 'a'.repeat(43) }
    expect(await create('jwt').judge(createJwt({ cnf }))).toEqual(['jwt', 'al', 'app', 'DPoP'])
    const { judge } = create('opaque', { aud: 'urn:api', cnf, client_id: 'c' })
    expect(await judge('t')).toEqual(['introspection', undefined, 'c', 'DPoP'])
  })
})

describe('another token', () => {
  test('is for the one that introspects', async () => {
    expect(await create('jwt').judge('opaque')).toBe('ERR_TOKEN_MALFORMED')
    expect(await create('mixed').judge('opaque')).toEqual(BY_INTROSPECTION)
    expect(await create('opaque').judge('a.b.c')).toEqual(BY_INTROSPECTION)
  })

  test.each(['', 'a b', 'a=b'])('is none: %j', async (token) => {
    expect(await create('mixed').judge(token)).toBe('ERR_CREDENTIALS_MALFORMED')
  })

  test('is of the largest size at most', async () => {
    const { judge, asked } = create('opaque')
    expect(await judge('abc', 3)).toEqual(BY_INTROSPECTION)
    expect(await judge('abcd', 3)).toBe('ERR_TOKEN_TOO_LARGE')
    expect(asked).toHaveLength(1)
  })
})

describe('a token that is asked about again', () => {
  const parts = {
    scheme: 'Bearer',
    issuer: ISSUER,
    subject: 'al',
    clientId: 'app',
    expiresAt: NOW + 60,
  } as const
  const claims = { sub: 'al', azp: 'app', aud: 'urn:api', exp: NOW + 60, scp: 'a b' }
  const byJwt = createAuth('t', { ...parts, scopes: ['a', 'b'], claims, via: 'jwt' })
  const byIntrospection = createAuth('t', { ...parts, scopes: ['a'], claims, via: 'introspection' })

  test('needs introspection', async () => {
    await expect(create('jwt').renew(byJwt)).rejects.toThrow(
      new ConfigurationError('introspection', 'is required to ask how things stand with an access token'),
    )
  })

  test('that was introspected is what the answer says', async () => {
    const { renew, asked } = create('opaque', { sub: 'bo', aud: 'urn:api', client_id: 'c', scope: 'x' })
    expect(await renew(byIntrospection)).toMatchObject({ via: 'introspection', subject: 'bo', clientId: 'c' })
    expect([...(await renew(byIntrospection, 7)).scopes]).toEqual(['x'])
    expect(asked).toEqual([
      ['t', 30],
      ['t', 7],
    ])
  })

  test('that is a JWT stays what it is, about which the answer must be', async () => {
    const renewed = await create('mixed', { sub: 'al', exp: NOW + 90 }).renew(byJwt)
    expect(renewed).toMatchObject({ via: 'jwt', subject: 'al', clientId: 'app', expiresAt: NOW + 60, claims })
    expect(renewed.token).toBe('t')
    await expect(create('mixed', { sub: 'bo' }).renew(byJwt)).rejects.toMatchObject({
      code: 'ERR_TOKEN_CLAIM_INVALID',
    })
    const expired = createAuth('t', { ...byJwt, scopes: [], claims: { ...claims, exp: NOW - 60 } })
    await expect(create('mixed', { exp: NOW + 90 }).renew(expired)).rejects.toMatchObject({
      code: 'ERR_TOKEN_EXPIRED',
    })
  })

  test.each([
    [{}, ['a', 'b']],
    [{ scp: 'a' }, ['a']],
    [{ scp: 'a c' }, ['a']],
    [{ scp: '' }, []],
    [{ scope: 'b' }, ['b']],
    [{ scp: 'a', scope: 'a b' }, ['a']],
    [{ scp: 'a', scope: 'b' }, []],
  ])('with %j has the scopes that are left: %j', async (response, scopes) => {
    expect([...(await create('mixed', response).renew(byJwt)).scopes]).toEqual(scopes)
  })

  test('with a scope of its own has no more than the answer has where its scopes are', async () => {
    const own = createAuth('t', { ...byJwt, scopes: ['a', 'b'], claims: { ...claims, scope: 'x' } })
    expect([...(await create('mixed', { scp: 'a', scope: 'b' }).renew(own)).scopes]).toEqual(['a'])
  })

  test('is bound to what it was bound to', async () => {
    const jkt = 'a'.repeat(43)
    const bound = createAuth('t', { ...byJwt, scopes: [], claims: { ...claims, cnf: { jkt } } })
    await expect(create('mixed', {}).renew(bound)).resolves.toMatchObject({ subject: 'al' })
    await expect(create('mixed', { cnf: { jkt: 'b'.repeat(43) } }).renew(bound)).rejects.toMatchObject({
      code: 'ERR_TOKEN_SENDER_CONSTRAINED',
    })
  })
})
