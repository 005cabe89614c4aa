import { describe, expect, test } from '@jest/globals'
import type { CommonOptions, IssuerOptions, RefusedError, UnavailableError } from '@bearward/core'
import type { MintOptions } from '@bearward/testing'
import { requestWithToken, verdictOn } from '../support/request.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const SECRET = 's3cr3t-value'
const servers = useServers({ algorithms: ['ES256', 'RS256'] })

interface Case {
  readonly code: string
  /** What the operator is told. */
  readonly cause: unknown
  readonly claims?: Readonly<Record<string, unknown>>
  readonly mint?: MintOptions
  readonly options?: CommonOptions & Partial<IssuerOptions>
}

const header = (parameters: Readonly<Record<string, unknown>>): MintOptions => ({ header: parameters })

/** Refused tokens, each with a secret in what is wrong with it. */
const CASES: Readonly<Record<string, Case>> = {
  'another issuer': {
    code: 'ERR_TOKEN_ISSUER',
    cause: 'iss: names no configured issuer',
    claims: { iss: `https://as.example.com/${SECRET}` },
  },
  'an issuer that is no string': {
    code: 'ERR_TOKEN_ISSUER',
    cause: 'iss: names no configured issuer',
    claims: { iss: { [SECRET]: SECRET } },
  },
  'another audience': {
    code: 'ERR_TOKEN_AUDIENCE',
    cause: 'aud: see the option audience',
    claims: { aud: [SECRET, `${SECRET}-too`] },
  },
  'another app client': {
    code: 'ERR_TOKEN_AUDIENCE',
    cause: 'client_id: see the option audience',
    claims: { aud: undefined, client_id: SECRET },
    options: { profile: { audienceClaim: 'client_id' } },
  },
  'another type': {
    code: 'ERR_TOKEN_TYPE',
    cause: 'typ: see the option profile',
    mint: header({ typ: SECRET }),
  },
  'another algorithm': {
    code: 'ERR_TOKEN_ALGORITHM',
    cause: 'alg: see the option algorithms',
    mint: { algorithm: 'RS256' },
    options: { algorithms: ['ES256'] },
  },
  'an algorithm that does not exist': {
    code: 'ERR_TOKEN_ALGORITHM',
    cause: 'alg: see the option algorithms',
    mint: header({ alg: SECRET }),
  },
  'a critical header parameter': {
    code: 'ERR_TOKEN_HEADER',
    cause: 'crit',
    mint: header({ crit: [SECRET], [SECRET]: SECRET }),
  },
  'a token inside': { code: 'ERR_TOKEN_HEADER', cause: 'cty', mint: header({ cty: [SECRET] }) },
  'a claim of an ID token': {
    code: 'ERR_TOKEN_TYPE',
    cause: 'at_hash',
    claims: { at_hash: SECRET },
    mint: header({ typ: 'JWT' }),
    options: { profile: { typ: ['JWT'] } },
  },
  'another kind': {
    code: 'ERR_TOKEN_TYPE',
    cause: 'token_use',
    claims: { token_use: SECRET },
    options: { profile: { requiredClaims: { token_use: 'access' } } },
  },
  'another value of a required claim': {
    code: 'ERR_TOKEN_CLAIM_INVALID',
    cause: 'tenant',
    claims: { tenant: SECRET },
    options: { profile: { requiredClaims: { tenant: 'a' } } },
  },
  'no claim jti': { code: 'ERR_TOKEN_CLAIM_MISSING', cause: 'jti', claims: { jti: undefined } },
  'no client': { code: 'ERR_TOKEN_CLAIM_MISSING', cause: 'client_id', claims: { client_id: undefined } },
  'a time in words': { code: 'ERR_TOKEN_CLAIM_INVALID', cause: 'exp', claims: { exp: SECRET } },
  'a scope that is no string': {
    code: 'ERR_TOKEN_CLAIM_INVALID',
    cause: 'scope',
    claims: { scope: [SECRET] },
  },
  'scopes that a function finds, and that are none': {
    code: 'ERR_TOKEN_CLAIM_INVALID',
    cause: 'scopesFrom',
    options: { scopesFrom: () => [[SECRET]] as unknown as string[] },
  },
}

/** The refusal of a token, as `onRefusal` is told of it. */
async function refusalOf({ claims = {}, mint = {}, options = {} }: Case): Promise<RefusedError | undefined> {
  const { authorizationServer, protect } = servers()
  const told: (RefusedError | UnavailableError)[] = []
  const resourceServer = protect({ ...options, onRefusal: (refusal) => void told.push(refusal) })
  const token = await authorizationServer.mint({ sub: SECRET, ...claims }, mint)
  const error: unknown = await resourceServer.authenticate(requestWithToken(token)).catch((e: unknown) => e)
  expect(told).toEqual([error])
  return told[0] as RefusedError | undefined
}

describe('the cause of a refusal', () => {
  test.each(Object.entries(CASES))(
    'names the rule and the option, and no value of the token: %s',
    async (_name, given) => {
      const refusal = await refusalOf(given)
      expect([refusal?.code, refusal?.cause]).toEqual([given.code, given.cause])
      expect(JSON.stringify([refusal, refusal?.message, refusal?.stack])).not.toContain(SECRET)
    },
  )

  test('is for the operator alone', async () => {
    const { authorizationServer, protect } = servers()
    const token = await authorizationServer.mint({ aud: SECRET })
    const resourceServer = protect()
    const error: unknown = await resourceServer
      .authenticate(requestWithToken(token))
      .catch((thrown: unknown) => thrown)
    const answer = JSON.stringify(resourceServer.answer(error))
    expect(answer).toContain('meant for another resource server')
    expect(answer).not.toContain('see the option')
    expect(await verdictOn(resourceServer, await authorizationServer.mint({ aud: AUDIENCE }))).toBe(
      'accepted',
    )
  })
})
