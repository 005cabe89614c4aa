import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { verdictOn } from '../../support/request.js'
import { ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()
const ISSUER = 'https://as.example.com'

ruleForEach(
  ['7519-4.1.1-a', 'trap-url'],
  {
    'with the host in upper case': 'https://AS.example.com',
    'with the scheme in upper case': 'HTTPS://as.example.com',
    'with a slash at the end': 'https://as.example.com/',
    'with the default port': 'https://as.example.com:443',
    'with a dot segment': 'https://as.example.com/.',
    'with a dot after the host': 'https://as.example.com.',
    'with user information': 'https://user@as.example.com',
    'with a space before it': ' https://as.example.com',
  },
  'refuses an issuer that equals the configured one only as a URL: %s',
  async (iss) => {
    const { authorizationServer } = servers()
    const resourceServer = createResourceServer({
      issuer: ISSUER,
      audience: AUDIENCE,
      fetch: () => Promise.resolve(Response.json(authorizationServer.keySet())),
      jwksUri: 'https://as.example.com/jwks',
    })
    const near = await authorizationServer.mint({ iss })
    const exact = await authorizationServer.mint({ iss: ISSUER })
    expect(await verdictOn(resourceServer, near)).toBe('ERR_TOKEN_ISSUER')
    expect(await verdictOn(resourceServer, exact)).toBe('accepted')
  },
)

const NO_ISSUERS: Readonly<Record<string, (issuer: string) => unknown>> = {
  'an array with the configured one': (issuer) => [issuer],
  'an array with the configured one and another': (issuer) => [issuer, 'https://evil.example.com'],
  'an object with the configured one': (issuer) => ({ value: issuer }),
  'a number': () => 1,
  null: () => null,
  true: () => true,
  'an empty string': () => '',
  nothing: () => undefined,
}

ruleForEach('7519-4.1.1-b', NO_ISSUERS, 'refuses %s as issuer', async (toIssuer) => {
  const iss = toIssuer(servers().authorizationServer.issuer)
  expect(await verdictsOn(servers(), { iss })).toEqual(['ERR_TOKEN_ISSUER', 'accepted'])
})
