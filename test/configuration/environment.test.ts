import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createResourceServer, type ConfigurationError } from '@bearward/core'
import { configurationErrorOf, optionAtFault } from '../support/configuration.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()
const saved = { ...process.env }
const NAMES = ['BEARWARD_ISSUER', 'BEARWARD_AUDIENCE'] as const

beforeEach(() => {
  process.env['BEARWARD_ISSUER'] = servers().authorizationServer.issuer
  process.env['BEARWARD_AUDIENCE'] = AUDIENCE
})
afterEach(() => {
  for (const name of NAMES) {
    if (saved[name] === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = saved[name]
  }
})

/** The error that is thrown where there are no options at all. */
const errorWithoutOptions = (): ConfigurationError | undefined => configurationErrorOf(undefined)

/** The verdict of a resource server without options on a token for this audience. */
async function verdictFor(aud: string): Promise<string> {
  return verdictOn(createResourceServer(), await servers().authorizationServer.mint({ aud }))
}

describe('a resource server without options', () => {
  test('takes issuer and audience from the environment', async () => {
    expect(await verdictFor(AUDIENCE)).toBe('accepted')
    expect(await verdictFor('https://other.example.com')).toBe('ERR_TOKEN_AUDIENCE')
  })

  test('takes several audiences, separated by spaces', async () => {
    process.env['BEARWARD_AUDIENCE'] = `  urn:a   ${AUDIENCE} `
    expect(await verdictFor(AUDIENCE)).toBe('accepted')
    expect(await verdictFor('urn:a')).toBe('accepted')
    expect(await verdictFor('')).toBe('ERR_TOKEN_AUDIENCE')
    expect(await verdictFor(process.env['BEARWARD_AUDIENCE'] ?? '')).toBe('ERR_TOKEN_AUDIENCE')
  })

  test('reads the environment once, when it is made', async () => {
    const resourceServer = createResourceServer()
    process.env['BEARWARD_AUDIENCE'] = 'urn:other'
    expect(await verdictOn(resourceServer, await servers().authorizationServer.mint())).toBe('accepted')
  })

  test('holds what it reads to the same rules', () => {
    process.env['BEARWARD_ISSUER'] = 'http://as.example.com'
    expect(errorWithoutOptions()?.option).toBe('issuer')
  })
})

for (const name of NAMES) {
  ruleForEach(
    'CFG-02',
    { missing: undefined, empty: '', blank: '  \t ' },
    `names ${name} where it is %s`,
    (value) => {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
      expect(errorWithoutOptions()?.option).toBe(name)
      expect(errorWithoutOptions()?.message).toBe(`${name}: set in the environment, or pass options`)
    },
  )
}

rule('CFG-02', 'names both variables where both are missing', () => {
  for (const name of NAMES) Reflect.deleteProperty(process.env, name)
  expect(errorWithoutOptions()?.message).toBe(
    'BEARWARD_ISSUER, BEARWARD_AUDIENCE: set in the environment, or pass options',
  )
})

describe('a resource server with options', () => {
  test('takes nothing from the environment', () => {
    expect(optionAtFault({ audience: AUDIENCE })).toBe('issuer')
    expect(optionAtFault({ issuer: 'https://as.example.com' })).toBe('audience')
    expect(optionAtFault({})).toBe('issuer')
  })
})
