import { createPublicKey } from 'node:crypto'
import { expect } from '@jest/globals'
import { toVerificationKey } from '../../../packages/core/src/keys/jwk.js'
import { createOwnKey } from '../../support/jws.js'
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
  return verdictOn(protect(), await own.mint(authorizationServer))
}

ruleForEach(
  ['7517-4.2-a', 'HDR-15'],
  { enc: 'enc', SIG: 'SIG', 'an empty string': '', 'a list': ['sig'], null: null, 'anything else': 'tls' },
  'leaves out a key whose use is %s',
  async (use) => {
    expect(await verdictWith({ use })).toBe('ERR_TOKEN_KEY')
    expect(await verdictWith({ use: 'sig' })).toBe('accepted')
  },
)

rule('7517-4.2-a', 'finds the signing key next to an encryption key with the same kid', async () => {
  const { authorizationServer, resourceServer } = servers()
  const encryption = createOwnKey('P-256')
  authorizationServer.publish([
    { ...encryption.jwk, use: 'enc' },
    { ...own.jwk, use: 'sig' },
  ])
  expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('accepted')
  const misused = await encryption.mint(authorizationServer)
  expect(await verdictOn(resourceServer, misused)).toBe('ERR_TOKEN_SIGNATURE')
})

ruleForEach(
  ['7517-4.3-a', 'HDR-15'],
  {
    'do not contain verify': ['encrypt'],
    'are for signing alone': ['sign'],
    'are none': [],
    'contain verify in another case': ['Verify'],
    'contain verify twice': ['verify', 'verify'],
    'are not a list': 'verify',
    'are not all strings': ['verify', 1],
    'are null': null,
  },
  'leaves out a key whose key_ops %s',
  async (operations) => {
    expect(await verdictWith({ key_ops: operations })).toBe('ERR_TOKEN_KEY')
    expect(await verdictWith({ key_ops: ['verify'] })).toBe('accepted')
    expect(await verdictWith({ key_ops: ['sign', 'verify'] })).toBe('accepted')
  },
)

ruleForEach(
  '7517-4.3-b',
  {
    'are for encryption': { use: 'sig', key_ops: ['encrypt'] },
    'are for encryption as well': { use: 'sig', key_ops: ['verify', 'encrypt'] },
    'are for verification, which use denies': { use: 'enc', key_ops: ['verify'] },
  },
  'leaves out a key whose use and key_ops disagree: its operations %s',
  async (members) => {
    expect(await verdictWith(members)).toBe('ERR_TOKEN_KEY')
    expect(await verdictWith({ use: 'sig', key_ops: ['verify'] })).toBe('accepted')
  },
)

ruleForEach(
  '7517-4.4-a',
  {
    'an algorithm of another curve': 'ES384',
    'an algorithm of another family': 'RS256',
    'its algorithm in lower case': 'es256',
    'an algorithm for encryption': 'ECDH-ES',
    'an empty alg': '',
    'an alg that is no string': ['ES256'],
  },
  'leaves out a key that names %s',
  async (alg) => {
    expect(await verdictWith({ alg })).toBe('ERR_TOKEN_KEY')
    expect(await verdictWith({ alg: 'ES256' })).toBe('accepted')
  },
)

ruleForEach(
  ['7517-4.4-a', 'ALG-12'],
  { RS512: 'RS512', RS384: 'RS384', PS256: 'PS256' },
  'verifies no RS256 signature with an RSA key that names %s',
  async (alg) => {
    const { authorizationServer, resourceServer, protect } = servers()
    const rsa = createOwnKey('rsa')
    const token = await rsa.mint(authorizationServer)
    authorizationServer.publish([{ ...rsa.jwk, alg }])
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_KEY')
    authorizationServer.publish([{ ...rsa.jwk, alg: 'RS256' }])
    expect(await verdictOn(protect(), token)).toBe('accepted')
  },
)

ruleForEach(
  'trap-public-key',
  {
    'a key for encryption': { use: 'enc' },
    'a key for another algorithm': { alg: 'ECDH-ES' },
    'a key for other operations': { key_ops: ['deriveBits'] },
  },
  'leaves out %s, which Node.js would import all the same',
  async (members) => {
    const jwk = { ...own.jwk, ...members }
    expect(createPublicKey({ key: jwk, format: 'jwk' }).type).toBe('public')
    expect(await toVerificationKey(jwk)).toBeUndefined()
    expect(await toVerificationKey(own.jwk)).toMatchObject({ kid: 'own' })
  },
)
