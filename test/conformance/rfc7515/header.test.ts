import { expect } from '@jest/globals'
import { takeApart, createOwnKey, type Content } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()
const key = createOwnKey('P-256')
const GOOD = '{"alg":"ES256","typ":"at+jwt","kid":"own"}'

/** The verdicts on two tokens with the same claims and good signatures: one with this header, one with a good header. */
async function verdictsOn(header: Content): Promise<readonly [string, string]> {
  const { authorizationServer, resourceServer } = servers()
  authorizationServer.publish([key.jwk])
  const { payload } = takeApart(await authorizationServer.mint())
  return [
    await verdictOn(resourceServer, key.sign(header, payload)),
    await verdictOn(resourceServer, key.sign(GOOD, payload)),
  ]
}

ruleForEach(
  ['7515-4-a', 'trap-json'],
  {
    'alg twice, the first one bad': '{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"own"}',
    'alg twice, the last one bad': '{"alg":"ES256","alg":"none","typ":"at+jwt","kid":"own"}',
    'alg twice, the same': '{"alg":"ES256","alg":"ES256","typ":"at+jwt","kid":"own"}',
    'kid twice': '{"alg":"ES256","typ":"at+jwt","kid":"other","kid":"own"}',
    'alg twice, once escaped': '{"alg":"ES256","\\u0061lg":"ES256","typ":"at+jwt","kid":"own"}',
    '__proto__ twice': '{"alg":"ES256","typ":"at+jwt","kid":"own","__proto__":1,"__proto__":2}',
    'a name twice, deep inside': '{"alg":"ES256","typ":"at+jwt","kid":"own","x":[{"a":1,"a":1}]}',
  },
  'refuses a header with %s',
  async (header) => {
    expect(await verdictsOn(header)).toEqual(['ERR_TOKEN_MALFORMED', 'accepted'])
  },
)

ruleForEach(
  '7515-4-b',
  {
    'an unknown parameter': { 'x-foo': 1 },
    'an unknown parameter with the name of a claim': { exp: 1, iss: 'https://other.example.com' },
    'a parameter __proto__': JSON.parse('{"__proto__":{"crit":["x"]}}') as Record<string, unknown>,
    'the parameters of another kind of JWT': { enc: 'A256GCM', apu: 'x' },
  },
  'accepts a header with %s',
  async (parameters) => {
    const header = { ...(JSON.parse(GOOD) as object), ...parameters }
    expect(await verdictsOn(header)).toEqual(['accepted', 'accepted'])
  },
)

ruleForEach(
  '7515-4.1.1-a',
  {
    'no alg': '{"typ":"at+jwt","kid":"own"}',
    'an empty alg': '{"alg":"","typ":"at+jwt","kid":"own"}',
    'alg in lower case': '{"alg":"es256","typ":"at+jwt","kid":"own"}',
    'alg None': '{"alg":"None","typ":"at+jwt","kid":"own"}',
    'an unknown alg': '{"alg":"ES257","typ":"at+jwt","kid":"own"}',
    'a list as alg': '{"alg":["ES256"],"typ":"at+jwt","kid":"own"}',
    'an object as alg': '{"alg":{"ES256":"ES256"},"typ":"at+jwt","kid":"own"}',
    'null as alg': '{"alg":null,"typ":"at+jwt","kid":"own"}',
    'a number as alg': '{"alg":256,"typ":"at+jwt","kid":"own"}',
  },
  'refuses a header with %s',
  async (header) => {
    expect(await verdictsOn(header)).toEqual(['ERR_TOKEN_ALGORITHM', 'accepted'])
  },
)

const isType = async (typ: string, verdict: string): Promise<void> => {
  const header = { ...(JSON.parse(GOOD) as object), typ }
  expect(await verdictsOn(header)).toEqual([verdict, 'accepted'])
}

ruleForEach(
  '7515-4.1.9-a',
  Object.fromEntries(
    ['at+jwt', 'AT+JWT', 'at+JWT', 'application/at+jwt', 'Application/AT+JWT'].map((typ) => [typ, typ]),
  ),
  'reads typ as a media type, in any case: %s is the type of access tokens',
  (typ) => isType(typ, 'accepted'),
)

ruleForEach(
  '7515-4.1.9-a',
  Object.fromEntries(
    [
      ...['at+jwt;v=1', 'application/at+jwt;v=1', 'text/at+jwt', 'application/text/at+jwt', 'application/'],
      ...[
        'application/application/at+jwt',
        '/at+jwt',
        ' at+jwt',
        'at+jwt ',
        'at jwt',
        'x-at+jwt',
        'at+jwt\0',
        '',
      ],
    ].map((typ) => [JSON.stringify(typ), typ]),
  ),
  'reads typ as a media type: %s is another one',
  (typ) => isType(typ, 'ERR_TOKEN_TYPE'),
)

ruleForEach(
  '7515-4.1.10-a',
  { JWT: 'JWT', jwt: 'jwt', 'application/jwt': 'application/jwt', 'a list': ['JWT'], null: null, '1': 1 },
  'refuses a header with cty %s: the token in it would be another one',
  async (cty) => {
    const header = { ...(JSON.parse(GOOD) as object), cty }
    expect(await verdictsOn(header)).toEqual(['ERR_TOKEN_HEADER', 'accepted'])
  },
)

rule('7515-4.1.10-a', 'accepts a header with cty of plain JSON', async () => {
  const header = { ...(JSON.parse(GOOD) as object), cty: 'json' }
  expect(await verdictsOn(header)).toEqual(['accepted', 'accepted'])
})

const utf8 = Buffer.from(GOOD)

ruleForEach(
  ['7515-5.2-a', 'trap-text-decoder'],
  {
    'a list': '[]',
    'a list with an object': `[${GOOD}]`,
    'a string': '"x"',
    'a number': '1',
    null: 'null',
    true: 'true',
    nothing: '',
    'white space': '  ',
    'no JSON': 'alg=ES256',
    'a byte order mark before it': Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8]),
    'UTF-16': Buffer.from(GOOD, 'utf16le'),
    'a byte that is not UTF-8': Buffer.from(GOOD.replace('own', 'own\u00ff'), 'latin1'),
    'an overlong byte sequence': Buffer.from(GOOD.replace('own', 'own\u00c0\u00af'), 'latin1'),
    'half a character at its end': Buffer.concat([utf8, Buffer.from([0xe2, 0x82])]),
    'a surrogate in UTF-8': Buffer.from(GOOD.replace('own', 'own\u00ed\u00a0\u0080'), 'latin1'),
  },
  'refuses a header that is %s, well signed',
  async (header) => {
    expect(await verdictsOn(header)).toEqual(['ERR_TOKEN_MALFORMED', 'accepted'])
  },
)

ruleForEach(
  '7515-10.12-a',
  {
    'a letter': `${GOOD}x`,
    'another object': `${GOOD}{}`,
    'a NUL': `${GOOD}\0`,
    'a comma': `${GOOD},`,
    'a comment': `${GOOD}//`,
  },
  'refuses a header with %s after it',
  async (header) => {
    expect(await verdictsOn(header)).toEqual(['ERR_TOKEN_MALFORMED', 'accepted'])
  },
)

rule('7515-10.12-a', 'accepts a header with white space around it', async () => {
  expect(await verdictsOn(` \r\n\t${GOOD}\n`)).toEqual(['accepted', 'accepted'])
})
