import { decodeBase64url } from '../../../packages/core/src/base64url.js'
import { serializeChallenge } from '../../../packages/core/src/challenge/serialize.js'
import { checkToken, readCredentials } from '../../../packages/core/src/credentials.js'
import { readEtag, readLifetime, readRetryAfter } from '../../../packages/core/src/http/freshness.js'
import { parseJsonObject } from '../../../packages/core/src/json.js'
import { looksLikeJwt, parseCompact } from '../../../packages/core/src/token/compact.js'
import { requestWith } from '../../support/request.js'
import { attempt } from '../support/attempt.js'
import { encode } from '../support/keys.js'
import { GROWING_BINDINGS } from './growing-bindings.js'
import { GROWING_DOCUMENTS } from './growing-documents.js'

/** Makes an input of about so many characters, and what reads it. */
export type Growing = (size: number) => () => unknown

const POLICY = {
  requireTls: false,
  bearerMethods: new Set(['header'] as const),
  acceptsDpop: false,
  readAccessToken: undefined,
}

/** Inputs on which a careless reader takes more time than they are long. */
export const GROWING: Readonly<Record<string, Growing>> = {
  'credentials: a token': fields((size) => `Bearer ${'a'.repeat(size)}`),
  'credentials: a token, and a character that none has': fields((size) => `bearer ${'a'.repeat(size)}!`),
  'credentials: padding, and a character that none has': fields((size) => `bearer a${'='.repeat(size)}!`),
  'credentials: spaces': fields((size) => `Bearer${' '.repeat(size)}`),
  'credentials: spaces, and a line break': fields((size) => `Bearer${' '.repeat(size)}\n`),
  'credentials: a scheme': fields((size) => 'a'.repeat(size)),
  base64url: text(decodeBase64url, (size) => 'A'.repeat(size - (size % 4))),
  'base64url: a flaw at the end': text(decodeBase64url, (size) => `${'A'.repeat(size)}=`),
  'json: a text': json((size) => `{"a":"${'x'.repeat(size)}"}`),
  'json: escapes': json((size) => `{"a":"${'\\"'.repeat(size / 2)}"}`),
  'json: colons in a text': json((size) => `{"a":"${':'.repeat(size)}"}`),
  'json: members': json((size) => `{${members(size / 10)}}`),
  'json: a member twice, in the end': json((size) => `{${members(size / 10)},"0":1}`),
  'json: the same member': json((size) => `{${Array.from({ length: size / 6 }, () => '"a":1').join()}}`),
  'json: objects in an array': json(
    (size) => `{"a":[${Array.from({ length: size / 8 }, () => '{"a":1}').join()}]}`,
  ),
  'json: arrays in arrays': json((size) => `{"a":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`),
  'json: objects in objects': json((size) => `${'{"a":'.repeat(size / 6)}1${'}'.repeat(size / 6)}`),
  'json: opening brackets': json((size) => `{"a":${'['.repeat(size)}`),
  'json: digits': json((size) => `{"a":${'9'.repeat(size)}}`),
  'json: white space': json((size) => `{${' '.repeat(size)}}`),
  'compact: a JWT': token((size) => jwt(`{"alg":"ES256"}`, `{"a":"${'x'.repeat(size)}"}`)),
  'compact: its header': token((size) => jwt(`{"alg":"${'x'.repeat(size)}"}`, '{}')),
  'compact: its signature': token((size) => `${jwt('{}', '{}')}${'A'.repeat(size - (size % 4))}`),
  'compact: dots': token((size) => '.'.repeat(size)),
  'compact: no dot': token((size) => 'e'.repeat(size)),
  'looks like a JWT: a header': text(looksLikeJwt, (size) => jwt(`{"a":"${'x'.repeat(size)}"}`, '')),
  'looks like a JWT: dots': text(looksLikeJwt, (size) => `e30${'.'.repeat(size)}`),
  'freshness: commas': cacheControl((size) => ','.repeat(size)),
  'freshness: spaces': cacheControl((size) => `max-age=1${' '.repeat(size)}x`),
  'freshness: digits': cacheControl((size) => `max-age=${'9'.repeat(size)}x`),
  'freshness: quotes': cacheControl((size) => '"'.repeat(size)),
  'freshness: quotes and backslashes': cacheControl((size) => '"\\'.repeat(size / 2)),
  'freshness: directives': cacheControl((size) => 'max-age=1,'.repeat(size / 10)),
  'freshness: an entity tag': field('etag', readEtag, (size) => `W/"${'x'.repeat(size)}"`),
  'freshness: a pause': field(
    'retry-after',
    (headers) => readRetryAfter(headers, 0),
    (size) => `${'9'.repeat(size)}x`,
  ),
  'freshness: spaces for a pause': field(
    'retry-after',
    (headers) => readRetryAfter(headers, 0),
    (size) => `1${' '.repeat(size)}x`,
  ),
  'challenge: quotes': text(challengeOf, (size) => '"\\'.repeat(size / 2)),
  'challenge: other than ASCII': text(challengeOf, (size) => '\u2028é'.repeat(size / 2)),
  ...GROWING_DOCUMENTS,
  ...GROWING_BINDINGS,
}

function text(read: (input: string) => unknown, make: (size: number) => string): Growing {
  return (size) => {
    const input = make(size)
    return () => attempt(() => read(input))
  }
}

function fields(make: (size: number) => string): Growing {
  return text((value) => {
    const { token: found = '' } = readCredentials(requestWith({ authorization: value }), POLICY) ?? {}
    checkToken(found)
  }, make)
}

function json(make: (size: number) => string): Growing {
  return (size) => {
    const bytes = Buffer.from(make(size))
    return () => parseJsonObject(bytes)
  }
}

function token(make: (size: number) => string): Growing {
  return text((value) => parseCompact(value, Infinity), make)
}

function field(
  name: string,
  read: (headers: Pick<Headers, 'get'>) => unknown,
  make: (size: number) => string,
): Growing {
  return text((value) => read({ get: (asked) => (asked === name ? value : null) }), make)
}

function cacheControl(make: (size: number) => string): Growing {
  return field('cache-control', readLifetime, make)
}

function challengeOf(value: string): string {
  return serializeChallenge({ scheme: 'Bearer', parameters: [['realm', value]] })
}

function jwt(header: string, payload: string): string {
  return `${encode(header)}.${encode(payload)}.`
}

function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `"${String(index)}":1`).join()
}
