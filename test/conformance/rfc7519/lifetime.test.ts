import { expect } from '@jest/globals'
import { createManualClock } from '../../support/manual-clock.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'
import { optionAtFault } from '../../support/configuration.js'
import { verdictsOn } from '../../support/verdicts.js'

const NOW = 1_800_000_000
const clock = createManualClock(NOW)
const servers = useServers({ algorithms: ['ES256'], clock })

/** The verdict at `NOW` on a token with these claims. */
async function verdictAt(
  clockTolerance: number | undefined,
  claims: Record<string, unknown>,
): Promise<string> {
  const { authorizationServer, protect } = servers()
  const resourceServer = protect({ clock, ...(clockTolerance !== undefined && { clockTolerance }) })
  return verdictOn(resourceServer, await authorizationServer.mint(claims))
}

ruleForEach(
  '7519-4.1.4-a',
  {
    'a second before exp': [NOW + 1, 'accepted'],
    'a fraction of a second before exp': [NOW + 0.001, 'accepted'],
    'at exp': [NOW, 'ERR_TOKEN_EXPIRED'],
    'a second after exp': [NOW - 1, 'ERR_TOKEN_EXPIRED'],
    'long after exp': [1, 'ERR_TOKEN_EXPIRED'],
  } as const,
  'judges a token strictly by exp where no clock difference is forgiven: %s',
  async ([exp, verdict]) => {
    expect(await verdictAt(0, { exp })).toBe(verdict)
  },
)

ruleForEach(
  ['7519-4.1.4-b', 'trap-json'],
  {
    'a string of digits': '1900000000',
    'a word': 'tomorrow',
    null: null,
    true: true,
    'an object': {},
    'an array': [NOW + 60],
    'a negative number': -1,
  },
  'refuses %s as exp, for its type',
  async (exp) => {
    const resourceServer = servers().protect({ clock })
    const verdicts = await verdictsOn({ ...servers(), resourceServer }, { exp })
    expect(verdicts).toEqual(['ERR_TOKEN_CLAIM_INVALID', 'accepted'])
  },
)

ruleForEach(
  ['7519-4.1.4-b', 'trap-json'],
  {
    '1e400, which JSON.parse reads as Infinity': '1e400',
    NaN: 'NaN',
    Infinity: 'Infinity',
    hexadecimal: '0x7',
  },
  'refuses an exp that no JSON number can be: %s',
  async (exp) => {
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ clock })
    const claims = JSON.stringify({ iss: authorizationServer.issuer, aud: 'https://api.example.com', exp: 0 })
    const token = await authorizationServer.mint({}, { payload: claims.replace('"exp":0', `"exp":${exp}`) })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_MALFORMED')
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
  },
)

rule('7519-4.1.4-b', 'counts the fraction of exp', async () => {
  expect(await verdictAt(0, { exp: NOW + 0.5 })).toBe('accepted')
  expect(await verdictAt(0, { exp: NOW - 0.5 })).toBe('ERR_TOKEN_EXPIRED')
})

ruleForEach(
  '7519-4.1.4-c',
  {
    '60 seconds, exp 30 seconds ago': [60, NOW - 30, 'accepted'],
    '60 seconds, exp 59 seconds ago': [60, NOW - 59, 'accepted'],
    '60 seconds, exp 60 seconds ago': [60, NOW - 60, 'ERR_TOKEN_EXPIRED'],
    '5 seconds by default, exp 4 seconds ago': [undefined, NOW - 4, 'accepted'],
    '5 seconds by default, exp 5 seconds ago': [undefined, NOW - 5, 'ERR_TOKEN_EXPIRED'],
    '300 seconds, the most, exp 299 seconds ago': [300, NOW - 299, 'accepted'],
    '300 seconds, the most, exp 300 seconds ago': [300, NOW - 300, 'ERR_TOKEN_EXPIRED'],
  } as const,
  'forgives a clock difference as configured: %s',
  async ([clockTolerance, exp, verdict]) => {
    expect(await verdictAt(clockTolerance, { exp })).toBe(verdict)
  },
)

rule('7519-4.1.4-c', 'forgives a few minutes at the most', () => {
  const options = { issuer: 'https://as.example.com', audience: 'https://api.example.com' }
  expect(optionAtFault({ ...options, clockTolerance: 300 })).toBeUndefined()
  expect(optionAtFault({ ...options, clockTolerance: 300.5 })).toBe('clockTolerance')
  expect(optionAtFault({ ...options, clockTolerance: 600 })).toBe('clockTolerance')
})

ruleForEach(
  '7519-4.1.5-a',
  {
    'at nbf': [0, NOW, 'accepted'],
    'after nbf': [0, NOW - 1, 'accepted'],
    'at nbf 0, as old servers send it': [0, 0, 'accepted'],
    'a second before nbf': [0, NOW + 1, 'ERR_TOKEN_NOT_YET_VALID'],
    'a fraction of a second before nbf': [0, NOW + 0.5, 'ERR_TOKEN_NOT_YET_VALID'],
    '60 seconds before nbf, 60 forgiven': [60, NOW + 60, 'accepted'],
    '120 seconds before nbf, 60 forgiven': [60, NOW + 120, 'ERR_TOKEN_NOT_YET_VALID'],
  } as const,
  'judges a token by nbf: %s',
  async ([clockTolerance, nbf, verdict]) => {
    expect(await verdictAt(clockTolerance, { nbf })).toBe(verdict)
  },
)

ruleForEach(
  '7519-4.1.5-a',
  {
    'a word': 'x',
    'a string of digits': '0',
    null: null,
    false: false,
    'an array': [0],
    'a negative number': -1,
  },
  'refuses %s as nbf, for its type',
  async (nbf) => {
    expect(await verdictAt(0, { nbf })).toBe('ERR_TOKEN_CLAIM_INVALID')
    expect(await verdictAt(0, { nbf: NOW })).toBe('accepted')
  },
)
