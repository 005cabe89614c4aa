import { expect } from '@jest/globals'
import { createCertificate } from '@bearward/testing'
import { createDpopServers, DPOP } from '../../support/dpop.js'
import { rule, ruleForEach } from '../../support/rule.js'

const BOTH = { dpop: DPOP, clientCertificates: { from: 'socket' } } as const
const UNKNOWN = {
  nothing: {},
  kid: { kid: 'x' },
  jwk: { jwk: { kty: 'EC' } },
  jwe: { jwe: 'x' },
  jku: { jku: 'https://evil.example/' },
  'x5t, of SHA-1': { x5t: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA' },
  'a name that is spelt otherwise': { JKT: 'A'.repeat(43) },
}

rule('7800-3.1-a', 'needs both proofs where a token is bound to a key and to a certificate', async () => {
  const certificate = createCertificate()
  const servers = await createDpopServers(BOTH)
  const token = await servers.mintBound({
    cnf: { jkt: servers.key.thumbprint, 'x5t#S256': certificate.thumbprint },
  })
  const connect = (der: Uint8Array | undefined) => ({
    connection: () => ({ remoteAddress: '127.0.0.1', certificate: der, tlsVersion: 'TLSv1.3' }),
  })
  const proof = await servers.prove(token)
  expect(await servers.verdictOf({ token, proof })).toBe('ERR_CERTIFICATE_MISSING')
  const [own, other] = [connect(certificate.der), connect(createCertificate().der)]
  expect(await servers.verdictOf({ token, proof, members: other })).toBe('ERR_CERTIFICATE_BINDING')
  expect(await servers.verdictOf({ token, members: own })).toBe('ERR_PROOF_MISSING')
  const scheme = 'Bearer'
  expect(await servers.verdictOf({ token, proof, scheme, members: own })).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
  expect(await servers.verdictOf({ token, proof, members: own })).toBe('accepted') // was not used up before
})

rule('7800-3.1-a', 'ignores members that it does not know beside one that it knows', async () => {
  const servers = await createDpopServers(BOTH)
  const cnf = { jkt: servers.key.thumbprint, 'kc-jkt-type': 'x', kid: 'y' }
  const token = await servers.mintBound({ cnf })
  expect(await servers.verdictOf({ token, proof: await servers.prove(token) })).toBe('accepted')
})

ruleForEach(
  '7800-3.1-a',
  UNKNOWN,
  'refuses a token whose confirmation has nothing else than %s, however it comes',
  async (cnf) => {
    for (const options of [BOTH, { ...BOTH, senderConstraint: 'required' } as const]) {
      const servers = await createDpopServers(options)
      const token = await servers.mintBound({ cnf })
      const proof = await servers.prove(token)
      for (const scheme of ['Bearer', 'DPoP']) {
        expect(await servers.verdictOf({ token, proof, scheme })).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
      }
      const good = await servers.mintBound()
      expect(await servers.verdictOf({ token: good, proof: await servers.prove(good) })).toBe('accepted')
    }
  },
)

ruleForEach(
  '7800-3.1-a',
  { 'a key': 'jkt', 'a certificate': 'x5t#S256' },
  'refuses a token that is bound to %s where nothing is configured for that',
  async (name) => {
    const certificate = createCertificate()
    const members = {
      connection: () => ({ remoteAddress: '127.0.0.1', certificate: certificate.der, tlsVersion: 'TLSv1.3' }),
    }
    const without = await createDpopServers({
      ...(name === 'jkt' ? { dpop: undefined, clientCertificates: { from: 'socket' } } : { dpop: DPOP }),
    } as never)
    const withBoth = await createDpopServers(BOTH)
    for (const [servers, expected] of [
      [without, 'ERR_TOKEN_SENDER_CONSTRAINED'],
      [withBoth, 'accepted'],
    ] as const) {
      const thumbprint = name === 'jkt' ? servers.key.thumbprint : certificate.thumbprint
      const token = await servers.mintBound({ cnf: { [name]: thumbprint } })
      const scheme = name === 'jkt' && expected === 'accepted' ? 'DPoP' : 'Bearer'
      const proof = await servers.prove(token)
      expect(await servers.verdictOf({ token, proof, scheme, members })).toBe(expected)
    }
  },
)
