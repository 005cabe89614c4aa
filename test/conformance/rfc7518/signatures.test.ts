import { constants } from 'node:crypto'
import { expect } from '@jest/globals'
import { createOwnKey, putTogether, takeApart, type SignOptions } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

ruleForEach(
  ['7518-3.4-a', 'ALG-17'],
  { ES256: ['P-256', 64], ES384: ['P-384', 96], ES512: ['P-521', 132] } as const,
  'takes a signature of %s as R and S at full length, and in no other form',
  async ([curve, size]) => {
    const { authorizationServer, resourceServer } = servers()
    const own = createOwnKey(curve)
    authorizationServer.publish([own.jwk])
    const token = await own.mint(authorizationServer)
    const { header, payload, signature } = takeApart(token)
    expect(signature).toHaveLength(size)
    const asDer = await own.mint(authorizationServer, { dsaEncoding: 'der' })
    expect(takeApart(asDer).signature[0]).toBe(0x30)
    expect(await verdictOn(resourceServer, asDer)).toBe('ERR_TOKEN_SIGNATURE')

    const half = size / 2
    const [r, s] = [signature.subarray(0, half), signature.subarray(half)]
    const zero = Buffer.alloc(1)
    for (const respelt of [
      signature.subarray(0, -1),
      signature.subarray(1),
      Buffer.concat([signature, zero]),
      Buffer.concat([zero, signature]),
      Buffer.concat([zero, r, zero, s]),
      Buffer.concat([s, r]),
    ]) {
      const verdict = await verdictOn(resourceServer, putTogether(header, payload, respelt))
      expect(verdict).toBe('ERR_TOKEN_SIGNATURE')
    }
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING }
const PS: Readonly<Record<string, readonly [alg: string, good: SignOptions]>> = {
  PS256: ['PS256', { ...PSS, digest: 'sha256', saltLength: 32 }],
  PS384: ['PS384', { ...PSS, digest: 'sha384', saltLength: 48 }],
  PS512: ['PS512', { ...PSS, digest: 'sha512', saltLength: 64 }],
}

ruleForEach(
  '7518-3.5-a',
  PS,
  'takes a signature of %s with a salt as long as the hash, and with no other',
  async ([alg, good]) => {
    const { authorizationServer, resourceServer } = servers()
    const own = createOwnKey('rsa')
    authorizationServer.publish([own.jwk])
    const verdict = async (options: SignOptions): Promise<string> =>
      verdictOn(resourceServer, await own.mint(authorizationServer, { header: { alg }, ...options }))
    const { saltLength = 0 } = good
    for (const other of [0, 20, saltLength - 1, saltLength + 1, constants.RSA_PSS_SALTLEN_MAX_SIGN]) {
      expect(await verdict({ ...good, saltLength: other })).toBe('ERR_TOKEN_SIGNATURE')
    }
    const otherDigest = good.digest === 'sha256' ? 'sha384' : 'sha256'
    expect(await verdict({ ...good, digest: otherDigest })).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdict({ digest: good.digest ?? null })).toBe('ERR_TOKEN_SIGNATURE') // PKCS #1 v1.5
    expect(await verdict(good)).toBe('accepted')
  },
)

ruleForEach(
  ['7518-3.5-a', 'ALG-07'],
  { RS256: 'RS256', RS384: 'RS384', RS512: 'RS512' },
  'takes a signature of %s with the padding and the hash of its name, and with no other',
  async (alg) => {
    const { authorizationServer, resourceServer } = servers()
    const own = createOwnKey('rsa')
    authorizationServer.publish([own.jwk])
    const verdict = async (options: SignOptions): Promise<string> =>
      verdictOn(resourceServer, await own.mint(authorizationServer, { header: { alg }, ...options }))
    const digest = `sha${alg.slice(2)}`
    expect(await verdict({ ...PSS, digest, saltLength: 32 })).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdict({ digest: digest === 'sha256' ? 'sha512' : 'sha256' })).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdict({ digest: 'sha1' })).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdict({ digest })).toBe('accepted')
  },
)
