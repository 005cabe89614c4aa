import { beforeEach, expect } from '@jest/globals'
import { createProof, createProofKey } from '@bearward/testing'
import { createDpopServers, URL_OF_STATS, type DpopServers } from '../../support/dpop.js'
import { rule, ruleForEach } from '../../support/rule.js'

let servers: DpopServers
let token: string
beforeEach(async () => {
  servers = await createDpopServers()
  token = await servers.mintBound()
})

/** The verdict on a request with a proof that differs from a good one, after that with a good one. */
const verdicts = async (proof: string | readonly string[]): Promise<readonly string[]> => [
  await servers.verdictOf({ token, proof }),
  await servers.verdictOf({ token, proof: await servers.prove(token) }),
]

rule('9449-4.3-1', 'takes exactly one field DPoP', async () => {
  const [one, other] = [await servers.prove(token), await servers.prove(token)]
  expect(await verdicts([one, other])).toEqual(['ERR_PROOF_REPEATED', 'accepted'])
  expect(await verdicts([one, one])).toEqual(['ERR_PROOF_REPEATED', 'accepted'])
  expect(await verdicts(`${one}, ${other}`)).toEqual(['ERR_PROOF_MALFORMED', 'accepted'])
})

ruleForEach(
  '9449-4.3-2',
  {
    nothing: () => '',
    garbage: () => 'garbage',
    null: () => 'null',
    'an encrypted JWT': (proof) => `${proof}.a.b`,
    'two parts': (proof) => proof.split('.').slice(0, 2).join('.'),
    'padding at its end': (proof) => `${proof}=`,
    'white space in it': (proof) => proof.replace('.', ' .'),
    'a claims set that is none': (proof) => proof.replace(/\.[^.]+\./, '.bnVsbA.'),
    'a header that is none': (proof) => proof.replace(/^[^.]+/, 'W10'),
    '8,193 characters': (proof) => proof.padEnd(8_193, 'A'),
  } satisfies Record<string, (proof: string) => string>,
  'takes one well-formed JWT for a proof, and not %s',
  async (change) => {
    expect(await verdicts(change(await servers.prove(token)))).toEqual(['ERR_PROOF_MALFORMED', 'accepted'])
  },
)

ruleForEach(
  '9449-4.3-3',
  { jti: 'jti', htm: 'htm', htu: 'htu', iat: 'iat', ath: 'ath' },
  'needs the claim %s, of the right type',
  async (name) => {
    for (const value of [undefined, null, '', {}, ['x'], true, name === 'iat' ? '1' : 1]) {
      const proof = await servers.prove(token, {}, { claims: { [name]: value } })
      expect(await verdicts(proof)).toEqual(['ERR_PROOF_MALFORMED', 'accepted'])
    }
  },
)

ruleForEach(
  '9449-4.3-3',
  { typ: 'ERR_PROOF_HEADER', alg: 'ERR_PROOF_ALGORITHM', jwk: 'ERR_PROOF_HEADER' },
  'needs each header parameter: without one, it is %s',
  async (code) => {
    const name = code === 'ERR_PROOF_ALGORITHM' ? ['alg'] : ['typ', 'jwk']
    for (const parameter of name) {
      const proof = await servers.prove(token, {}, { header: { [parameter]: undefined } })
      expect(await verdicts(proof)).toEqual([code, 'accepted'])
    }
  },
)

ruleForEach(
  '9449-4.3-4',
  { JWT: 'JWT', 'at+jwt': 'at+jwt', 'a list': ['dpop+jwt'], 'a longer name': 'dpop+jwt2', nothing: '' },
  'needs the type dpop+jwt, and not %s',
  async (typ) => {
    expect(await verdicts(await servers.prove(token, {}, { header: { typ } }))).toEqual([
      'ERR_PROOF_HEADER',
      'accepted',
    ])
  },
)

rule('9449-4.3-4', 'knows the type in every spelling that means the same', async () => {
  for (const typ of ['dpop+jwt', 'DPoP+JWT', 'application/dpop+jwt']) {
    const proof = await servers.prove(token, {}, { header: { typ } })
    expect(await servers.verdictOf({ token, proof })).toBe('accepted')
  }
})

ruleForEach(
  '9449-4.3-5',
  {
    none: { alg: 'none' },
    'HS256 with a symmetric key': { alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } },
    'an algorithm that nobody knows': { alg: 'RS1' },
    'a list': { alg: ['ES256'] },
    'the name in another case': { alg: 'es256' },
    'a number': { alg: 256 },
  },
  'takes only asymmetric algorithms that it knows, and not %s',
  async (header) => {
    expect(await verdicts(await servers.prove(token, {}, { header }))).toEqual([
      'ERR_PROOF_ALGORITHM',
      'accepted',
    ])
  },
)

