import { expect } from '@jest/globals'
import { createOwnKey, putTogether, takeApart } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

/** Refused with these header parameters although well signed, with no key asked for; accepted without them. */
async function expectRefusedHeader(
  parameters: Readonly<Record<string, unknown>>,
  claims = {},
): Promise<void> {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint(claims, { header: parameters })
  expect(await verdictOn(resourceServer, token)).toBe('ERR_TOKEN_HEADER')
  expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
}

ruleForEach(
  ['7515-4.1.11-a', 'HDR-01', 'HDR-03'],
  {
    'an unknown parameter': { crit: ['x-policy'], 'x-policy': 1 },
    'an unknown parameter with a URI as its name': {
      crit: ['http://example.com/UNDEFINED'],
      'http://example.com/UNDEFINED': true,
    },
    'a parameter with the name of a claim': { crit: ['exp'], exp: 9_999_999_999 },
    'a parameter of another specification': { crit: ['b64'], b64: false },
    'b64, though it changes nothing': { crit: ['b64'], b64: true },
    'one known and one unknown parameter': { crit: ['b64', 'x'], b64: true, x: 1 },
  },
  'refuses a header that calls %s critical',
  (parameters) => expectRefusedHeader(parameters),
)

rule('HDR-03', 'refuses an expired token whose header holds a later exp, called critical', async () => {
  await expectRefusedHeader({ crit: ['exp'], exp: 9_999_999_999 }, { exp: 1 })
})

ruleForEach(
  ['7515-4.1.11-b', 'HDR-02'],
  {
    'an unknown parameter': { crit: ['x'] },
    'a known parameter': { crit: ['b64'] },
    'what every object inherits': { crit: ['constructor'] },
    __proto__: { crit: ['__proto__'] },
  },
  'refuses a header that calls %s critical without having it',
  (parameters) => expectRefusedHeader(parameters),
)

ruleForEach(
  ['7515-4.1.11-c', 'HDR-02'],
  {
    'an empty list': { crit: [] },
    'a string': { crit: 'b64', b64: true },
    null: { crit: null },
    false: { crit: false },
    'an object': { crit: { exp: true } },
    'a list with a registered parameter': { crit: ['alg'] },
    'a list with crit itself': { crit: ['crit'] },
    'a list with a name twice': { crit: ['x', 'x'], x: 1 },
    'a list with a number': { crit: [1], 1: 1 },
    'a list with an empty name': { crit: [''], '': 1 },
    'a list with null': { crit: [null] },
  },
  'refuses %s as crit',
  (parameters) => expectRefusedHeader(parameters),
)

ruleForEach(
  ['7797-7-a', 'HDR-04'],
  {
    'b64 false, called critical': { b64: false, crit: ['b64'] },
    'b64 false': { b64: false },
    'b64 true': { b64: true },
    'b64 of another type': { b64: 'false' },
  },
  'refuses a header with %s',
  (parameters) => expectRefusedHeader(parameters),
)

rule(['7797-7-a', 'HDR-04'], 'refuses a token whose payload is not encoded, as b64 says', async () => {
  const { authorizationServer, resourceServer } = servers()
  const own = createOwnKey('P-256')
  authorizationServer.publish([own.jwk])
  const { payload } = takeApart(await authorizationServer.mint())
  const header = { alg: 'ES256', typ: 'at+jwt', kid: 'own', b64: false, crit: ['b64'] }
  const [encoded] = putTogether(header, '', '').split('.')
  const plain = `${String(encoded)}.${payload}.${'A'.repeat(86)}`
  expect(await verdictOn(resourceServer, plain)).toBe('ERR_CREDENTIALS_MALFORMED')
  const detached = `${String(encoded)}..${'A'.repeat(86)}`
  expect(await verdictOn(resourceServer, detached)).toBe('ERR_TOKEN_MALFORMED')
  expect(await verdictOn(resourceServer, await own.mint(authorizationServer))).toBe('accepted')
})
