import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { optionAtFault } from '../support/configuration.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()
const options = { issuer: 'https://as.example.com', audience: AUDIENCE }

ruleForEach(
  'CLAIM-01',
  {
    'another service': 'https://billing.example.com',
    'several other services': ['https://billing.example.com', 'https://mail.example.com'],
    'the authorization server itself': 'https://as.example.com/userinfo',
    'the client': 'client',
  },
  'refuses a token of its own issuer, signed with the same key, for %s',
  async (aud) => {
    await everywhere().refusesClaims({ aud }, 'ERR_TOKEN_AUDIENCE')
  },
)

rule('CLAIM-02', 'refuses a token for nobody in particular', async () => {
  await everywhere().refusesClaims({ aud: undefined }, 'ERR_TOKEN_CLAIM_MISSING')
})

rule('CLAIM-03', 'is not made without an audience, nor with an empty word for any audience', () => {
  for (const audience of [undefined, null, '', [], [''], [AUDIENCE, '']]) {
    expect(optionAtFault({ ...options, audience })).toBe('audience')
  }
  for (const dangerouslyAcceptAnyAudience of ['true', 1, null]) {
    const given = { issuer: options.issuer, dangerouslyAcceptAnyAudience }
    expect(optionAtFault(given)).toBe('dangerouslyAcceptAnyAudience')
  }
  expect(optionAtFault(options)).toBeUndefined()
})

ruleForEach(
  'CLAIM-05',
  {
    'the expected one and a domain': `${AUDIENCE}.evil.example`,
    'the expected one, cut short': AUDIENCE.slice(0, -1),
    'the expected one in upper case': AUDIENCE.toUpperCase(),
    'the expected one with a slash': `${AUDIENCE}/`,
    'the expected one with a path': `${AUDIENCE}/v2`,
    'the expected one with a space': `${AUDIENCE} `,
    'the expected one with its default port': `${AUDIENCE}:443`,
    'the expected one with a NUL': `${AUDIENCE}\u0000`,
    'the expected one in a longer URL': `https://evil.example.com/?${AUDIENCE}`,
  },
  'refuses an audience that is %s',
  async (aud) => {
    await everywhere().refusesClaims({ aud }, 'ERR_TOKEN_AUDIENCE')
    await everywhere().refusesClaims({ aud: [aud] }, 'ERR_TOKEN_AUDIENCE')
  },
)

ruleForEach(
  'CLAIM-07',
  {
    'another issuer': () => 'https://other.example.com',
    'no issuer': () => undefined,
    'ours and another one': (issuer: string) => [issuer, 'https://evil.example.com'],
    'another one and ours': (issuer: string) => ['https://evil.example.com', issuer],
    'an object that prints as ours': (issuer: string) => ({ toString: issuer }),
    'a number': () => 0,
  },
  'refuses a token of %s',
  async (toIssuer) => {
    const iss = toIssuer(everywhere().authorizationServer.issuer)
    await everywhere().refusesClaims({ iss }, 'ERR_TOKEN_ISSUER')
  },
)

const NEARLY: Readonly<Record<string, (issuer: string) => string>> = {
  'a slash behind it': (issuer) => `${issuer}/`,
  'a part of it': (issuer) => issuer.slice(0, -1),
  'it and a domain': (issuer) => `${issuer}.evil.example`,
  'it as user information': (issuer) => `${issuer}@evil.example`,
  'user information before its host': (issuer) => issuer.replace('://', '://evil@'),
  'its scheme in upper case': (issuer) => issuer.replace('http', 'HTTP'),
  'its host in upper case': (issuer) => issuer.replace('as.', 'AS.'),
  'a dot behind its host': (issuer) => `${issuer}.`,
  'its default port': (issuer) => `${issuer}:443`,
  'another spelling of its host': (issuer) => issuer.replace('as.', '%61s.'),
  'a letter that looks the same': (issuer) => issuer.replace('as.', '\u0430s.'),
  'a query behind it': (issuer) => `${issuer}?`,
  'a fragment behind it': (issuer) => `${issuer}#`,
  'a space behind it': (issuer) => `${issuer} `,
  'a path within it': (issuer) => `${issuer}/tenant`,
}

ruleForEach('CLAIM-08', NEARLY, 'refuses an issuer that is nearly the configured one: %s', async (change) => {
  const iss = change(everywhere().authorizationServer.issuer)
  await everywhere().refusesClaims({ iss }, 'ERR_TOKEN_ISSUER')
})

ruleForEach(
  'CLAIM-09',
  {
    issuer: { issuer: /^https:\/\/as\.example\.com$/ },
    audience: { audience: /api/g },
    'audience, in a list': { audience: [/api/y] },
  },
  'takes no pattern: not as %s',
  (pattern) => {
    expect(optionAtFault({ ...options, ...pattern })).toBe(Object.keys(pattern)[0])
  },
)

rule('CLAIM-09', 'takes a text that looks like a pattern at its word', async () => {
  const { authorizationServer } = servers()
  const resourceServer = createResourceServer({
    issuer: authorizationServer.issuer,
    audience: ['https://.*', '*'],
  })
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('ERR_TOKEN_AUDIENCE')
  const token = await authorizationServer.mint({ aud: 'https://.*' })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
})

ruleForEach(
  'CLAIM-10',
  {
    issuer: ['issuer', ['', [], 0, null, false]],
    audience: ['audience', ['', [], 0, null, false, ['']]],
    algorithms: ['algorithms', ['', [], 0, null, false, ['']]],
    profile: ['profile', ['', [], 0, null, false]],
    scopesFrom: ['scopesFrom', ['', [], 0, null, false, ['']]],
    jwksUri: ['jwksUri', ['', [], 0, null, false]],
    authorizationServers: ['authorizationServers', ['', [], 0, null, false]],
    resolveAuthorizationServer: ['resolveAuthorizationServer', ['', [], 0, null, false]],
  } as const,
  'does not take an empty value for "no check": %s',
  ([name, values]) => {
    const { issuer, ...others } = options
    const rest =
      name === 'authorizationServers' || name === 'resolveAuthorizationServer'
        ? others
        : { issuer, ...others }
    for (const value of values) expect(optionAtFault({ ...rest, [name]: value })).toBe(name)
  },
)

ruleForEach(
  'CLAIM-10',
  {
    typ: { typ: [] },
    'typ, empty': { typ: '' },
    clientIdClaim: { clientIdClaim: [] },
    audienceClaim: { audienceClaim: '' },
    scopesFrom: { scopesFrom: '' },
    requiredClaims: { requiredClaims: null },
    'requiredClaims, without a value': { requiredClaims: { token_use: '' } },
    optionalClaims: { optionalClaims: [''] },
  },
  'does not take an empty value for "no check" in a profile either: %s',
  (profile) => {
    expect(optionAtFault({ ...options, profile })).toBe(`profile.${Object.keys(profile)[0] ?? ''}`)
  },
)
