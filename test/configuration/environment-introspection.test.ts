import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { toJson, useIntrospectingServers } from '../support/introspection.js'
import { configurationErrorOf, optionAtFault } from '../support/configuration.js'
import { verdictOn } from '../support/request.js'
import { ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

const servers = useIntrospectingServers()
const saved = { ...process.env }
const CLIENT_ID = 'BEARWARD_INTROSPECTION_CLIENT_ID'
const CLIENT_SECRET = 'BEARWARD_INTROSPECTION_CLIENT_SECRET'
const NAMES = ['BEARWARD_ISSUER', 'BEARWARD_AUDIENCE', CLIENT_ID, CLIENT_SECRET] as const

/** Sets a variable, or takes it away. */
function set(name: (typeof NAMES)[number], value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name)
  else process.env[name] = value
}

beforeEach(() => {
  set('BEARWARD_ISSUER', servers().authorizationServer.issuer)
  set('BEARWARD_AUDIENCE', AUDIENCE)
  set(CLIENT_ID, 'client')
  set(CLIENT_SECRET, 'secret')
})
afterEach(() => {
  for (const name of NAMES) set(name, saved[name])
})

describe('a resource server without options', () => {
  test('introspects as the client that the environment names', async () => {
    const { authorizationServer, answer, questions } = servers()
    answer(undefined)
    const resourceServer = createResourceServer()
    expect(await verdictOn(resourceServer, authorizationServer.mintOpaque())).toBe('accepted')
    expect(await verdictOn(resourceServer, 'unknown')).toBe('ERR_TOKEN_INACTIVE')
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
    const credentials = `Basic ${Buffer.from('client:secret').toString('base64')}`
    expect(questions.map(({ headers }) => headers.authorization)).toEqual([credentials, credentials])
  })

  test('cannot tell where the environment has the wrong secret', async () => {
    set(CLIENT_SECRET, 'wrong')
    const token = servers().authorizationServer.mintOpaque()
    expect(await verdictOn(createResourceServer(), token)).toBe('ERR_INTROSPECTION_REFUSED')
  })

  test('leaves out white space around the values, as files and dashboards add it', async () => {
    set(CLIENT_ID, ' client\n')
    set(CLIENT_SECRET, 'secret\r\n')
    expect(await verdictOn(createResourceServer(), servers().authorizationServer.mintOpaque())).toBe(
      'accepted',
    )
  })

  test('does not introspect where the environment names neither', async () => {
    set(CLIENT_ID, undefined)
    set(CLIENT_SECRET, undefined)
    const { authorizationServer, answer, questions } = servers()
    answer(toJson({ active: true, aud: AUDIENCE }))
    const resourceServer = createResourceServer()
    expect(await verdictOn(resourceServer, 'opaque')).toBe('ERR_TOKEN_MALFORMED')
    expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
    expect(questions).toEqual([])
  })

  test('reads the environment once, when it is made', async () => {
    const resourceServer = createResourceServer()
    set(CLIENT_SECRET, 'wrong')
    expect(await verdictOn(resourceServer, servers().authorizationServer.mintOpaque())).toBe('accepted')
  })
})

for (const [name, other] of [
  [CLIENT_ID, CLIENT_SECRET],
  [CLIENT_SECRET, CLIENT_ID],
] as const) {
  ruleForEach(
    'CFG-02',
    { missing: undefined, empty: '', blank: ' \t ' },
    `names ${name} where it is %s and the other is not`,
    (value) => {
      set(name, value)
      expect(configurationErrorOf(undefined)?.option).toBe(name)
      expect(configurationErrorOf(undefined)?.message).toBe(
        `${name}: set in the environment, or pass options`,
      )
      expect(configurationErrorOf(undefined)?.message).not.toContain(process.env[other])
      set(name, 'value')
      expect(configurationErrorOf(undefined)).toBeUndefined()
    },
  )
}

ruleForEach(
  'CFG-02',
  { empty: '', blank: '  ' },
  'names both variables where both are there, and %s',
  (value) => {
    for (const name of [CLIENT_ID, CLIENT_SECRET] as const) set(name, value)
    expect(configurationErrorOf(undefined)?.option).toBe(`${CLIENT_ID}, ${CLIENT_SECRET}`)
  },
)

test('a resource server with options takes no credentials from the environment', async () => {
  const { issuer } = servers().authorizationServer
  const resourceServer = createResourceServer({ issuer, audience: AUDIENCE })
  expect(await verdictOn(resourceServer, servers().authorizationServer.mintOpaque())).toBe(
    'ERR_TOKEN_MALFORMED',
  )
  expect(optionAtFault({ issuer, audience: AUDIENCE, introspection: {} })).toBe('introspection.clientId')
})
