import { createPublicKey, X509Certificate } from 'node:crypto'
import { expect } from '@jest/globals'
import { selfSign } from '../../support/certificate.js'
import { createOwnKey } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers, type Servers } from '../../support/servers.js'

const servers = useServers()
const attacker = createOwnKey('P-256', 'attacker')
const certificate = selfSign(createPublicKey(attacker.privateKey), attacker.privateKey)
const x5c = [certificate.toString('base64')]
const thumbprints = {
  x5t: new X509Certificate(certificate).fingerprint.replaceAll(':', ''),
  'x5t#S256': new X509Certificate(certificate).fingerprint256.replaceAll(':', ''),
}

/** A resource server, and every address that it asks for something. */
function observe({ protect }: Servers) {
  const requested: string[] = []
  const resourceServer = protect({
    fetch(url, init) {
      requested.push(url)
      return fetch(url, init)
    },
  })
  return { resourceServer, requested }
}

/** Where an attacker would like the keys to come from: this port is the authorization server's own, so it would answer. */
const elsewhere = (): string => new URL('/attacker/jwks', servers().authorizationServer.issuer).href

const WAYS = {
  'the key itself (jwk)': () => ({ jwk: attacker.jwk }),
  'an address of keys (jku)': () => ({ jku: elsewhere() }),
  'an address of keys that begins like the issuer (jku)': () => ({
    jku: `${servers().authorizationServer.issuer}@127.0.0.1:9/jwks`,
  }),
  'a certificate (x5c)': () => ({ x5c }),
  'an address of certificates (x5u)': () => ({ x5u: elsewhere() }),
  'all of them': () => ({ jwk: attacker.jwk, jku: elsewhere(), x5u: elsewhere(), x5c, ...thumbprints }),
}

ruleForEach(
  ['7515-4.1.2-a', 'HDR-05', 'HDR-06', 'HDR-07'],
  WAYS,
  'refuses a token that brings %s, and asks nobody but the issuer',
  async (parameters) => {
    const { authorizationServer } = servers()
    const { resourceServer, requested } = observe(servers())
    authorizationServer.intercept(({ endpoint }) =>
      endpoint === 'other'
        ? {
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ keys: [attacker.jwk] }),
          }
        : undefined,
    )
    const forge = (kid: string | undefined): Promise<string> =>
      attacker.mint(authorizationServer, { header: { ...parameters(), kid } })
    const kid = authorizationServer.keySet().keys[0]?.kid

    expect(await verdictOn(resourceServer, await forge(undefined))).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictOn(resourceServer, await forge('attacker'))).toBe('ERR_TOKEN_KEY')
    expect(await verdictOn(resourceServer, await forge(kid))).toBe('ERR_TOKEN_SIGNATURE')

    const { metadataUrl, jwksUri } = authorizationServer
    expect(new Set(requested)).toEqual(new Set([metadataUrl, jwksUri]))
    expect(authorizationServer.requests.other).toBe(0)
  },
)

ruleForEach(
  ['7515-4.1.2-a', 'HDR-05', 'HDR-06', 'HDR-07'],
  WAYS,
  'ignores %s in a token that the issuer signed',
  async (parameters) => {
    const { authorizationServer } = servers()
    const { resourceServer, requested } = observe(servers())
    const token = await authorizationServer.mint({}, { header: parameters() })
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
    expect(requested).toEqual([authorizationServer.metadataUrl, authorizationServer.jwksUri])
  },
)

rule('7515-4.1.2-a', 'would find the key in the certificate, if it looked', () => {
  expect(new X509Certificate(certificate).publicKey.export({ format: 'jwk' })).toEqual({
    ...attacker.jwk,
    kid: undefined,
  })
})
