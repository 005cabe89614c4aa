import { expect } from '@jest/globals'
import { takeApart } from '../support/jws.js'
import { judge, requestWithToken } from '../support/request.js'
import { ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

/** JSON text of good claims. */
async function goodClaims(): Promise<string> {
  return takeApart(await servers().authorizationServer.mint()).payload
}

/** Refused everywhere, though well signed, with nothing asked for; accepted without the change. */
async function expectMalformed(spoil: (claims: string) => string): Promise<void> {
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
  ['JSON-07', 'trap-json'],
  {
    'past the range of a double': before('"x":1e400'),
    'past the range, below': before('"x":-1e400'),
    'of 400 digits': before(`"x":${'9'.repeat(400)}`),
    'past the range, deep inside': before('"x":[{"y":[1e999]}]'),
    'in hexadecimal': before('"x":0x10'),
    'with a zero before it': before('"x":010'),
    'with a plus sign': before('"x":+1'),
    'with nothing before its point': before('"x":.5'),
    'with nothing after its point': before('"x":5.'),
    NaN: before('"x":NaN'),
    Infinity: before('"x":Infinity'),
    'in full-width digits': before('"x":１'),
  },
  'refuses claims with a number %s',
  expectMalformed,
)

ruleForEach(
  'JSON-07',
  {
    'a comma at their end': (claims: string) => claims.replace(/}$/, ',}'),
    'a comment': before('"x":1/**/'),
    'single quotes': before("'x':1"),
    'a name without quotes': before('x:1'),
    'a line break in a string': before('"x":"\n"'),
    'something after them': (claims: string) => `${claims}{}`,
  },
  'refuses claims with %s, which is not JSON',
  expectMalformed,
)

ruleForEach(
  'JSON-07',
  {
    'the negative zero': ['-0', -0],
    'a number too small for a double': ['1e-400', 0],
    'an integer that a double cannot hold': ['9007199254740993', 9_007_199_254_740_992],
    'the largest double': ['1.7976931348623157e308', Number.MAX_VALUE],
    'an exponent': ['1E2', 100],
  } as const,
  'reads %s as the nearest double',
  async ([text, value]) => {
    const { authorizationServer, resourceServer } = servers()
    const payload = before(`"x":${text}`)(await goodClaims())
    const outcome = await judge(
      resourceServer,
      requestWithToken(await authorizationServer.mint({}, { payload })),
    )
    expect(outcome).toMatchObject({ verdict: 'accepted', auth: { claims: { x: value } } })
  },
)
