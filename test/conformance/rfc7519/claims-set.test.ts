import { expect } from '@jest/globals'
import type { MintOptions } from '@bearward/testing'
import { takeApart } from '../../support/jws.js'
import { judge, requestWithToken, verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

/** The verdicts on two tokens with good signatures: one with a changed payload, and one with the good payload. */
async function verdictsOn(
  change: (payload: string) => string | Uint8Array,
  options: MintOptions = {},
): Promise<readonly [string, string]> {
  const { authorizationServer, resourceServer } = servers()
  const { payload } = takeApart(await authorizationServer.mint())
  const changed = await authorizationServer.mint({}, { ...options, payload: change(payload) })
  const same = await authorizationServer.mint({}, { payload })
  return [await verdictOn(resourceServer, changed), await verdictOn(resourceServer, same)]
}

const before = (member: string) => (payload: string) => payload.replace('{', `{${member},`)
const after = (member: string) => (payload: string) => payload.replace(/\}$/, `,${member}}`)

ruleForEach(
  ['7519-4-a', 'trap-json'],
  {
    'an audience of another before ours': before('"aud":"evil"'),
    'an audience of another after ours': after('"aud":"evil"'),
    'the same audience twice': after('"aud":"https://api.example.com"'),
    'exp twice': after('"exp":9999999999'),
    'exp twice, once escaped': after('"\\u0065xp":9999999999'),
    'a claim twice, deep inside': after('"act":{"sub":"a","sub":"b"}'),
    '__proto__ twice': after('"__proto__":1,"__proto__":2'),
  },
  'refuses a token with %s',
  async (change) => {
    expect(await verdictsOn(change)).toEqual(['ERR_TOKEN_MALFORMED', 'accepted'])
  },
)

ruleForEach(
  ['7519-7.2-a', 'trap-text-decoder'],
  {
    'an empty array': () => '[]',
    'an array with the claims': (payload: string) => `[${payload}]`,
    'a string': () => '"x"',
    null: () => 'null',
    'a number': () => '123',
    true: () => 'true',
    nothing: () => '',
    'the claims and a byte behind them': (payload: string) => `${payload}x`,
    'the claims twice': (payload: string) => payload + payload,
    'claims that break off': (payload: string) => payload.slice(0, -1),
    'a byte order mark and the claims': (payload: string) => `\uFEFF${payload}`,
    'the claims in UTF-16': (payload: string) => Buffer.from(payload, 'utf16le'),
    'a byte that is not UTF-8': (payload: string) =>
      Buffer.concat([Buffer.from(payload.replace(/\}$/, ',"x":"')), Buffer.from([0xff]), Buffer.from('"}')]),
  },
  'refuses a payload that is not the one JSON object of the claims: %s',
  async (change) => {
    expect(await verdictsOn(change)).toEqual(['ERR_TOKEN_MALFORMED', 'accepted'])
  },
)

rule('7519-7.2-a', 'reads claims with white space, escapes and letters of every alphabet', async () => {
  const change = after(' "name" : "\\u00e9\\n" ,\r\n\t"city":"Zürich 東京 \u{1F43B}"')
  expect(await verdictsOn(change)).toEqual(['accepted', 'accepted'])
})

rule('7519-7.2-b', 'refuses a nested JWT, although inner and outer signatures are good', async () => {
  const inner = await servers().authorizationServer.mint()
  const header = { cty: 'JWT' }
  expect(await verdictsOn(() => inner, { header })).toEqual(['ERR_TOKEN_MALFORMED', 'accepted'])
})

ruleForEach(
  '7519-7.2-b',
  { JWT: 'JWT', jwt: 'jwt', 'application/jwt': 'application/jwt', 'a number': 1, null: null },
  'refuses good claims under a header that calls them a nested JWT: cty %s',
  async (cty) => {
    expect(await verdictsOn((payload) => payload, { header: { cty } })).toEqual([
      'ERR_TOKEN_HEADER',
      'accepted',
    ])
  },
)

rule('7519-6-a', 'refuses an unsecured JWT: the example of RFC 7515, A.5', async () => {
  const { resourceServer, authorizationServer } = servers()
  const example =
    'eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.'
  expect(await verdictOn(resourceServer, example)).toBe('ERR_TOKEN_ISSUER')
  const unsecured = await authorizationServer.mint({}, { signature: 'none' })
  expect(await verdictOn(resourceServer, unsecured)).toBe('ERR_TOKEN_ALGORITHM')
  expect(await verdictOn(resourceServer, await authorizationServer.mint())).toBe('accepted')
})

rule(
  ['7519-impl-a', 'trap-json'],
  'takes claims named like members of every object as plain data',
  async () => {
    const { authorizationServer, resourceServer } = servers()
    const { payload } = takeApart(await authorizationServer.mint())
    const odd = '"__proto__":{"admin":true,"nbf":9999999999},"constructor":{"prototype":{}},"toString":"x"'
    const token = await authorizationServer.mint({}, { payload: after(odd)(payload) })
    const verdict = await judge(resourceServer, requestWithToken(token))
    const claims = verdict.verdict === 'accepted' ? verdict.auth.claims : undefined
    expect(Object.keys(claims ?? {})).toEqual(
      expect.arrayContaining(['__proto__', 'constructor', 'toString', 'sub']),
    )
    expect(claims?.['admin']).toBeUndefined()
    expect(claims?.nbf).toBeUndefined()
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  },
)

rule('7519-impl-a', 'does not take a required claim from __proto__', async () => {
  const change = (payload: string): string =>
    payload.replace('"sub":"client"', '"__proto__":{"sub":"client"}')
  expect(await verdictsOn(change)).toEqual(['ERR_TOKEN_CLAIM_MISSING', 'accepted'])
})
