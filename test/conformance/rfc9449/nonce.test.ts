import { beforeEach, expect } from '@jest/globals'
import { parseChallenges } from '@bearward/testing'
import { createDpopServers, DPOP, SECRET, type DpopServers } from '../../support/dpop.js'
import { rule, ruleForEach } from '../../support/rule.js'

const NONCES = { dpop: { ...DPOP, nonceSecrets: [SECRET] } }

let servers: DpopServers
let token: string
beforeEach(async () => {
  servers = await createDpopServers(NONCES)
  token = await servers.mintBound()
})

/** A nonce, as a client gets its first. */
async function fetchNonce(from: DpopServers = servers): Promise<string> {
  const bound = await from.mintBound()
  const outcome = await from.judge({ token: bound, proof: await from.prove(bound) })
  if (outcome.verdict !== 'refused') throw new Error('There was no refusal')
  return String(outcome.error.headers['DPoP-Nonce'])
}

const verdictWith = async (nonce: string): Promise<string> =>
  servers.verdictOf({ token, proof: await servers.prove(token, { nonce }) })

rule(['9449-9-a', '9449-8-b', '9449-11.3-a'], 'demands a nonce, sends one, and accepts it', async () => {
  const outcome = await servers.judge({ token, proof: await servers.prove(token) })
  if (outcome.verdict !== 'refused') throw new Error('There was no refusal')
  const { status, error, headers } = outcome.error
  expect({ status, error }).toEqual({ status: 401, error: 'use_dpop_nonce' })
  expect(Object.keys(headers).sort()).toEqual(['Cache-Control', 'DPoP-Nonce', 'WWW-Authenticate'])
  const [bearer, dpop] = parseChallenges(headers['WWW-Authenticate'])
  expect(bearer?.parameters.has('error')).toBe(false)
  expect([dpop?.scheme, dpop?.parameters.get('error')]).toEqual(['DPoP', 'use_dpop_nonce'])
  expect(await verdictWith(String(headers['DPoP-Nonce']))).toBe('accepted')
})

rule('9449-8-a', 'makes nonces of characters that a nonce may have, which tell nothing', async () => {
  const nonces = []
  for (let count = 0; count < 5; count += 1) {
    nonces.push(await fetchNonce())
    await servers.clock.advance(1)
  }
  expect(nonces.every((nonce) => /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(nonce))).toBe(true)
  expect(new Set(nonces.map((nonce) => nonce.slice(0, 8))).size).toBe(5)
})

ruleForEach(
  ['9449-4.3-10', '9449-8-a', '9449-9-a'],
  {
    'made up': () => 'made-up',
    empty: () => '',
    changed: (nonce) => `${nonce.slice(0, -1)}${nonce.endsWith('A') ? 'B' : 'A'}`,
    'in upper case': (nonce) => nonce.toUpperCase(),
    'cut short': (nonce) => nonce.slice(0, -1),
    'made longer': (nonce) => `${nonce}A`,
    'given twice': (nonce) => `${nonce}${nonce}`,
  } satisfies Record<string, (nonce: string) => string>,
  'refuses a nonce that is %s, and sends another',
  async (change) => {
    const nonce = await fetchNonce()
    expect(await verdictWith(change(nonce))).toBe('ERR_PROOF_NONCE')
    expect(await verdictWith(nonce)).toBe('accepted')
  },
)

ruleForEach(
  '9449-4.3-10',
  { 'a number': 1, null: null, 'a list': ['x'], true: true },
  'refuses a nonce that is %s',
  async (nonce) => {
    const proof = await servers.prove(token, {}, { claims: { nonce } })
    expect(await servers.verdictOf({ token, proof })).toBe('ERR_PROOF_NONCE')
    expect(await verdictWith(await fetchNonce())).toBe('accepted')
  },
)

rule('9449-4.3-10', 'refuses a nonce of another resource server', async () => {
  const other = await createDpopServers({
    dpop: { ...DPOP, nonceSecrets: ['another secret of 32 characters.'] },
  })
  expect(await verdictWith(await fetchNonce(other))).toBe('ERR_PROOF_NONCE')
  expect(await verdictWith(await fetchNonce(await createDpopServers(NONCES)))).toBe('accepted')
})

rule(
  ['9449-4.3-10', '9449-4.3-11'],
  'accepts a nonce as long as it lives, whatever the clock of the client says',
  async () => {
    const nonce = await fetchNonce()
    const claims = { iat: 1 }
    const prove = () => servers.prove(token, { nonce }, { claims })
    await servers.clock.advance(300)
    token = await servers.mintBound()
    expect(await servers.verdictOf({ token, proof: await prove() })).toBe('accepted')
    await servers.clock.advance(1)
    expect(await servers.verdictOf({ token, proof: await prove() })).toBe('ERR_PROOF_NONCE')
  },
)

rule('9449-11.3-a', 'does not fall back to the time of a proof', async () => {
  const proof = await servers.prove(token, {}, { claims: { nonce: undefined, iat: servers.clock.now() } })
  expect(await servers.verdictOf({ token, proof })).toBe('ERR_PROOF_NONCE')
  expect(await verdictWith(await fetchNonce())).toBe('accepted')
})

rule('9449-11.1-a', 'accepts a proof once for as long as its nonce lives', async () => {
  const nonce = await fetchNonce()
  const proof = await servers.prove(token, { nonce })
  expect(await servers.verdictOf({ token, proof })).toBe('accepted')
  await servers.clock.advance(200)
  expect(await servers.verdictOf({ token, proof })).toBe('ERR_PROOF_REPLAYED')
})

rule('9449-8.2-a', 'sends another nonce with what it accepts, in time, and has that not kept', async () => {
  const nonce = await fetchNonce()
  const set: string[][] = []
  const members = { setResponseField: (name: string, value: string) => void set.push([name, value]) }
  const send = async () => servers.verdictOf({ token, proof: await servers.prove(token, { nonce }), members })
  expect(await send()).toBe('accepted')
  expect(set).toEqual([])
  await servers.clock.advance(151)
  expect(await send()).toBe('accepted')
  expect(set).toEqual([
    ['DPoP-Nonce', expect.any(String)],
    ['Cache-Control', 'no-store'],
  ])
  expect(await verdictWith(String(set[0]?.[1]))).toBe('accepted')
})

rule('9449-8-a', 'recognises nonces of the earlier secret, when it is changed', async () => {
  const [earlier, later] = ['the earlier secret, 32 characters', 'the later secret, 32 characters..']
  const nonce = await fetchNonce(await createDpopServers({ dpop: { ...DPOP, nonceSecrets: [earlier] } }))
  servers = await createDpopServers({ dpop: { ...DPOP, nonceSecrets: [later, earlier] } })
  token = await servers.mintBound()
  expect(await verdictWith(nonce)).toBe('accepted')
  servers = await createDpopServers({ dpop: { ...DPOP, nonceSecrets: [later] } })
  token = await servers.mintBound()
  expect(await verdictWith(nonce)).toBe('ERR_PROOF_NONCE')
})
