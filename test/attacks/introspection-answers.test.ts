import { expect } from '@jest/globals'
import type { FetchResponse } from '@bearward/core'
import { createIntrospectingServers } from '../support/introspection.js'
import { ruleForEach } from '../support/rule.js'
import { AUDIENCE } from '../support/servers.js'

type Members = Readonly<Record<string, unknown>>

const ACTIVE = { active: true, aud: AUDIENCE }
const GOOD = JSON.stringify(ACTIVE)
const UNUSABLE = 'ERR_AUTHORIZATION_SERVER_RESPONSE'

/** The verdicts where the answer differs in these members, and where it is good. */
async function verdictsOn(members: Members): Promise<readonly string[]> {
  const { mint, verdictOn } = await createIntrospectingServers()
  return [await verdictOn(mint(members, { staysActive: true })), await verdictOn(mint())]
}

/** The verdicts on one token, first where the endpoint answers with this. */
async function verdictsWith(response: FetchResponse): Promise<readonly string[]> {
  const { authorizationServer, mint, verdictOn, substitute } = await createIntrospectingServers()
  const { introspectionEndpoint } = authorizationServer
  const token = mint()
  substitute((url) => (url === introspectionEndpoint ? response : undefined))
  const verdict = await verdictOn(token)
  substitute(undefined)
  return [verdict, await verdictOn(token)]
}

/** An answer of any status, even one that should have no content. */
function toResponse(content: string | Uint8Array, status = 200, type = 'application/json'): FetchResponse {
  const body = new Blob([content]).stream()
  return { status, headers: new Headers({ 'Content-Type': type, Location: 'https://evil.example' }), body }
}

ruleForEach(
  'INTRO-07',
  {
    'as text': [{ exp: '1999999999' }, 'ERR_TOKEN_CLAIM_INVALID'],
    'as an object': [{ exp: { $gt: 0 } }, 'ERR_TOKEN_CLAIM_INVALID'],
    'in a list': [{ exp: [1_999_999_999] }, 'ERR_TOKEN_CLAIM_INVALID'],
    'that is null': [{ exp: null }, 'ERR_TOKEN_CLAIM_INVALID'],
    'in milliseconds': [{ exp: 1_999_999_999_000 }, 'ERR_TOKEN_CLAIM_INVALID'],
    'below zero': [{ exp: -1 }, 'ERR_TOKEN_CLAIM_INVALID'],
    'of zero': [{ exp: 0 }, 'ERR_TOKEN_EXPIRED'],
    'in the past': [{ exp: 1_767_225_500 }, 'ERR_TOKEN_EXPIRED'],
    'in the year 9999': [{ exp: 253_402_300_799 }, 'accepted'],
  } as const,
  'judges an active token with exp %s',
  async ([members, code]) => {
    expect(await verdictsOn(members)).toEqual([code, 'accepted'])
  },
)

ruleForEach(
  'INTRO-07',
  { 'no double can hold': '1e400', 'is negative without end': '-1e400', 'JSON does not know': 'Infinity' },
  'does not believe an answer with an exp that %s',
  async (exp) => {
    const content = `{"active":true,"aud":"${AUDIENCE}","exp":${exp}}`
    expect(await verdictsWith(toResponse(content))).toEqual([UNUSABLE, 'accepted'])
  },
)

ruleForEach(
  'INTRO-08',
  {
    'the text true': 'true',
    'the text TRUE': 'TRUE',
    'the text false': 'false',
    'the number 1': 1,
    'a list that holds true': [true],
    'an empty list': [],
    'an object': { valueOf: true },
    null: null,
    nothing: undefined,
  },
  'takes no token for active because of %s, and asks again',
  async (active) => {
    const { authorizationServer, mint, verdictOn, asked } = await createIntrospectingServers()
    const token = mint({ active })
    expect(await verdictOn(token)).toBe('ERR_TOKEN_INACTIVE')
    authorizationServer.setClaims(token, { active: true })
    expect([await verdictOn(token), asked()]).toEqual(['accepted', 2])
  },
)

ruleForEach(
  'INTRO-08',
  {
    'in other letters': JSON.stringify({ aud: AUDIENCE, Active: true }),
    'one level below': JSON.stringify({ aud: AUDIENCE, token: { active: true } }),
    'in the prototype': `{"aud":"${AUDIENCE}","__proto__":{"active":true}}`,
    'by another name': JSON.stringify({ aud: AUDIENCE, valid: true, status: 'active' }),
  },
  'does not look for active %s',
  async (content) => {
    expect(await verdictsWith(toResponse(content))).toEqual(['ERR_TOKEN_INACTIVE', 'accepted'])
  },
)

