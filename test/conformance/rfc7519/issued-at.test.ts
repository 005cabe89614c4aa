import { expect } from '@jest/globals'
import { createManualClock } from '../../support/manual-clock.js'
import { verdictOn } from '../../support/request.js'
import { ruleForEach, rule } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const NOW = 1_800_000_000
const clock = createManualClock(NOW)
const servers = useServers({ algorithms: ['ES256'], clock })

type Options = Parameters<ReturnType<typeof servers>['protect']>[0]

/** The verdict at `NOW` on a token with this `iat`. */
async function verdictAt(options: Options, iat: unknown): Promise<string> {
  const { authorizationServer, protect } = servers()
  const token = await authorizationServer.mint({ iat, exp: NOW + 100_000 })
  return verdictOn(protect({ clock, ...options }), token)
}

ruleForEach(
  '7519-4.1.6-a',
  {
    'a year': '2024',
    'a string of digits': String(NOW),
    null: null,
    true: true,
    'an array': [NOW],
    'a negative number': -1,
    milliseconds: NOW * 1000,
  },
  'refuses %s as iat',
  async (iat) => {
    expect(await verdictAt({}, iat)).toBe('ERR_TOKEN_CLAIM_INVALID')
    expect(await verdictAt({}, NOW)).toBe('accepted')
  },
)

ruleForEach(
  '7519-4.1.6-a',
  {
    'accepts a token of the greatest age': [{ maxTokenAge: 600, clockTolerance: 0 }, NOW - 600, 'accepted'],
    'refuses an older token': [{ maxTokenAge: 600, clockTolerance: 0 }, NOW - 601, 'ERR_TOKEN_TOO_OLD'],
    'forgives the clock difference': [{ maxTokenAge: 600 }, NOW - 605, 'accepted'],
    'forgives no more than that': [{ maxTokenAge: 600 }, NOW - 606, 'ERR_TOKEN_TOO_OLD'],
    'takes 0 at its word': [{ maxTokenAge: 0, clockTolerance: 0 }, NOW - 1, 'ERR_TOKEN_TOO_OLD'],
    'accepts at 0 what was issued just now': [{ maxTokenAge: 0, clockTolerance: 0 }, NOW, 'accepted'],
  } as const,
  'bounds the age of tokens where that is configured: %s',
  async ([options, iat, verdict]) => {
    expect(await verdictAt(options, iat)).toBe(verdict)
  },
)

rule('7519-4.1.6-a', 'sets no bound to the age of tokens but exp where none is configured', async () => {
  expect(await verdictAt({}, NOW - 99_999)).toBe('accepted')
  expect(await verdictAt({}, 0)).toBe('accepted')
})

rule('7519-4.1.6-a', 'cannot bound the age of a token without iat, so refuses it', async () => {
  const profile = { optionalClaims: ['iat'] } as const
  expect(await verdictAt({ profile, maxTokenAge: 600 }, undefined)).toBe('ERR_TOKEN_CLAIM_MISSING')
  expect(await verdictAt({ profile, maxTokenAge: 600 }, NOW)).toBe('accepted')
  expect(await verdictAt({ profile }, undefined)).toBe('accepted')
})

ruleForEach(
  '7519-4.1.6-b',
  {
    '60 seconds ahead': [{}, NOW + 60, 'accepted'],
    '61 seconds ahead': [{}, NOW + 61, 'ERR_TOKEN_NOT_YET_VALID'],
    'an hour ahead': [{}, NOW + 3600, 'ERR_TOKEN_NOT_YET_VALID'],
    '60 seconds ahead, with no clock difference forgiven': [{ clockTolerance: 0 }, NOW + 60, 'accepted'],
    '61 seconds ahead, with no clock difference forgiven': [
      { clockTolerance: 0 },
      NOW + 61,
      'ERR_TOKEN_NOT_YET_VALID',
    ],
    '300 seconds ahead, with 300 forgiven': [{ clockTolerance: 300 }, NOW + 300, 'accepted'],
    '301 seconds ahead, with 300 forgiven': [{ clockTolerance: 300 }, NOW + 301, 'ERR_TOKEN_NOT_YET_VALID'],
  } as const,
  'judges an iat in the future: %s',
  async ([options, iat, verdict]) => {
    expect(await verdictAt(options, iat)).toBe(verdict)
  },
)
