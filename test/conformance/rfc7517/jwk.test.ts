import { createPublicKey } from 'node:crypto'
import { expect } from '@jest/globals'
import { toVerificationKey } from '../../../packages/core/src/keys/jwk.js'
import { selfSign } from '../../support/certificate.js'
import { createOwnKey, type OwnKey } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
const own = createOwnKey('P-256')
const other = createOwnKey('P-256', 'other')

/** The verdict on a token of `own`, where the issuer publishes its key with these members, and a good key after it. */
async function verdictWith(members: Readonly<Record<string, unknown>>): Promise<string> {
  const { authorizationServer, protect } = servers()
  authorizationServer.publish([{ ...own.jwk, ...members }, other.jwk])
  const resourceServer = protect()
  expect(await verdictOn(resourceServer, await other.mint(authorizationServer))).toBe('accepted')
  return verdictOn(resourceServer, await own.mint(authorizationServer))
}

ruleForEach(
  '7517-4-a',
  {
    'no more than it must': {},
    'an unknown member': { foo: 1 },
    'members of other specifications': { exp: 1, nbf: 1, revoked: { revoked_at: 1 } },
    'a member that holds another key': { foo: { kty: 'oct', k: 'AA' } },
  },
  'verifies with a key that has %s',
  async (members) => {
    expect(await verdictWith(members)).toBe('accepted')
  },
)

rule('7517-4-a', 'cannot tell where a member of a key stands twice', async () => {
  const { authorizationServer, resourceServer, protect } = servers()
  const token = await own.mint(authorizationServer)
  const body = JSON.stringify({ keys: [own.jwk] }).replace('"kty":', '"kty":"RSA","kty":')
  authorizationServer.intercept(({ endpoint }) =>
    endpoint === 'jwks' ? { headers: { 'Content-Type': 'application/json' }, body } : undefined,
  )
  expect(await verdictOn(resourceServer, token)).toBe('ERR_AUTHORIZATION_SERVER_RESPONSE')
  authorizationServer.intercept(undefined)
  authorizationServer.publish([own.jwk])
  expect(await verdictOn(protect(), token)).toBe('accepted')
})

ruleForEach(
  '7517-4.1-a',
  {
    'no kty': undefined,
    'kty in lower case': 'ec',
    'kty in mixed case': 'Ec',
    'the kty of another key type': 'RSA',
    'the kty of a curve with coordinates of this size': 'OKP',
    'an unknown kty': 'AKP',
    'a kty that is no string': ['EC'],
  },
  'leaves out a key with %s, and verifies with the others',
  async (kty) => {
    expect(await verdictWith({ kty })).toBe('ERR_TOKEN_KEY')
    expect(await verdictWith({ kty: 'EC' })).toBe('accepted')
  },
)

rule(['7517-4.5-a', 'HDR-14'], 'tells keys with the same kid apart by what they are for', async () => {
  const { authorizationServer, resourceServer } = servers()
  const [rsa, ec, ec2, foreign] = [
    createOwnKey('rsa'),
    createOwnKey('P-256'),
    createOwnKey('P-256'),
    createOwnKey('P-256'),
  ]
  const verdict = async (key: OwnKey): Promise<string> =>
    verdictOn(resourceServer, await key.mint(authorizationServer))
  authorizationServer.publish([rsa, ec, ec2].map(({ jwk }) => jwk))
  expect(await verdict(ec)).toBe('accepted')
  expect(await verdict(ec2)).toBe('accepted')
  expect(await verdict(rsa)).toBe('accepted')
  expect(await verdict(foreign)).toBe('ERR_TOKEN_SIGNATURE')
})

rule('7517-4.7-a', 'believes the members of a key, never the certificate next to them', async () => {
  const { authorizationServer, resourceServer } = servers()
  const certified = createOwnKey('P-256')
  const certificate = selfSign(createPublicKey(certified.privateKey), certified.privateKey)
  const x5c = [certificate.toString('base64')]
  authorizationServer.publish([{ ...own.jwk, x5c, x5t: 'AAAA', 'x5t#S256': 'AAAA' }])
  const forged = await certified.mint(authorizationServer)
  expect(await verdictOn(resourceServer, forged)).toBe('ERR_TOKEN_SIGNATURE')
  expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('accepted')
})

rule('7517-4.7-a', 'leaves out a key that is nothing but a certificate', async () => {
  const certificate = selfSign(createPublicKey(own.privateKey), own.privateKey)
  const x5c = [certificate.toString('base64')]
  expect(await verdictWith({ x5c, x: undefined, y: undefined })).toBe('ERR_TOKEN_KEY')
  expect(await verdictWith({ x5c })).toBe('accepted')
})

ruleForEach(
  ['7517-9.2-a', 'ALG-08'],
  { HS256: 'HS256', HS384: 'HS384', HS512: 'HS512' } as const,
  'verifies no %s token with a symmetric key of the key set',
  async (algorithm) => {
    const { authorizationServer, resourceServer } = servers()
    const secret = Buffer.alloc(64, 7)
    const oct = { kty: 'oct', k: secret.toString('base64url'), kid: 'k1', alg: algorithm }
    authorizationServer.publish([oct, { ...oct, alg: undefined, use: 'sig' }, own.jwk])
    for (const kid of ['k1', 'own', null]) {
      const token = await authorizationServer.mint({}, { algorithm, key: { secret }, kid })
      expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_ALGORITHM')
    }
    expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('accepted')
  },
)

rule('7517-9.2-a', 'leaves out a symmetric key, even one that claims an asymmetric algorithm', async () => {
  const k = Buffer.alloc(64, 7).toString('base64url')
  expect(await toVerificationKey({ kty: 'oct', k, kid: 'k1' })).toBeUndefined()
  expect(await toVerificationKey({ kty: 'oct', k, kid: 'k1', alg: 'ES256', use: 'sig' })).toBeUndefined()
  expect(await toVerificationKey({ ...own.jwk, k })).toMatchObject({ kid: 'own' })
})

ruleForEach(
  ['7517-9.2-a', 'trap-public-key', 'JWKS-17'],
  { rsa: 'rsa', 'P-256': 'P-256', ed25519: 'ed25519' } as const,
  'verifies with the public part of a private %s key, and keeps nothing else of it',
  async (kind) => {
    const { authorizationServer, resourceServer } = servers()
    const key = createOwnKey(kind)
    const jwk = { ...key.privateKey.export({ format: 'jwk' }), kid: 'own' }
    expect(jwk).toHaveProperty('d')
    authorizationServer.publish([jwk])
    expect(await verdictOn(resourceServer, await key.mint(authorizationServer))).toBe('accepted')
    const kept = (await toVerificationKey(jwk))?.jwk
    expect({ ...kept, kid: 'own' }).toEqual(key.jwk)
  },
)