rule('9449-4.3-5', 'takes only the algorithms that are configured', async () => {
  const narrow = await createDpopServers({
    dpop: { origin: 'https://api.example.com', algorithms: ['PS256'] },
  })
  const bound = await narrow.mintBound()
  expect(await narrow.verdictOf({ token: bound, proof: await narrow.prove(bound) })).toBe(
    'ERR_PROOF_ALGORITHM',
  )
  expect(await servers.verdictOf({ token, proof: await servers.prove(token) })).toBe('accepted')
})

rule('9449-4.3-5', 'takes every algorithm that it advertises', async () => {
  const algorithms = [
    'RS256',
    'RS512',
    'PS256',
    'PS384',
    'ES256',
    'ES384',
    'ES512',
    'EdDSA',
    'Ed25519',
  ] as const
  for (const algorithm of algorithms) {
    const key = await createProofKey(algorithm)
    const bound = await servers.mintBound({ cnf: { jkt: key.thumbprint } })
    const iat = servers.clock.now()
    const proof = await createProof(key, { url: URL_OF_STATS, token: bound }, { claims: { iat } })
    expect([algorithm, await servers.verdictOf({ token: bound, proof })]).toEqual([algorithm, 'accepted'])
  }
})

rule('9449-4.3-6', 'verifies the signature with the key in the proof, and with no other', async () => {
  const other = await createProofKey()
  const header = { kid: other.thumbprint, x5u: 'https://evil.example/' }
  expect(await verdicts(await servers.prove(token, {}, { signedWith: other, header }))).toEqual([
    'ERR_PROOF_SIGNATURE',
    'accepted',
  ])
  const good = await servers.prove(token)
  const [head = '', , signature = ''] = good.split('.')
  const [, payload = ''] = (await servers.prove(token)).split('.')
  expect(await verdicts([head, payload, signature].join('.'))).toEqual(['ERR_PROOF_SIGNATURE', 'accepted'])
  expect(await verdicts([head, payload, ''].join('.'))).toEqual(['ERR_PROOF_SIGNATURE', 'accepted'])
})

rule('9449-4.3-6', 'does not mind a kid, whatever it is', async () => {
  const proof = await servers.prove(token, {}, { header: { kid: '../../x' } })
  expect(await servers.verdictOf({ token, proof })).toBe('accepted')
})

ruleForEach(
  '9449-4.3-7',
  { d: 'd', p: 'p', q: 'q', dp: 'dp', dq: 'dq', qi: 'qi', oth: 'oth', k: 'k' },
  'refuses a key with the private member %s',
  async (name) => {
    const jwk = { ...servers.key.publicJwk, [name]: servers.key.publicJwk.x }
    expect(await verdicts(await servers.prove(token, {}, { header: { jwk } }))).toEqual([
      'ERR_PROOF_HEADER',
      'accepted',
    ])
  },
)

ruleForEach(
  '9449-4.3-8',
  { 'another method': ['GET', 'POST'], 'another case': ['get', 'GET'], 'HEAD for GET': ['HEAD', 'GET'] },
  'needs the method of the request: not %s',
  async ([claimed = '', method = '']) => {
    const proof = await servers.prove(token, { method: claimed })
    expect(await servers.verdictOf({ token, proof, method })).toBe('ERR_PROOF_TARGET')
    const good = await servers.prove(token, { method })
    const fields = { 'x-http-method-override': 'DELETE', 'x-http-method': 'PUT' }
    expect(await servers.verdictOf({ token, proof: good, method, fields })).toBe('accepted')
  },
)

rule('9449-4.3-12a', 'needs the hash of the access token', async () => {
  const other = await servers.mintBound()
  expect(await verdicts(await servers.prove(other))).toEqual(['ERR_PROOF_TOKEN', 'accepted'])
  expect(await verdicts(await servers.prove(token, {}, { claims: { ath: 'A'.repeat(43) } }))).toEqual([
    'ERR_PROOF_TOKEN',
    'accepted',
  ])
})

rule('9449-4.3-12b', 'needs the key that the token is bound to', async () => {
  const key = await createProofKey()
  const iat = servers.clock.now()
  const proof = await createProof(key, { url: URL_OF_STATS, token }, { claims: { iat } })
  expect(await verdicts(proof)).toEqual(['ERR_TOKEN_KEY_BINDING', 'accepted'])
})

rule('9449-7.3-a', 'gets a fresh proof for each request from the testing kit, and needs it', async () => {
  const [one, other] = [await servers.prove(token), await servers.prove(token)]
  expect(one).not.toBe(other)
  expect(await servers.verdictOf({ token, proof: one })).toBe('accepted')
  expect(await servers.verdictOf({ token, proof: other })).toBe('accepted')
  expect(await servers.verdictOf({ token, proof: one })).toBe('ERR_PROOF_REPLAYED')
})
