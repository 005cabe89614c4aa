import { beforeEach, expect } from '@jest/globals'
import { createCertificate } from '@bearward/testing'
import { createDpopServers, DPOP, type DpopServers } from '../../support/dpop.js'
import { INTROSPECTION } from '../../support/introspection.js'
import { rule, ruleForEach } from '../../support/rule.js'

const OPTIONS = {
  accessTokens: 'mixed',
  introspection: INTROSPECTION,
  dpop: DPOP,
  clientCertificates: { from: 'socket' },
} as const

let servers: DpopServers
beforeEach(async () => {
  servers = await createDpopServers(OPTIONS)
})

ruleForEach(
  '7662-6.2-a',
  { DPoP: { token_type: 'DPoP' }, 'nothing in particular': {}, Bearer: { token_type: 'Bearer' } },
  'binds an opaque token to the key that the answer names, where it says that the type is %s',
  async (members) => {
    const { authorizationServer, key, prove, verdictOf } = servers
    const token = authorizationServer.mintOpaque({ cnf: { jkt: key.thumbprint }, ...members })
    expect(await verdictOf({ token, scheme: 'Bearer' })).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
    expect(await verdictOf({ token })).toBe('ERR_PROOF_MISSING')
    const outcome = await servers.judge({ token, proof: await prove(token) })
    expect(outcome).toMatchObject({ verdict: 'accepted', auth: { scheme: 'DPoP', via: 'introspection' } })
    expect(await verdictOf({ token, scheme: 'Bearer' })).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
  },
)

rule('7662-6.2-a', 'binds an opaque token to the certificate that the answer names', async () => {
  const certificate = createCertificate()
  const token = servers.authorizationServer.mintOpaque({ cnf: { 'x5t#S256': certificate.thumbprint } })
  const members = {
    connection: () => ({ remoteAddress: '127.0.0.1', certificate: certificate.der, tlsVersion: 'TLSv1.3' }),
  }
  expect(await servers.verdictOf({ token, scheme: 'Bearer' })).toBe('ERR_CERTIFICATE_MISSING')
  expect(await servers.verdictOf({ token, scheme: 'Bearer', members })).toBe('accepted')
})

ruleForEach(
  '7662-6.2-a',
  { 'no confirmation': {}, 'a certificate': { cnf: { 'x5t#S256': 'A'.repeat(43) } } },
  'refuses a token whose type is DPoP, and whose answer has %s',
  async (members) => {
    const token = servers.authorizationServer.mintOpaque({ token_type: 'DPoP', ...members })
    const proof = await servers.prove(token)
    for (const scheme of ['Bearer', 'DPoP']) {
      expect(await servers.verdictOf({ token, proof, scheme })).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
    }
    const good = servers.authorizationServer.mintOpaque({ cnf: { jkt: servers.key.thumbprint } })
    expect(await servers.verdictOf({ token: good, proof: await servers.prove(good) })).toBe('accepted')
  },
)

ruleForEach(
  '7662-6.2-a',
  {
    'another key': { jkt: 'A'.repeat(43) },
    'a certificate': { 'x5t#S256': 'A'.repeat(43) },
    'something unknown': {},
  },
  'refuses a token that is asked about again, and is bound to %s now',
  async (cnf) => {
    const { authorizationServer, key, resourceServer } = servers
    for (const token of [
      await servers.mintBound(),
      authorizationServer.mintOpaque({ cnf: { jkt: key.thumbprint } }),
      await authorizationServer.mint(),
      authorizationServer.mintOpaque(),
    ]) {
      const isBound = (await servers.verdictOf({ token })) === 'ERR_PROOF_MISSING'
      const outcome = await servers.judge(
        isBound ? { token, proof: await servers.prove(token) } : { token, scheme: 'Bearer' },
      )
      if (outcome.verdict !== 'accepted') throw new Error('It was not accepted')
      const current = await resourceServer.refresh(outcome.auth, { maxAge: 0 })
      expect(current.scheme).toBe(isBound ? 'DPoP' : 'Bearer')
      authorizationServer.setClaims(token, { cnf })
      await expect(resourceServer.refresh(outcome.auth, { maxAge: 0 })).rejects.toMatchObject({
        code: 'ERR_TOKEN_SENDER_CONSTRAINED',
      })
    }
  },
)