ruleForEach(
  'INTRO-09',
  {
    'an exp': { exp: 1_999_999_999 },
    'all that a good one has': { scope: 'admin', sub: 'alice', exp: 1_999_999_999, token_type: 'Bearer' },
    'the word active elsewhere': { status: 'active', token: { active: true } },
  },
  'refuses a token that is not active, but has %s',
  async (members) => {
    expect(await verdictsOn({ ...members, active: false })).toEqual(['ERR_TOKEN_INACTIVE', 'accepted'])
  },
)

const STATUSES = [
  201, 202, 203, 204, 206, 300, 301, 302, 303, 304, 307, 308, 402, 404, 410, 418, 429, 500, 502, 503, 504,
]

ruleForEach(
  'INTRO-10',
  Object.fromEntries(STATUSES.map((status) => [status, status])),
  'does not believe an answer of status %s that says active',
  async (status) => {
    expect(await verdictsWith(toResponse(GOOD, status))).toEqual([UNUSABLE, 'accepted'])
  },
)

ruleForEach(
  'INTRO-10',
  { '400': 400, '401': 401, '403': 403 },
  'takes status %s for a fault of its own configuration, though the answer says active',
  async (status) => {
    expect(await verdictsWith(toResponse(GOOD, status))).toEqual(['ERR_INTROSPECTION_REFUSED', 'accepted'])
  },
)

ruleForEach(
  'INTRO-11',
  {
    'a page': toResponse('<!doctype html><p>active', 200, 'text/html'),
    'JSON that calls itself a page': toResponse(GOOD, 200, 'text/html'),
    'JSON of no type': { ...toResponse(GOOD), headers: new Headers() },
    'JSON of two types': toResponse(GOOD, 200, 'application/json, text/html'),
    'a JWT': toResponse('a.b.c', 200, 'application/token-introspection+jwt'),
    'an array': toResponse(`[${GOOD}]`),
    'true alone': toResponse('true'),
    null: toResponse('null'),
    nothing: toResponse(''),
    'active twice, the last one true': toResponse(GOOD.replace('{', '{"active":false,')),
    'active twice, the first one true': toResponse(GOOD.replace('}', ',"active":false}')),
    'active twice, once in an escape': toResponse(GOOD.replace('{', String.raw`{"\u0061ctive":false,`)),
    'the audience twice': toResponse(GOOD.replace('{', '{"aud":"https://other.example.com",')),
    'two objects': toResponse(`${GOOD}{"active":false}`),
    'a byte order mark': toResponse(`\uFEFF${GOOD}`),
    'UTF-16': toResponse(Buffer.from(GOOD, 'utf16le')),
    'bytes that are not UTF-8': toResponse(Buffer.from(GOOD.replace('}', ',"a":"\xFF"}'), 'latin1')),
    'a comment': toResponse(`/* */${GOOD}`),
    'objects without end': toResponse(GOOD.replace('}', `,"a":${'{"a":'.repeat(100)}1${'}'.repeat(101)}`)),
    'a megabyte': toResponse(GOOD + ' '.repeat(1_048_576)),
  },
  'does not believe an answer that is %s',
  async (response) => {
    expect(await verdictsWith(response)).toEqual([UNUSABLE, 'accepted'])
  },
)

const many = (member: (index: number) => string): string =>
  Array.from({ length: 200_000 }, (_, index) => member(index)).join()

ruleForEach(
  'JSON-08',
  {
    '200,000 members': many((index) => `"${index.toString(36)}-":1`),
    '200,000 levels': `"x":${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    '200,000 groups': `"groups":[${many(() => '"a"')}]`,
    'a name of a megabyte': `"${'x'.repeat(1_000_000)}":1`,
    '40 levels': `"x":${'['.repeat(40)}${']'.repeat(40)}`,
  },
  'believes no answer with %s',
  async (members) => {
    const active = GOOD.slice(0, -1)
    expect(await verdictsWith(toResponse(`${active},${members}}`))).toEqual([UNUSABLE, 'accepted'])
    const few = `"x":${'['.repeat(20)}${']'.repeat(20)}`
    expect(await verdictsWith(toResponse(`${active},${few}}`))).toEqual(['accepted', 'accepted'])
  },
)
