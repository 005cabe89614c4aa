import { afterAll, expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { startAuthorizationServer } from '@bearward/testing'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()
const other = await startAuthorizationServer({ algorithms: ['ES256'] })
afterAll(() => other.close())

const NO_AUDIENCES: Readonly<Record<string, unknown>> = {
  'an object': {},
  'an array of an array': [[AUDIENCE]],
  'an object like an array': { 0: AUDIENCE, length: 1 },
  'an object that prints as the audience': { toString: AUDIENCE },
  'a number': 1,
  true: true,
  null: null,
  'an empty array': [],
  'an array with null and the audience': [null, AUDIENCE],
  'an array with a number and the audience': [0, AUDIENCE],
}

ruleForEach('CLAIM-04', NO_AUDIENCES, 'refuses %s as audience', async (aud) => {
  await everywhere().refusesClaims({ aud }, 'ERR_TOKEN_CLAIM_INVALID')
})

ruleForEach(
  'CLAIM-14',
  Object.fromEntries(['constructor', 'toString', 'hasOwnProperty', '__proto__'].map((name) => [name, name])),
  'does not find a required claim %s in what every object inherits',
  async (name) => {
    const requiredClaims = JSON.parse(`{"${name}":"x"}`) as Record<string, string>
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ profile: { requiredClaims } })
    const claims = JSON.parse(`{"${name}":"x"}`) as Record<string, unknown>
    const without = await authorizationServer.mint()
    const [, payload = ''] = without.split('.')
    const text = Buffer.from(payload, 'base64url')
      .toString()
      .replace('{', `${JSON.stringify(claims).slice(0, -1)},`)
    const having = await authorizationServer.mint({}, { payload: text })
    expect(await verdictOn(resourceServer, without)).toBe('ERR_TOKEN_CLAIM_INVALID')
    expect(await verdictOn(resourceServer, having)).toBe('accepted')
  },
)

ruleForEach(
  'CLAIM-14',
  { 'the client': { clientIdClaim: 'constructor' }, 'the scopes': { scopesFrom: 'constructor' } },
  'does not find %s in what every object inherits',
  async (profile) => {
    const { authorizationServer, protect } = servers()
    const token = await authorizationServer.mint()
    const verdict = await judge(protect({ profile }), requestWithToken(token))
    const found = verdict.verdict === 'accepted' ? [...verdict.auth.scopes] : [verdict.error.code]
    expect(found).toEqual('clientIdClaim' in profile ? ['ERR_TOKEN_CLAIM_MISSING'] : [])
  },
)

const CONFUSING = {
  'a number': 1,
  'an object': { id: 'admin' },
  'an array': ['admin'],
  'an empty string': '',
  null: null,
  true: true,
}

for (const name of ['sub', 'client_id', 'jti'] as const) {
  ruleForEach('CLAIM-15', CONFUSING, `refuses %s as ${name}`, async (value) => {
    await everywhere().refusesClaims({ [name]: value }, 'ERR_TOKEN_CLAIM_INVALID')
  })
}

ruleForEach('CLAIM-15', CONFUSING, 'refuses %s as client where another claim names it', async (azp) => {
  const { authorizationServer, protect } = servers()
  const resourceServer = protect({ profile: { clientIdClaim: ['azp', 'client_id'] } })
  const bad = await authorizationServer.mint({ azp })
  const good = await authorizationServer.mint({ azp: 'client' })
  expect(await verdictOn(resourceServer, bad)).toBe('ERR_TOKEN_CLAIM_INVALID')
  expect(await verdictOn(resourceServer, good)).toBe('accepted')
})

rule('CLAIM-16', 'says of whom the subject is, so that nobody becomes somebody else', async () => {
  const { authorizationServer } = servers()
  const resourceServer = createResourceServer({
    audience: AUDIENCE,
    authorizationServers: [{ issuer: authorizationServer.issuer }, { issuer: other.issuer }],
  })
  const tokens = await Promise.all([authorizationServer, other].map(({ mint }) => mint({ sub: 'alice' })))
  for (const token of [...tokens, ...tokens]) {
    const auth = await resourceServer.authenticate(requestWithToken(token))
    expect(auth.subject).toBe('alice')
    expect(auth.issuer).toBe(token === tokens[0] ? authorizationServer.issuer : other.issuer)
    expect(auth.claims.iss).toBe(auth.issuer)
  }
})
