import { afterAll, expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { startAuthorizationServer } from '@bearward/testing'
import { optionAtFault } from '../../support/configuration.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'

const servers = useServers({ algorithms: ['RS256', 'PS256', 'ES256', 'Ed25519'] })
const other = await startAuthorizationServer({ algorithms: ['ES256', 'RS256'] })
afterAll(() => other.close())

const options = { issuer: 'https://as.example.com', audience: AUDIENCE }

rule('8725-3.1-a', 'uses the configured algorithms and no other', async () => {
  const { authorizationServer, protect } = servers()
  const resourceServer = protect({ algorithms: ['ES256'] })
  for (const algorithm of ['RS256', 'PS256', 'Ed25519'] as const) {
    const token = await authorizationServer.mint({}, { algorithm })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
  }
  const token = await authorizationServer.mint({}, { algorithm: 'ES256' })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
})

rule('8725-3.1-a', 'accepts asymmetric algorithms, and nothing else, where none is configured', async () => {
  const { authorizationServer, resourceServer } = servers()
  for (const algorithm of ['RS256', 'PS256', 'ES256', 'Ed25519'] as const) {
    const token = await authorizationServer.mint({}, { algorithm })
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  }
  for (const alg of ['none', 'HS256', 'RS1', 'A128KW', 'ES256K']) {
    const token = await authorizationServer.mint({}, { header: { alg } })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
  }
})

rule('8725bis-3.1-c', 'decides the algorithms for each issuer', async () => {
  const { authorizationServer } = servers()
  const resourceServer = createResourceServer({
    audience: AUDIENCE,
    authorizationServers: [
      { issuer: authorizationServer.issuer, algorithms: ['ES256'] },
      { issuer: other.issuer, algorithms: ['RS256'] },
    ],
  })
  const mint = (server: typeof other, algorithm: 'ES256' | 'RS256') => server.mint({}, { algorithm })
  expect(await verdictOn(resourceServer, await mint(authorizationServer, 'ES256'))).toBe('accepted')
  expect(await verdictOn(resourceServer, await mint(authorizationServer, 'RS256'))).toBe(
    'ERR_TOKEN_ALGORITHM',
  )
  expect(await verdictOn(resourceServer, await mint(other, 'RS256'))).toBe('accepted')
  expect(await verdictOn(resourceServer, await mint(other, 'ES256'))).toBe('ERR_TOKEN_ALGORITHM')
})

ruleForEach(
  '8725-3.2-a',
  {
    RS1: ['RS1'],
    HS1: ['HS1'],
    HS256: ['HS256'],
    'HS512 among others': ['RS256', 'HS512'],
    none: ['none'],
    'None among others': ['RS256', 'None'],
    'a misspelt one': ['rs256'],
    'an unknown one': ['XS256'],
    'an algorithm of encryption': ['RSA-OAEP-256'],
    ES256K: ['ES256K'],
    'no algorithm': [],
    'an empty name': [''],
    'a number': [256],
    null: null,
    'a wildcard': ['*'],
  },
  'does not let %s be configured',
  (algorithms) => {
    expect(optionAtFault({ ...options, algorithms })).toBe('algorithms')
  },
)

ruleForEach(
  '8725-3.2-a',
  Object.fromEntries(
    'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 Ed25519 EdDSA'
      .split(' ')
      .map((name) => [name, name]),
  ),
  'lets %s be configured, alone or in a list',
  (algorithm) => {
    expect(optionAtFault({ ...options, algorithms: [algorithm] })).toBeUndefined()
    expect(optionAtFault({ ...options, algorithms: algorithm })).toBeUndefined()
  },
)
