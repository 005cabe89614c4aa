import { expect } from '@jest/globals'
import { createManualClock } from '../support/manual-clock.js'
import { requestWithToken, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { verdictsOn } from '../support/verdicts.js'
import { useEverywhere } from './support/everywhere.js'

const NOW = 1_800_000_000
const HOUR = 3600
const clock = createManualClock(NOW)
const everywhere = useEverywhere()
const servers = useServers({ algorithms: ['ES256'], clock })

/** The verdicts at `NOW` on two tokens: one with these claims, and a good one. */
function verdictsAtNow(claims: Record<string, unknown>, clockTolerance = 5): ReturnType<typeof verdictsOn> {
  const resourceServer = servers().protect({ clock, clockTolerance })
  return verdictsOn({ ...servers(), resourceServer }, claims)
}

ruleForEach(
  'TIME-01',
  {
    'expired a second ago, nothing forgiven': [NOW - 1, 0, 'ERR_TOKEN_EXPIRED'],
    'expires now, nothing forgiven': [NOW, 0, 'ERR_TOKEN_EXPIRED'],
    'expires in a moment, nothing forgiven': [NOW + 0.001, 0, 'accepted'],
    'expired before the forgiven difference': [NOW - 31, 30, 'ERR_TOKEN_EXPIRED'],
    'expired at the forgiven difference': [NOW - 30, 30, 'ERR_TOKEN_EXPIRED'],
    'expired within the forgiven difference': [NOW - 29, 30, 'accepted'],
  } as const,
  'is exact at the edge of exp: %s',
  async ([exp, clockTolerance, verdict]) => {
    expect(await verdictsAtNow({ exp }, clockTolerance)).toEqual([verdict, 'accepted'])
  },
)

ruleForEach(
  ['TIME-01', 'TIME-07'],
  {
    'expired an hour ago': [{ exp: -HOUR }, 'ERR_TOKEN_EXPIRED'],
    'expired at the forgiven difference': [{ exp: -5 }, 'ERR_TOKEN_EXPIRED'],
    'is valid in an hour': [{ nbf: HOUR }, 'ERR_TOKEN_NOT_YET_VALID'],
    'is valid in a while': [{ nbf: 7 }, 'ERR_TOKEN_NOT_YET_VALID'],
  } as const,
  'refuses everywhere a token that %s',
  async ([times, code]) => {
    const now = everywhere().clock.now()
    const claims = Object.fromEntries(Object.entries(times).map(([name, after]) => [name, now + after]))
    await everywhere().refusesClaims(claims, code)
  },
)

rule('TIME-02', 'refuses everywhere a token that never expires', async () => {
  await everywhere().refusesClaims({ exp: undefined }, 'ERR_TOKEN_CLAIM_MISSING')
  const profile = { optionalClaims: ['client_id', 'iat', 'jti', 'sub'] } as const
  await everywhere().refusesClaims({ exp: undefined }, 'ERR_TOKEN_CLAIM_MISSING', { options: { profile } })
})

const NO_TIMES = {
  'a string of digits': '1999999999',
  'a word': 'tomorrow',
  'a date': '2099-01-01T00:00:00Z',
  'an empty string': '',
  null: null,
  'an object': {},
  'an empty array': [],
  'an array of a number': [9e9],
  true: true,
  'a negative number': -1,
}

ruleForEach('TIME-03', NO_TIMES, 'refuses %s as exp', async (exp) => {
  await everywhere().refusesClaims({ exp }, 'ERR_TOKEN_CLAIM_INVALID')
})

ruleForEach('TIME-07', NO_TIMES, 'refuses %s as nbf', async (nbf) => {
  await everywhere().refusesClaims({ nbf }, 'ERR_TOKEN_CLAIM_INVALID')
})

ruleForEach('TIME-08', NO_TIMES, 'refuses %s as iat', async (iat) => {
  await everywhere().refusesClaims({ iat }, 'ERR_TOKEN_CLAIM_INVALID')
})

ruleForEach(
  'TIME-05',
  {
    milliseconds: NOW * 1000 + 60_000,
    'the year 10000': 253_402_300_800,
    '2 to the power of 53': 2 ** 53,
    'the last millisecond that a Java long can hold': 2 ** 63,
    '9e15': 9e15,
    '1e308': 1e308,
  },
  'refuses an exp past the year 9999: %s',
  async (exp) => {
    await everywhere().refusesClaims({ exp }, 'ERR_TOKEN_CLAIM_INVALID')
  },
)

rule('TIME-05', 'accepts the last exp of the year 9999', async () => {
  expect(await verdictsAtNow({ exp: 253_402_300_799 })).toEqual(['accepted', 'accepted'])
})

rule('TIME-06', 'accepts a token up to the fraction of exp, and not a moment longer', async () => {
  const { authorizationServer, protect } = servers()
  const fraction = createManualClock(NOW)
  const resourceServer = protect({ clock: fraction, clockTolerance: 0 })
  const token = await authorizationServer.mint({ exp: NOW + 0.5 })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
  fraction.advance(0.25)
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
  fraction.advance(0.25)
  expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_EXPIRED')
})

ruleForEach(
  'TIME-07',
  {
    'an hour ahead': [NOW + HOUR, 'ERR_TOKEN_NOT_YET_VALID'],
    'past the forgiven difference': [NOW + 5.001, 'ERR_TOKEN_NOT_YET_VALID'],
    'at the forgiven difference': [NOW + 5, 'accepted'],
    'in milliseconds': [NOW * 1000, 'ERR_TOKEN_CLAIM_INVALID'],
  } as const,
  'judges an nbf in the future: %s',
  async ([nbf, verdict]) => {
    expect(await verdictsAtNow({ nbf })).toEqual([verdict, 'accepted'])
  },
)

rule(
  'TIME-08',
  'refuses everywhere a token from the future, with and without a bound to its age',
  async () => {
    const now = everywhere().clock.now()
    for (const options of [{}, { maxTokenAge: HOUR }]) {
      const claims = { iat: now + 9999, exp: now + 20_000 }
      await everywhere().refusesClaims(claims, 'ERR_TOKEN_NOT_YET_VALID', { options })
    }
  },
)

rule(
  'TIME-10',
  'refuses everywhere a token that is older than is configured, and not only new ones',
  async () => {
    const now = everywhere().clock.now()
    const claims = { iat: now - HOUR - 6, exp: now + 87_600 * HOUR }
    await everywhere().refusesClaims(claims, 'ERR_TOKEN_TOO_OLD', { options: { maxTokenAge: HOUR } })
  },
)

rule('TIME-11', 'reads the wall clock for every verdict: no token outlives exp', async () => {
  const { authorizationServer, protect } = servers()
  const wall = createManualClock(NOW)
  const resourceServer = protect({ clock: wall })
  const request = requestWithToken(await authorizationServer.mint({ nbf: NOW, exp: NOW + 60 }))
  expect(await verdictOn(resourceServer, request)).toBe('accepted')
  wall.step(HOUR)
  expect(await verdictOn(resourceServer, request)).toBe('ERR_TOKEN_EXPIRED')
  wall.step(-2 * HOUR)
  expect(await verdictOn(resourceServer, request)).toBe('ERR_TOKEN_NOT_YET_VALID')
  wall.step(HOUR)
  expect(await verdictOn(resourceServer, request)).toBe('accepted')
})

rule('TIME-10', 'refuses a token that lives for years, once it is older than is configured', async () => {
  const { authorizationServer, protect } = servers()
  const years = createManualClock(NOW)
  const token = await authorizationServer.mint({ iat: NOW, exp: NOW + 87_600 * HOUR })
  const bounded = protect({ clock: years, maxTokenAge: HOUR })
  const unbounded = protect({ clock: years })
  expect(await verdictOn(bounded, token)).toBe('accepted')
  years.step(HOUR + 6)
  expect(await verdictOn(bounded, token)).toBe('ERR_TOKEN_TOO_OLD')
  expect(await verdictOn(unbounded, token)).toBe('accepted')
})
