import { expect } from '@jest/globals'
import { RefusedError, type RefusalCode } from '@bearward/core'
import { parseCompact } from '../../packages/core/src/token/compact.js'
import { putTogether, takeApart } from '../support/jws.js'
import { requestWith, verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { useServers } from '../support/servers.js'
import { useEverywhere, type Row } from './support/everywhere.js'

const everywhere = useEverywhere()
const servers = useServers()

/** Refused with this code everywhere, with nothing asked for; the good token that it was made of is accepted. */
async function expectRefused(
  spoil: (token: string) => string,
  code: RefusalCode,
  more: Pick<Row, 'byNode'> = {},
): Promise<void> {
  const twin = await everywhere().authorizationServer.mint()
  await everywhere().refuses({ attack: spoil(twin), twin, code, ...more })
}

ruleForEach(
  'SIG-02',
  {
    'a space at the end of a part': (token: string) => token.replace('.', ' .'),
    'a space at the start of a part': (token: string) => token.replace('.', '. '),
    'a space before the signature': (token: string) => token.replace(/\.([^.]*)$/, '. $1'),
    'a tab inside': (token: string) => `${token.slice(0, 9)}\t${token.slice(9)}`,
    'a no-break space inside': (token: string) => `${token.slice(0, 9)}\u00a0${token.slice(9)}`,
  },
  'refuses a token with %s',
  async (spoil) => {
    await expectRefused(spoil, 'ERR_CREDENTIALS_MALFORMED')
    const token = await servers().authorizationServer.mint()
    expect(() => parseCompact(spoil(token), 16_384)).toThrow(new RefusedError('ERR_TOKEN_MALFORMED'))
    expect(parseCompact(token, 16_384)).toMatchObject({ compact: token })
  },
)

rule('SIG-02', 'refuses a token with a line break at its end, where it gets that far', async () => {
  await expectRefused((token) => `${token}\n`, 'ERR_CREDENTIALS_MALFORMED', { byNode: 400 })
  const token = await servers().authorizationServer.mint()
  expect(() => parseCompact(`${token}\n`, 16_384)).toThrow(new RefusedError('ERR_TOKEN_MALFORMED'))
})

ruleForEach(
  'SIG-03',
  {
    'padding at its end': [(token: string) => `${token}==`, 'ERR_TOKEN_MALFORMED'],
    'padding inside': [(token: string) => token.replace('.', '=.'), 'ERR_CREDENTIALS_MALFORMED'],
    'a plus sign': [(token: string) => token.replace(/.$/, '+'), 'ERR_TOKEN_MALFORMED'],
    'a slash': [(token: string) => token.replace(/.$/, '/'), 'ERR_TOKEN_MALFORMED'],
    'a tilde': [(token: string) => token.replace(/.$/, '~'), 'ERR_TOKEN_MALFORMED'],
  } as const,
  'refuses a token with %s',
  ([spoil, code]) => expectRefused(spoil, code),
)

ruleForEach(
  'SIG-05',
  {
    'one part': [(token: string) => token.replaceAll('.', ''), 'ERR_TOKEN_MALFORMED'],
    'two parts': [(token: string) => token.replace(/\.[^.]*$/, ''), 'ERR_TOKEN_MALFORMED'],
    'four parts': [(token: string) => `${token}.x`, 'ERR_TOKEN_MALFORMED'],
    'five parts': [(token: string) => `${token}.x.x`, 'ERR_TOKEN_ENCRYPTED'],
    'six parts': [(token: string) => `${token}.x.x.x`, 'ERR_TOKEN_MALFORMED'],
    'three empty parts': [() => '..', 'ERR_TOKEN_MALFORMED'],
    'four empty parts': [() => '...', 'ERR_TOKEN_MALFORMED'],
    'a dot before it': [(token: string) => `.${token}`, 'ERR_TOKEN_MALFORMED'],
    'a dot after it': [(token: string) => `${token}.`, 'ERR_TOKEN_MALFORMED'],
    '10000 dots': [() => '.'.repeat(10_000), 'ERR_TOKEN_MALFORMED'],
    '100000 dots': [() => '.'.repeat(100_000), 'ERR_TOKEN_TOO_LARGE'],
  } as const,
  'refuses a token with %s',
  ([spoil, code]) => expectRefused(spoil, code),
)

const flatten = (token: string): string => {
  const [header, payload, signature] = token.split('.')
  return JSON.stringify({ payload, protected: header, signature })
}

ruleForEach(
  'SIG-06',
  {
    'as it is': [flatten, 'ERR_CREDENTIALS_MALFORMED'],
    'in base64url': [
      (token: string) => Buffer.from(flatten(token)).toString('base64url'),
      'ERR_TOKEN_MALFORMED',
    ],
    'in base64': [(token: string) => Buffer.from(flatten(token)).toString('base64'), 'ERR_TOKEN_MALFORMED'],
  } as const,
  'refuses a good token in JSON serialization, %s',
  ([spoil, code]) => expectRefused(spoil, code),
)

ruleForEach(
  'SIG-07',
  {
    'in an unprotected header': (token: string) => `{"payload":"e30","header":{"x":"${token}"}}`,
    'in a member after it': (token: string) => `{"${token}":"","payload":"e30"}`,
    'around it': (token: string) => `  {"protected":"${token.replaceAll('.', '","x":"')}"}`,
  },
  'refuses text that is JSON and holds a compact token %s, wherever it is read from',
  async (wrap) => {
    await expectRefused(wrap, 'ERR_CREDENTIALS_MALFORMED')
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ readAccessToken: (request) => request.fieldValues('x-token')[0] })
    const token = await authorizationServer.mint()
    const verdict = (value: string): Promise<string> =>
      verdictOn(resourceServer, requestWith({ 'X-Token': value }))
    expect(await verdict(wrap(token))).toBe('ERR_CREDENTIALS_MALFORMED')
    expect(await verdict(token)).toBe('accepted')
    expect(() => parseCompact(wrap(token), 16_384)).toThrow(new RefusedError('ERR_TOKEN_MALFORMED'))
  },
)

