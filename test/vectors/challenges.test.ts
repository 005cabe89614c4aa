import { describe, expect, test } from '@jest/globals'
import { parseChallenges, type Challenge } from '@bearward/testing'
import { judge, requestWith, requestWithToken } from '../support/request.js'
import { useServers } from '../support/servers.js'
import { vector, VECTORS } from './vectors.js'

const { challenges } = VECTORS
const servers = useServers()

/** Scheme and parameters of each challenge, in order. */
function read(value: string): readonly unknown[] {
  return parseChallenges(value).map(({ scheme, parameters }: Challenge) => [
    scheme,
    Object.fromEntries(parameters),
  ])
}

const TWICE = {
  error: 'invalid_request',
  error_description: 'Multiple methods used to include access token',
}

test.each<[string, readonly unknown[]]>([
  ['rfc6750-no-credentials', [['Bearer', { realm: 'example' }]]],
  [
    'rfc6750-expired',
    [['Bearer', { realm: 'example', error: 'invalid_token', error_description: 'The access token expired' }]],
  ],
  ['rfc9449-dpop-only', [['DPoP', { algs: 'ES256 PS256' }]]],
  [
    'rfc9449-binding-failed',
    [['DPoP', { error: 'invalid_token', error_description: 'Invalid DPoP key binding', algs: 'ES256' }]],
  ],
  [
    'rfc9449-both-schemes',
    [
      ['Bearer', {}],
      ['DPoP', { algs: 'ES256 PS256' }],
    ],
  ],
  [
    'rfc9449-bad-bearer',
    [
      ['Bearer', { error: 'invalid_token', error_description: 'Invalid token' }],
      ['DPoP', { algs: 'ES256 PS256' }],
    ],
  ],
  [
    'rfc9449-two-fields',
    [
      ['Bearer', TWICE],
      ['DPoP', { algs: 'ES256 PS256', ...TWICE }],
    ],
  ],
  [
    'rfc9449-nonce',
    [
      [
        'DPoP',
        { error: 'use_dpop_nonce', error_description: 'Resource server requires nonce in DPoP proof' },
      ],
    ],
  ],
  [
    'rfc9470-level',
    [
      [
        'Bearer',
        {
          error: 'insufficient_user_authentication',
          error_description: 'A different authentication level is required',
          acr_values: 'myACR',
        },
      ],
    ],
  ],
  [
    'rfc9470-age',
    [
      [
        'Bearer',
        {
          error: 'insufficient_user_authentication',
          error_description: 'More recent authentication is required',
          max_age: '5',
        },
      ],
    ],
  ],
])('reads the challenge %s', (id, expected) => {
  expect(read(vector(challenges, id).value)).toEqual(expected)
})

test('reads every challenge that is printed', () => {
  for (const { value } of Object.values(challenges)) {
    const parsed = parseChallenges(value)
    expect(parsed.length).toBeGreaterThan(0)
    expect(parsed.flatMap(({ repeated }) => repeated)).toEqual([])
  }
})

describe('a resource server of the realm "example"', () => {
  /** The `WWW-Authenticate` of a request. */
  const challengeFor = async (request: ReturnType<typeof requestWith>): Promise<unknown> => {
    const outcome = await judge(servers().protect({ realm: 'example' }), request)
    return outcome.verdict === 'refused' ? outcome.error.headers['WWW-Authenticate'] : outcome.verdict
  }

  test('challenges a request without credentials in the words of RFC 6750', async () => {
    expect(await challengeFor(requestWith())).toBe(vector(challenges, 'rfc6750-no-credentials').value)
  })

  test('challenges a request with an expired token in the words of RFC 6750', async () => {
    const { authorizationServer } = servers()
    const expired = await authorizationServer.mint({ iat: 1_300_000_000, exp: 1_300_819_380 })
    expect(await challengeFor(requestWithToken(expired))).toBe(vector(challenges, 'rfc6750-expired').value)
    expect(await challengeFor(requestWithToken(await authorizationServer.mint()))).toBe('accepted')
  })
})
