import { expect } from '@jest/globals'
import { createResourceServer } from '@bearward/core'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { AUDIENCE, useServers } from '../../support/servers.js'
import { verdictsOn } from '../../support/verdicts.js'

const servers = useServers()
const OTHER = 'https://other.example.com'

ruleForEach(
  '7519-4.1.3-a',
  {
    'as a string': AUDIENCE,
    'as the only member of an array': [AUDIENCE],
    'as the first member of an array': [AUDIENCE, OTHER],
    'as the last member of an array': [OTHER, 'urn:example:api', AUDIENCE],
  },
  'accepts a token that has the audience %s',
  async (aud) => {
    const { authorizationServer, resourceServer } = servers()
    expect(await verdictOn(resourceServer, await authorizationServer.mint({ aud }))).toBe('accepted')
  },
)

rule('7519-4.1.3-a', 'accepts each of several configured audiences, and no other', async () => {
  const { authorizationServer } = servers()
  const audience = [AUDIENCE, 'urn:example:api']
  const resourceServer = createResourceServer({ issuer: authorizationServer.issuer, audience })
  for (const aud of [...audience, [OTHER, 'urn:example:api']]) {
    expect(await verdictOn(resourceServer, await authorizationServer.mint({ aud }))).toBe('accepted')
  }
  for (const aud of [OTHER, [OTHER], audience.join(' ')]) {
    const token = await authorizationServer.mint({ aud })
    expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_AUDIENCE')
  }
})

ruleForEach(
  '7519-4.1.3-b',
  {
    'the expected one with more behind it': 'rs.evil',
    'the expected one with more before it': 'my-rs',
    'a part of the expected one': 'r',
    'the expected one in upper case': 'RS',
    'the expected one and another, separated by a space': 'x rs',
    'the expected one and a space': 'rs ',
    'the expected one and a zero-width space': 'rs\u200B',
    'look-alike characters': 'r\u0455',
    'only near misses, in an array': ['rs.evil', 'RS', 'x rs', ''],
  },
  'refuses an audience that is %s',
  async (aud) => {
    const { authorizationServer } = servers()
    const resourceServer = createResourceServer({ issuer: authorizationServer.issuer, audience: 'rs' })
    const near = await authorizationServer.mint({ aud })
    const exact = await authorizationServer.mint({ aud: 'rs' })
    expect(await verdictOn(resourceServer, near)).toBe('ERR_TOKEN_AUDIENCE')
    expect(await verdictOn(resourceServer, exact)).toBe('accepted')
  },
)

ruleForEach(
  '7519-4.1.3-c',
  {
    'an array with a number and the audience': [5, AUDIENCE],
    'an array with null and the audience': [null, AUDIENCE],
    'an array in an array': [[AUDIENCE]],
    'an empty array': [],
    'an object': {},
    'an object like an array': { 0: AUDIENCE, length: 1 },
    'an object with the audience as its member': { [AUDIENCE]: true },
    null: null,
    true: true,
    'a number': 1,
  },
  'refuses %s as audience, for its type',
  async (aud) => {
    expect(await verdictsOn(servers(), { aud })).toEqual(['ERR_TOKEN_CLAIM_INVALID', 'accepted'])
  },
)

ruleForEach(
  '7519-4.1.3-c',
  { 'an empty string': '', 'an array with an empty string': [''] },
  'refuses %s as audience, since it names nobody',
  async (aud) => {
    expect(await verdictsOn(servers(), { aud })).toEqual(['ERR_TOKEN_AUDIENCE', 'accepted'])
  },
)