ruleForEach(
  'SIG-08',
  { nothing: '', 'a list': '[]', 'a string': '"x"', 'a number': '1', null: 'null', true: 'true' },
  'refuses a token whose header is %s',
  (header) =>
    expectRefused((token) => {
      const { payload, signature } = takeApart(token)
      return putTogether(header, payload, signature)
    }, 'ERR_TOKEN_MALFORMED'),
)

rule('SIG-08', 'refuses a token whose header is an empty object', async () => {
  await expectRefused((token) => {
    const { payload, signature } = takeApart(token)
    return putTogether({}, payload, signature)
  }, 'ERR_TOKEN_TYPE')
})

ruleForEach(
  'SIG-09',
  {
    'an opaque token': ['mF_9.B5f-4.1JqM', 'ERR_TOKEN_MALFORMED'],
    'a random string': ['2YotnFZFEjr1zCsicMWpAA', 'ERR_TOKEN_MALFORMED'],
    'one character': ['a', 'ERR_TOKEN_MALFORMED'],
    undefined: ['undefined', 'ERR_TOKEN_MALFORMED'],
    null: ['null', 'ERR_TOKEN_MALFORMED'],
    'the text of an object': ['[object Object]', 'ERR_CREDENTIALS_MALFORMED'],
    'a template that nobody filled in': ['{{token}}', 'ERR_CREDENTIALS_MALFORMED'],
  } as const,
  'refuses %s in place of a JWT',
  ([token, code]) => expectRefused(() => token, code),
)

ruleForEach(
  'SIG-11',
  { JWT: 'JWT', 'application/jwt': 'application/jwt' },
  'refuses a token that is wrapped in a well-signed one with cty %s',
  async (cty) => {
    const { authorizationServer, resourceServer } = servers()
    const inner = await authorizationServer.mint({}, { signature: 'none' })
    const good = await authorizationServer.mint()
    const wrapped = await authorizationServer.mint({}, { header: { cty }, payload: inner })
    expect(await verdictOn(resourceServer, wrapped)).toBe('ERR_TOKEN_MALFORMED')
    const claimed = await authorizationServer.mint({ jwt: inner }, { header: { cty } })
    expect(await verdictOn(resourceServer, claimed)).toBe('ERR_TOKEN_HEADER')
    const untold = await authorizationServer.mint({}, { payload: good })
    expect(await verdictOn(resourceServer, untold)).toBe('ERR_TOKEN_MALFORMED')
    expect(await verdictOn(resourceServer, good)).toBe('accepted')
  },
)

ruleForEach(
  'SIG-12',
  {
    'a full-width letter': ['ａ', {}],
    'a letter with an accent': ['\u00e9', {}],
    'a NUL': ['\0', { byNode: 400 }],
    'the byte 0x80': ['\u0080', {}],
    'the byte 0xFF': ['\u00ff', {}],
    'half a character': ['\ud800', {}],
    'the dotless i': ['ı', {}],
    'the Kelvin sign': ['\u212a', {}],
  } as const,
  'refuses a token with %s in any part',
  async ([character, more]) => {
    for (const position of [3, 200, -3]) {
      await expectRefused(
        (token) => token.slice(0, position) + character + token.slice(position),
        'ERR_CREDENTIALS_MALFORMED',
        more,
      )
    }
  },
)
