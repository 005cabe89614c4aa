import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { optionAtFault } from '../../support/configuration.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { createScriptedFetch } from '../../support/scripted-fetch.js'
import { AUDIENCE, useServers } from '../../support/servers.js'

const servers = useServers()

ruleForEach(
  ['8414-2-a', 'trap-url'],
  {
    'plain http': 'http://as.example.com',
    'plain http on an address of the local network': 'http://192.168.0.10',
    'a host that only begins like a loopback address': 'http://127.0.0.1.evil.example',
    'a host that only begins like localhost': 'http://localhost.evil.example',
    'loopback as user information': 'http://127.0.0.1@evil.example',
    'a query': 'https://as.example.com?tenant=a',
    'an empty query': 'https://as.example.com?',
    'a fragment': 'https://as.example.com#a',
    'an empty fragment': 'https://as.example.com/#',
    'user information': 'https://user:password@as.example.com',
    'a dot segment': 'https://as.example.com/a/../b',
    'an encoded dot segment': 'https://as.example.com/a/%2e%2e/b',
    'a backslash': 'https://as.example.com\\a',
    'white space': 'https://as.example.com/a b',
    'a line break': 'https://as.example.com\n',
    'no scheme': 'as.example.com',
    'no host': 'https://',
    'a relative reference': '/tenants/a',
    'another scheme': 'ftp://as.example.com',
    'a file': 'file:///etc/passwd',
    'a port out of range': 'https://as.example.com:65536',
    'no text': '',
  },
  'cannot be configured with an issuer that has %s',
  (issuer) => {
    expect(optionAtFault({ issuer, audience: AUDIENCE })).toBe('issuer')
  },
)

ruleForEach(
  '8414-2-a',
  {
    https: 'https://as.example.com',
    'a path': 'https://as.example.com/tenants/a',
    'a slash at the end': 'https://tenant.eu.auth0.com/',
    'a port': 'https://as.example.com:8443',
    'an encoded path': 'https://as.example.com/tenants/a%2Fb',
    'plain http on 127.0.0.1': 'http://127.0.0.1:8080',
    'plain http on the rest of the loopback net': 'http://127.8.9.10',
    'plain http on localhost': 'http://localhost:8080/realms/a',
    'plain http on [::1]': 'http://[::1]:8080',
  },
  'can be configured with an issuer that has %s',
  (issuer) => {
    expect(optionAtFault({ issuer, audience: AUDIENCE })).toBeUndefined()
  },
)

rule('8414-2-a', 'accepts plain http elsewhere by the explicit word of the developer', () => {
  const options = { issuer: 'http://keycloak:8080/realms/a', audience: AUDIENCE }
  expect(optionAtFault(options)).toBe('issuer')
  expect(optionAtFault({ ...options, dangerouslyAllowHttp: false })).toBe('issuer')
  expect(optionAtFault({ ...options, dangerouslyAllowHttp: true })).toBeUndefined()
  expect(optionAtFault({ ...options, issuer: 'ftp://keycloak', dangerouslyAllowHttp: true })).toBe('issuer')
})

/** A resource server of this issuer, whose metadata stand at this origin, call it this name, and name the real keys. */
function protectFor(issuer: string, origin: string, named = issuer) {
  const script = createScriptedFetch({
    [`${origin}/.well-known/oauth-authorization-server`]: { issuer: named, jwks_uri: `${origin}/jwks` },
    [`${origin}/jwks`]: servers().authorizationServer.keySet(),
  })
  return createResourceServer({ issuer, audience: AUDIENCE, fetch: script.fetch })
}

ruleForEach(
  ['8414-4-a', 'trap-url'],
  {
    'a host in the letters of its language': [
      'https://bücher.example',
      'https://xn--bcher-kva.example',
      'https://xn--bcher-kva.example',
    ],
    'a host in ASCII': [
      'https://xn--bcher-kva.example',
      'https://bücher.example',
      'https://xn--bcher-kva.example',
    ],
    'a host with a composed letter': [
      'https://b\u00FCcher.example',
      'https://bu\u0308cher.example',
      'https://xn--bcher-kva.example',
    ],
    'a host in mixed case': ['https://AS.example.com', 'https://as.example.com', 'https://as.example.com'],
  } as const,
  'compares issuers by code point: %s is not another spelling of it',
  async ([issuer, spelling, origin]) => {
    const { mint } = servers().authorizationServer
    const resourceServer = protectFor(issuer, origin)
    expect(await verdictOn(resourceServer, await mint({ iss: spelling }))).toBe('ERR_TOKEN_ISSUER')
    expect(await verdictOn(resourceServer, await mint({ iss: issuer }))).toBe('accepted')
    const misnamed = protectFor(issuer, origin, spelling)
    expect(await verdictOn(misnamed, await mint({ iss: issuer }))).toBe('ERR_METADATA_INVALID')
  },
)

// On Node.js 20 and 22 URL.canParse answers false for letters of Latin-1 once it has been optimized, after some
// thousands of calls; new URL does not.
rule(
  ['8414-4-a', 'trap-url'],
  'knows a host in the letters of its language however often it is asked',
  () => {
    const options = { issuer: 'https://b\u00FCcher.example', audience: AUDIENCE }
    const faults = Array.from({ length: 30_000 }, () => optionAtFault(options))
    expect(faults.findIndex((fault) => fault !== undefined)).toBe(-1)
  },
)
