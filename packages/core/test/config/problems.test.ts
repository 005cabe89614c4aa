import { describe, expect, test } from '@jest/globals'
import { createMemoryReplayStore } from '../../src/binding/replay.js'
import { parseOptions } from '../../src/config/resource-server.js'
import { systemClock } from '../../src/time.js'
import { problemOf } from './problem.js'
import { WRONG_BINDING } from './wrong-binding.js'
import { WRONG, type Wrong } from './wrong.js'
import { ISSUER, MINIMUM, SECRET, OPAQUE, strings, searched, stored, dpop, metadata } from './given.js'

/** The same for options that say whose tokens are accepted. */
const WRONG_SOURCES: Wrong = [
  [{}, 'issuer: is required: how tokens name it in `iss`'],
  [{ issuer: ISSUER }, 'audience: is required: how tokens for this API name it in `aud`'],
  [
    { ...MINIMUM, authorizationServers: [MINIMUM] },
    'issuer: contradicts authorizationServers; give one of them',
  ],
  [
    { ...MINIMUM, authorizationServers: [MINIMUM], resolveAuthorizationServer: () => undefined },
    'issuer: contradicts authorizationServers,resolveAuthorizationServer; give one of them',
  ],
  [{ authorizationServers: [] }, 'authorizationServers: must be a list with at least one entry'],
  [{ authorizationServers: MINIMUM }, 'authorizationServers: must be a list with at least one entry'],
  [{ authorizationServers: [MINIMUM, MINIMUM] }, 'authorizationServers: has an issuer twice'],
  [{ authorizationServers: [1] }, 'authorizationServers: must be a plain object of options'],
  [
    { authorizationServers: [{ ...MINIMUM, realm: 'api' }] },
    'realm: is not an option of authorizationServers',
  ],
  [
    { authorizationServers: [MINIMUM], clockTolerance: 1 },
    'clockTolerance: belongs to each entry of authorizationServers',
  ],
  [
    { resolveAuthorizationServer: () => undefined, jwksUri: ISSUER },
    'jwksUri: belongs to each entry of resolveAuthorizationServer',
  ],
  [{ resolveAuthorizationServer: ISSUER }, 'resolveAuthorizationServer: must be a function'],
  [
    {
      authorizationServers: [
        { ...MINIMUM, ...OPAQUE },
        { ...MINIMUM, ...OPAQUE, issuer: 'https://b.example.com', accessTokens: 'mixed' },
      ],
    },
    'accessTokens: may be opaque or mixed for one issuer only: an opaque token does not say whose it is',
  ],
  [
    { resolveAuthorizationServer: () => undefined, ...metadata({}) },
    `resourceMetadata.authorizationServers: ${strings}`,
  ],
]

/** The edge of what is right, option by option. */
const RIGHT: readonly Readonly<Record<string, unknown>>[] = [
  { maxTokenSize: 1 },
  { maxTokenSize: 1_048_576 },
  { clockTolerance: 0 },
  { clockTolerance: 300 },
  { maxTokenAge: 0 },
  { maxTokenAge: 315_360_000 },
  { verdictCache: { maxSize: 0 } },
  { verdictCache: { maxSize: 1_073_741_824 } },
  { verdictStore: stored },
  { keySearchStore: searched },
  { realm: ' ~' },
  { errorUri: 'a:!~' },
  { clock: { ...systemClock, now: () => 0, monotonic: () => -1 } },
  { clock: { ...systemClock, now: () => 253_402_300_799 } },
  { internalOrigin: 'https://keycloak:8443/' },
  { issuer: 'http://127.0.0.1:8080/realms/a' },
  { issuer: `${ISSUER}/` },
  { issuer: 'http://as.example.com', dangerouslyAllowHttp: true },
  { ...OPAQUE },
  { ...OPAQUE, accessTokens: 'mixed' },
  {
    issuer: undefined,
    authorizationServers: [{ issuer: 'https://b.example.com' }, { issuer: ISSUER, ...OPAQUE }],
  },
  { profile: { optionalClaims: [] } },
  { profile: { optionalClaims: 'sub', typ: 'JWT' } },
  { senderConstraint: 'required', ...dpop({}) },
  { senderConstraint: 'required', clientCertificates: { from: 'socket' } },
  dpop({ origin: 'http://localhost:3000' }),
  dpop({ origin: 'https://[2001:db8::1]:8443' }),
  dpop({ proofMaxAge: 1 }),
  dpop({ proofMaxAge: 3_600 }),
  dpop({ nonceSecrets: Array.from({ length: 4 }, () => SECRET) }),
  dpop({ replayStore: createMemoryReplayStore(systemClock) }),
  { dpop: { dangerouslyTrustHost: true } },
  { clientCertificates: { from: 'x-ssl-client-cert', trustedProxies: '10.0.0.0/1' } },
  { clientCertificates: { from: 'x-forwarded-client-cert', trustedProxies: ['::/128'] } },
  metadata({ resource: 'HTTPS://API.example.com/a?b' }),
  metadata({ resource: 'http://127.0.0.1:80' }),
  metadata({ resource: 'http://[::1]:8080/' }),
  metadata({ resource: 'http://localhost' }),
  metadata({ resourceName: 'API', resourceDocumentation: 'http://docs.example.com', atRoot: true }),
]

describe('options', () => {
  const wrong = [
    ...[...WRONG, ...WRONG_BINDING].map(([given, problem]) => [{ ...MINIMUM, ...given }, problem] as const),
    ...WRONG_SOURCES,
  ]

  test.each(wrong.map(([options, problem]) => [problem, options] as const))(
    'that are wrong say so: %s',
    (problem, options) => {
      expect(problemOf(() => parseOptions(options))).toBe(problem)
    },
  )

  test('are a plain object, of whatever prototype that is', () => {
    expect(problemOf(() => parseOptions(Object.assign(Object.create(null) as object, MINIMUM)))).toBe(
      'accepted',
    )
    for (const options of [undefined, null, ISSUER, [MINIMUM], new Map(), Promise.resolve(MINIMUM)])
      expect(problemOf(() => parseOptions(options))).toBe('options: must be a plain object of options')
  })

  test.each(RIGHT.map((given) => [given]))('may be %j', (given) => {
    expect(problemOf(() => parseOptions({ ...MINIMUM, ...given }))).toBe('accepted')
  })
})
