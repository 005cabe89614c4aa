import { readFileSync } from 'node:fs'
import { expect } from '@jest/globals'
import { ConfigurationError, createResourceServer } from '@bearward/core'
import { requireToken as requireTokenInExpress } from '@bearward/express'
import { requireToken as requireTokenInKoa } from '@bearward/koa'
import { optionAtFault } from '../support/configuration.js'
import { createManualClock } from '../support/manual-clock.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()
const options = { issuer: 'https://as.example.com', audience: AUDIENCE }

ruleForEach(
  'CFG-01',
  {
    issuer: { issuer: 'http://as.example.com' },
    jwksUri: { jwksUri: 'http://as.example.com/jwks' },
    internalOrigin: { internalOrigin: 'http://keycloak:8080' },
  },
  'needs an explicit word for plain http to another machine: %s',
  (address) => {
    const [name] = Object.keys(address)
    expect(optionAtFault({ ...options, ...address })).toBe(name)
    expect(optionAtFault({ ...options, ...address, dangerouslyAllowHttp: false })).toBe(name)
    expect(optionAtFault({ ...options, ...address, dangerouslyAllowHttp: 'true' })).toBe(
      'dangerouslyAllowHttp',
    )
    expect(optionAtFault({ ...options, ...address, dangerouslyAllowHttp: true })).toBeUndefined()
    expect(optionAtFault(options)).toBeUndefined()
  },
)

ruleForEach(
  'CFG-02',
  {
    'an empty issuer': [{ ...options, issuer: '' }, 'issuer'],
    'an undefined issuer': [{ ...options, issuer: undefined }, 'issuer'],
    'an empty audience': [{ ...options, audience: '' }, 'audience'],
    'an undefined audience': [{ ...options, audience: undefined }, 'audience'],
    'a list of an undefined audience': [{ ...options, audience: [undefined] }, 'audience'],
    'the text "undefined" as issuer': [{ ...options, issuer: 'undefined' }, 'issuer'],
    'no options at all in an object': [{}, 'issuer'],
  } as const,
  'is not made from what an empty environment leaves: %s',
  ([given, name]) => {
    expect(optionAtFault(given)).toBe(name)
    expect(optionAtFault(options)).toBeUndefined()
  },
)

ruleForEach(
  'CFG-03',
  {
    createResourceServer,
    'requireToken of Express': requireTokenInExpress,
    'requireToken of Koa': requireTokenInKoa,
  },
  'throws at once, and leaves nothing that could be used: %s',
  (make: (given: typeof options) => unknown) => {
    expect(() => make({ ...options, issuer: '' })).toThrow(ConfigurationError)
    expect(() => make({ ...options, audience: '' })).toThrow(ConfigurationError)
    expect(make(options)).toBeDefined()
  },
)

const FLOORS = { core: { jose: [6, 2, 10] }, testing: { jose: [6, 2, 10] } }

ruleForEach('CFG-07', FLOORS, 'depends on no version with a known weakness: @bearward/%s', (floors) => {
  const [name] = Object.entries(FLOORS).find(([, value]) => value === floors) ?? []
  const path = new URL(`../../packages/${name ?? ''}/package.json`, import.meta.url)
  const { dependencies } = JSON.parse(readFileSync(path, 'utf8')) as { dependencies: Record<string, string> }
  for (const [dependency, floor] of Object.entries(floors)) {
    const [lowest = []] = [
      /^\^(\d+)\.(\d+)\.(\d+)$/
        .exec(dependencies[dependency] ?? '')
        ?.slice(1)
        .map(Number),
    ]
    const difference = floor.map((part, index) => (lowest[index] ?? 0) - part).find((part) => part !== 0) ?? 0
    expect(difference).toBeGreaterThanOrEqual(0)
  }
})

const clock = createManualClock()

ruleForEach(
  'CFG-08',
  {
    'counts milliseconds': { ...clock, now: () => Date.now() },
    'tells no time': { ...clock, now: () => NaN },
    'tells the time in words': { ...clock, now: () => '1800000000' },
    'stands before 1970': { ...clock, now: () => -1 },
    'has no monotonic time': { ...clock, monotonic: undefined },
    'has no timers': { now: clock.now, monotonic: clock.monotonic },
    'is a function': () => 1_800_000_000,
    'is a number': 1_800_000_000,
  },
  'takes no clock that %s',
  (value) => {
    expect(optionAtFault({ ...options, clock: value })).toBe('clock')
    expect(optionAtFault({ ...options, clock })).toBeUndefined()
  },
)

rule('CFG-08', 'accepts no token by a clock that stops telling the time', async () => {
  const { authorizationServer, protect } = servers()
  let isBroken = false
  const resourceServer = protect({ clock: { ...clock, now: () => (isBroken ? NaN : clock.now()) } })
  const token = await authorizationServer.mint()
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
  isBroken = true
  expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_EXPIRED')
})
