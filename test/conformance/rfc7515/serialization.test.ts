import { expect } from '@jest/globals'
import { RefusedError } from '@bearward/core'
import { parseCompact } from '../../../packages/core/src/token/compact.js'
import { takeApart } from '../../support/jws.js'
import { verdictOn } from '../../support/request.js'
import { rule, ruleForEach } from '../../support/rule.js'
import { useServers } from '../../support/servers.js'

const servers = useServers()

/** The first, second or third part of a token, otherwise spelt. */
function respell(token: string, index: number, spell: (part: string) => string): string {
  return token
    .split('.')
    .map((part, position) => (position === index ? spell(part) : part))
    .join('.')
}

ruleForEach(
  '7515-7.1-a',
  {
    'no period': (token: string) => token.replaceAll('.', ''),
    'one period': (token: string) => token.slice(0, token.lastIndexOf('.')),
    'three periods': (token: string) => `${token}.`,
    'a period before it': (token: string) => `.${token}`,
    'five periods': (token: string) => `${token}...`,
    'as many periods as fit': () => '.'.repeat(16_384),
  },
  'refuses a token with %s, and asks for no keys',
  async (spoil) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint()
    expect(await verdictOn(resourceServer, spoil(token))).toBe('ERR_TOKEN_MALFORMED')
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)

rule('7515-7.1-a', 'refuses a token with four periods as encrypted, and asks for no keys', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint()
  expect(await verdictOn(resourceServer, `${token}..`)).toBe('ERR_TOKEN_ENCRYPTED')
  expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
})

ruleForEach(
  '7515-7.2-a',
  {
    'general JSON serialization': ([header, payload, signature]: string[]) =>
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    'flattened JSON serialization': ([header, payload, signature]: string[]) =>
      JSON.stringify({ payload, protected: header, signature }),
  },
  'refuses a good token in %s, plain and in base64url',
  async (serialize) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint()
    const json = serialize(token.split('.'))
    expect(await verdictOn(resourceServer, json)).toBe('ERR_CREDENTIALS_MALFORMED')
    const encoded = Buffer.from(json).toString('base64url')
    expect(await verdictOn(resourceServer, encoded)).toBe('ERR_TOKEN_MALFORMED')
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)

/** A spelling, and the refusal where it stands in header, payload and signature: of the credentials or of the token. */
const MISSPELLINGS: Readonly<Record<string, readonly [(part: string) => string, 'token' | 'credentials']>> = {
  'a plus sign': [(part) => `+${part.slice(1)}`, 'token'],
  'a slash': [(part) => `/${part.slice(1)}`, 'token'],
  'padding inside': [(part) => `${part}=AAA`, 'credentials'],
  'a space': [(part) => `${part.slice(0, 8)} ${part.slice(8)}`, 'credentials'],
  'a line break': [(part) => `${part}\n`, 'credentials'],
  'a tab': [(part) => `${part}\t`, 'credentials'],
  'a percent sign': [(part) => `${part}%`, 'credentials'],
  'an exclamation mark': [(part) => `${part}!`, 'credentials'],
  'a letter outside ASCII': [(part) => `${part}ａ`, 'credentials'],
}

ruleForEach(
  '7515-2-a',
  MISSPELLINGS,
  'refuses a token with %s in any part, and asks for no keys',
  async ([misspell, at]) => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint()
    for (const index of [0, 1, 2]) {
      const misspelt = respell(token, index, misspell)
      const code = at === 'token' ? 'ERR_TOKEN_MALFORMED' : 'ERR_CREDENTIALS_MALFORMED'
      expect(await verdictOn(resourceServer, misspelt)).toBe(code)
      expect(() => parseCompact(misspelt, 16_384)).toThrow(new RefusedError('ERR_TOKEN_MALFORMED'))
    }
    expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)

rule(
  ['7515-2-a', 'trap-base64url'],
  'refuses padding and white space, which the decoder of Node.js overlooks',
  async () => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint()
    for (const suffix of ['=', '==', '\n', ' ', '!']) {
      expect(takeApart(token + suffix)).toEqual(takeApart(token))
      expect(() => parseCompact(token + suffix, 16_384)).toThrow(new RefusedError('ERR_TOKEN_MALFORMED'))
    }
    expect(await verdictOn(resourceServer, `${token}=`)).toBe('ERR_TOKEN_MALFORMED')
    expect(await verdictOn(resourceServer, `${token}\n`)).toBe('ERR_CREDENTIALS_MALFORMED')
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)

rule(
  ['7515-2-b', 'trap-base64url'],
  'refuses another spelling of the same signature: one token, one string',
  async () => {
    const { authorizationServer, resourceServer } = servers()
    const token = await authorizationServer.mint()
    // 64 bytes are 86 characters, the last of which has four spare bits.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(token.slice(-1))
    for (let spare = 1; spare < 16; spare += 1) {
      const respelt = token.slice(0, -1) + alphabet.charAt(last + spare)
      expect(takeApart(respelt).signature).toEqual(takeApart(token).signature)
      expect(await verdictOn(resourceServer, respelt)).toBe('ERR_TOKEN_MALFORMED')
    }
    expect(await verdictOn(resourceServer, token)).toBe('accepted')
  },
)

rule('7515-2-b', 'refuses a part of a length that no bytes have', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = await authorizationServer.mint()
  const tooLong = respell(token, 2, (signature) => signature + 'AAA') // 86 + 3 = 4 · 22 + 1
  expect(await verdictOn(resourceServer, tooLong)).toBe('ERR_TOKEN_MALFORMED')
  expect(await verdictOn(resourceServer, token)).toBe('accepted')
})

rule('7515-impl-a', 'refuses a token past 16384 characters before anything of it is looked at', async () => {
  const { authorizationServer, resourceServer } = servers()
  const empty = await authorizationServer.mint({ filler: '' })
  const filler = 'x'.repeat(Math.floor(((16_384 - empty.length) * 3) / 4))
  const large = await authorizationServer.mint({ filler })
  const tooLarge = await authorizationServer.mint({ filler: `${filler}xxxx` })
  expect(large.length).toBeLessThanOrEqual(16_384)
  expect(tooLarge.length).toBeGreaterThan(16_384)
  expect(await verdictOn(resourceServer, tooLarge)).toBe('ERR_TOKEN_TOO_LARGE')
  expect(await verdictOn(resourceServer, 'x'.repeat(16_385))).toBe('ERR_TOKEN_TOO_LARGE')
  expect(authorizationServer.requests).toMatchObject({ metadata: 0, jwks: 0 })
  expect(await verdictOn(resourceServer, large)).toBe('accepted')
})

rule('7515-impl-a', 'takes another limit from the options', async () => {
  const { authorizationServer, protect } = servers()
  const token = await authorizationServer.mint()
  expect(await verdictOn(protect({ maxTokenSize: token.length - 1 }), token)).toBe('ERR_TOKEN_TOO_LARGE')
  expect(await verdictOn(protect({ maxTokenSize: token.length }), token)).toBe('accepted')
})
