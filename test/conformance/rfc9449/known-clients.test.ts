import { beforeEach, describe, expect, test } from '@jest/globals'
import { createProof, createProofKey, type ProofChanges } from '@bearward/testing'
import { createDpopServers, DPOP, URL_OF_STATS, type DpopServers } from '../../support/dpop.js'

let servers: DpopServers
let token: string
beforeEach(async () => {
  servers = await createDpopServers()
  token = await servers.mintBound()
})

/** The verdict on a request with a proof by the key of the client, for this token or another one. */
const verdictOn = async (changes: ProofChanges = {}, { for: named = token, with: sent = token } = {}) =>
  servers.verdictOf({ token: sent, proof: await servers.prove(named, {}, changes) })

describe('a client whose proof was accepted before', () => {
  beforeEach(async () => {
    expect(await verdictOn()).toBe('accepted')
  })

  test('is asked for a signature each time', async () => {
    const signedWith = await createProofKey()
    expect([await verdictOn({ signedWith }), await verdictOn()]).toEqual(['ERR_PROOF_SIGNATURE', 'accepted'])
  })

  test.each([
    ['another type', { typ: 'JWT' }, 'ERR_PROOF_HEADER'],
    ['another algorithm', { alg: 'ES384' }, 'ERR_PROOF_HEADER'],
    ['an algorithm that is not accepted', { alg: 'none' }, 'ERR_PROOF_ALGORITHM'],
    ['a critical parameter', { crit: ['exp'] }, 'ERR_PROOF_HEADER'],
    ['no key', { jwk: undefined }, 'ERR_PROOF_HEADER'],
    ['a parameter that says nothing', { note: 'x' }, 'accepted'],
  ])('has its header looked at again where it has %s', async (_what, header, code) => {
    expect([await verdictOn({ header }), await verdictOn({ header })]).toEqual([code, code])
    expect(await verdictOn()).toBe('accepted')
  })

  test('proves each of its tokens, in turn, and none by the hash of another one', async () => {
    const other = await servers.mintBound()
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await verdictOn({}, { for: other, with: token })).toBe('ERR_PROOF_TOKEN')
      expect(await verdictOn({}, { for: token, with: token })).toBe('accepted')
      expect(await verdictOn({}, { for: token, with: other })).toBe('ERR_PROOF_TOKEN')
      expect(await verdictOn({}, { for: other, with: other })).toBe('accepted')
    }
  })

  test('lends nothing to another key', async () => {
    const key = await createProofKey()
    const prove = () => createProof(key, { url: URL_OF_STATS, token, issuedAt: servers.clock.now() })
    expect(await servers.verdictOf({ token, proof: await prove() })).toBe('ERR_TOKEN_KEY_BINDING')
    expect(await servers.verdictOf({ token, proof: await prove() })).toBe('ERR_TOKEN_KEY_BINDING')
    expect(await verdictOn()).toBe('accepted')
  })
})

test('what was refused is not remembered', async () => {
  const other = await servers.mintBound()
  expect(await verdictOn({ header: { typ: 'JWT' } })).toBe('ERR_PROOF_HEADER')
  expect(await verdictOn({}, { for: other, with: token })).toBe('ERR_PROOF_TOKEN')
  expect(await verdictOn({}, { for: other, with: token })).toBe('ERR_PROOF_TOKEN')
  expect([await verdictOn({ header: { typ: 'JWT' } }), await verdictOn()]).toEqual([
    'ERR_PROOF_HEADER',
    'accepted',
  ])
})

test('a key that has two names for its algorithm may use both in turn', async () => {
  const key = await createProofKey('Ed25519')
  const bound = await servers.mintBound({ cnf: { jkt: key.thumbprint } })
  for (const alg of ['Ed25519', 'EdDSA', 'Ed25519', 'EdDSA']) {
    const request = { url: URL_OF_STATS, token: bound, issuedAt: servers.clock.now() }
    const proof = await createProof(key, request, { header: { alg } })
    expect(await servers.verdictOf({ token: bound, proof })).toBe('accepted')
  }
})

test('requests whose first uses wait for the store at once are each their own the second time', async () => {
  const used = new Set<string>()
  const add = async (id: string) => {
    await new Promise(setImmediate)
    return !used.has(id) && used.add(id).size > 0
  }
  servers = await createDpopServers({ dpop: { ...DPOP, replayStore: { add } } })
  token = await servers.mintBound()
  const verdicts = Array.from({ length: 5 }, async () => {
    const request = { token, proof: await servers.prove(token), members: { source: {} } }
    return [await servers.verdictOf(request), await servers.verdictOf(request)]
  })
  expect(new Set((await Promise.all(verdicts)).flat())).toEqual(new Set(['accepted']))
})
