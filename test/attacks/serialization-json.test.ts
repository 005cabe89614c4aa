import { expect } from '@jest/globals'
import { takeApart } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

/** JSON text of good claims. */
async function goodClaims(): Promise<string> {
  return takeApart(await servers().authorizationServer.mint()).payload
}

/** The verdict on a token with this payload and a good signature. */
async function verdictOnPayload(payload: string | Uint8Array): Promise<string> {
  const { authorizationServer, resourceServer } = servers()
  return verdictOn(resourceServer, await authorizationServer.mint({}, { payload }))
}

/** Refused everywhere, though well signed, with nothing asked for; accepted without the change. */
async function expectMalformed(spoil: (claims: string) => string | Uint8Array): Promise<void> {
  const { mint } = everywhere().authorizationServer
  const { payload } = takeApart(await mint())
  const [attack, twin] = [await mint({}, { payload: spoil(payload) }), await mint({}, { payload })]
  await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_MALFORMED' })
}

/** The claims, with these members before them. */
const before =
  (members: string) =>
  (claims: string): string =>
    claims.replace('{', `{${members},`)

ruleForEach(
  ['JSON-01', 'trap-json'],
  {
    'exp twice, the later one last': before('"exp":1'),
    'exp twice, the later one first': (claims: string) => claims.replace(/}$/, ',"exp":1}'),
    'sub twice': before('"sub":"admin"'),
    'scope twice': before('"scope":"admin"'),
    'iss twice': before('"iss":"https://other.example.com"'),
    'aud twice, the same': before('"aud":"https://api.example.com"'),
    'sub twice, once escaped': before('"\\u0073ub":"admin"'),
    '__proto__ twice': before('"__proto__":1,"__proto__":2'),
    'a member of a claim twice': before('"x":{"role":"user","role":"admin"}'),
    'a member of a claim twice, in a list': before('"x":[[{"a":1,"b":{},"a":{"b":1}}]]'),
    'an empty name twice': before('"":1,"":2'),
  },
  'refuses claims with %s',
  expectMalformed,
)

ruleForEach(
  ['JSON-01', 'trap-json'],
  {
    'a colon in a name': before('"a:b":1,"a":2'),
    'a colon and quotes in a value': before('"x":"\\":\\",\\"sub\\":\\"admin\\""'),
    'a backslash at the end of a value': before('"x":"\\\\","y":":"'),
    'the same name at several levels': before('"sub2":{"sub":"x","x":{"sub":"y"}}'),
    'the same name in several objects of a list': before('"x":[{"a":1},{"a":1}]'),
    'the same name in another case': before('"SUB":"admin"'),
    'a name __proto__': before('"__proto__":{"scope":"admin"}'),
  },
  'accepts claims with %s: nothing is there twice',
  async (change) => {
    expect(await verdictOnPayload(change(await goodClaims()))).toBe('accepted')
  },
)

ruleForEach(
  'JSON-02',
  {
    'alg twice': (header: string) => header.replace('{', '{"alg":"none",'),
    'alg twice, the bad one last': (header: string) => header.replace(/}$/, ',"alg":"none"}'),
    'kid twice': (header: string) => header.replace('{', '{"kid":"other",'),
    'typ twice': (header: string) => header.replace('{', '{"typ":"JWT",'),
    'crit twice, once empty': (header: string) => header.replace('{', '{"crit":["x"],"crit":[],'),
  },
  'refuses a header with %s',
  async (spoil) => {
    const { mint } = everywhere().authorizationServer
    const twin = await mint()
    const attack = await mint({}, { header: spoil(takeApart(twin).header) })
    await everywhere().refuses({ attack, twin, code: 'ERR_TOKEN_MALFORMED' })
  },
)

ruleForEach(
  'JSON-03',
  {
    'an empty list': () => '[]',
    'a list of claims': (claims: string) => `[${claims}]`,
    'a list with names': () => '[{"exp":1}]',
    'a string': () => '"x"',
    'a string of claims': (claims: string) => JSON.stringify(claims),
    null: () => 'null',
    'a number': () => '1',
    true: () => 'true',
    nothing: () => '',
    'plain text': () => 'Payload',
  },
  'refuses a well-signed payload that is %s',
  expectMalformed,
)

const bytes = (...values: readonly number[]): Buffer => Buffer.from(values)

/** The claims, with a claim of these bytes before them. */
const insert =
  (...values: readonly number[]) =>
  (claims: string): Buffer =>
    Buffer.concat([Buffer.from('{"x":"'), bytes(...values), Buffer.from(`",${claims.slice(1)}`)])

ruleForEach(
  ['JSON-04', 'trap-text-decoder'],
  {
    'after a byte order mark': (claims: string) => `\ufeff${claims}`,
    'in UTF-16': (claims: string) => Buffer.from(claims, 'utf16le'),
    'in UTF-16, after a byte order mark': (claims: string) => Buffer.from(`\ufeff${claims}`, 'utf16le'),
    'with a lone byte': insert(0x80),
    'with an overlong slash': insert(0xc0, 0xaf),
    'with an overlong NUL': insert(0xc0, 0x80),
    'with a surrogate in UTF-8': insert(0xed, 0xa0, 0x80),
    'with a character past the last': insert(0xf4, 0x90, 0x80, 0x80),
    'with half a character': insert(0xe2, 0x82),
    'in Latin-1': insert(0xe9),
    'with a byte after them': (claims: string) => Buffer.concat([Buffer.from(claims), bytes(0xff)]),
  },
  'refuses claims %s',
  expectMalformed,
)

rule(['JSON-04', 'trap-text-decoder'], 'reads claims in UTF-8 as they are', async () => {
  expect(await verdictOnPayload(insert(0xe2, 0x82, 0xac)(await goodClaims()))).toBe('accepted')
})
