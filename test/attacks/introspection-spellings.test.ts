import { expect } from '@jest/globals'
import { createIntrospectingServers } from '../support/introspection.js'
import { putTogether, takeApart } from '../support/jws.js'
import { rule, ruleForEach } from '../support/rule.js'

const HEADER = { typ: 'JWT' }

/** Ways to write a JWT that a strict parser does not take, and a lenient one may. */
const SPELLINGS: Readonly<Record<string, (jwt: string) => string>> = {
  'as it is': (jwt) => jwt,
  'with padding': (jwt) => `${jwt}=`,
  'with more padding': (jwt) => `${jwt}==`,
  'with a dot at its end': (jwt) => `${jwt}.`,
  'with two dots at its end': (jwt) => `${jwt}..`,
  'with three dots at its end': (jwt) => `${jwt}...`,
  'with a fourth part': (jwt) => `${jwt}.a`,
  'with a fourth and a fifth part': (jwt) => `${jwt}.a.a`,
  'with another last character of the same meaning': (jwt) => jwt.replace(/.$/, respell),
  'with the standard alphabet in its signature': (jwt) => jwt.replace(/[^.]+$/, (part) => `${part}+/`),
  'without its signature': (jwt) => jwt.replace(/[^.]+$/, ''),
  'without its signature and its last dot': (jwt) => jwt.replace(/\.[^.]+$/, ''),
  'with a claim twice': (jwt) => {
    const { header, payload, signature } = takeApart(jwt)
    return putTogether(header, payload.replace('{', '{"sub":"admin",'), signature)
  },
}

/** The character that differs from a last one of a part in bits that mean nothing. */
function respell(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) ^ 1] ?? ''
}

ruleForEach(
  ['CLAIM-11', 'SIG-10', 'INTRO-20'],
  SPELLINGS,
  'refuses a JWT that is no access token, and does not ask about it, when it comes %s',
  async (spell) => {
    const { authorizationServer, mint, verdictOn, asked } = await createIntrospectingServers()
    const idToken = spell(await authorizationServer.mint({}, { header: HEADER }))
    mint({}, { token: idToken })
    expect(await verdictOn(idToken)).toMatch(/^ERR_TOKEN_/)
    expect(asked()).toBe(0)
    expect(await verdictOn(mint({}, { token: idToken.replaceAll('.', '') }))).toBe('accepted')
  },
)

ruleForEach(
  ['ISS-12', 'INTRO-20'],
  {
    'has no dots': 'opaque',
    'has one dot': 'opaque.token',
    'has two dots': 'v4.public.abc',
    'begins with a dot': '.a.b',
    'has parts of base64 that hold no object': 'AAAA.BBBB.CCCC',
    'has a first part that is a number': `${Buffer.from('1').toString('base64url')}.a.b`,
  },
  'asks about a token that %s: it is no JWT',
  async (token) => {
    const { mint, verdictOn, asked } = await createIntrospectingServers()
    expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
    expect(asked()).toBe(1)
    expect(await verdictOn(mint({}, { token: `${token}A` }))).toBe('accepted')
  },
)

rule(
  'ISS-12',
  'asks about a JWT of its issuer only where it is told that all tokens are opaque',
  async () => {
    const verdicts: unknown[] = []
    for (const accessTokens of ['jwt', 'mixed', 'opaque'] as const) {
      const { authorizationServer, verdictOn, asked } = await createIntrospectingServers({}, { accessTokens })
      const jwt = await authorizationServer.mint()
      const opaque = authorizationServer.mintOpaque()
      authorizationServer.revoke(jwt)
      verdicts.push([await verdictOn(jwt), await verdictOn(opaque), asked()])
    }
    expect(verdicts).toEqual([
      ['accepted', 'ERR_TOKEN_MALFORMED', 0],
      ['accepted', 'accepted', 1],
      ['ERR_TOKEN_INACTIVE', 'accepted', 2],
    ])
  },
)
