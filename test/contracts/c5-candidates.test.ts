import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { KEY_POOL, type PoolKey } from './support/tokens.js'
import { createAnsweringWorld, type Answer, type AnsweringWorld } from './support-b/answers.js'
import { healthOf } from './support-b/outage.js'

const [OLD, NEW] = KEY_POOL as readonly [PoolKey, PoolKey]
const NEW_SET = JSON.stringify({ keys: [NEW.jwk] })

/** A world that holds the old key, and has just been given another answer. */
async function offer(answer: Answer): Promise<AnsweringWorld> {
  const world = await createAnsweringWorld()
  await world.ask('good')
  world.answer(answer)
  await world.clock.advance(500)
  return world
}

/** The old key is still used, and the fetch counts as failed. */
async function expectKept(answer: Answer): Promise<void> {
  const world = await offer(answer)
  expect(healthOf(world).keys).toEqual([OLD.kid])
  expect(healthOf(world).lastError).toBeDefined()
  expect((await world.ask('good')).verdict).toBe('accept')
  world.answer({ body: NEW_SET })
  await world.clock.advance(60)
  expect(healthOf(world).lastError).toBeUndefined()
  expect((await world.ask(world.mint('good', { key: NEW }))).verdict).toBe('accept')
}

/** The key set has replaced the old one: these keys alone. */
async function expectReplaced(answer: Answer, kids: readonly string[]): Promise<void> {
  const world = await offer(answer)
  expect(healthOf(world).keys).toEqual(kids)
  expect(healthOf(world).lastError).toBeUndefined()
  expect((await world.ask(world.mint('good', { key: NEW }))).verdict).toBe('accept')
  expect((await world.ask('good')).verdict).toBe('refuse')
}

describe('what a fetched key set must survive before it replaces the current one: status 200', () => {
  test('is used', () => expectReplaced({ status: 200, body: NEW_SET }, [NEW.kid]))

  test.each([201, 202, 203, 204, 206, 226, 300, 301, 304, 307, 400, 401, 403, 404, 410, 429, 500, 502, 503])(
    '%i is not, whatever comes with it',
    (status) => expectKept({ status, body: NEW_SET }),
  )
})

describe('what a fetched key set must survive before it replaces the current one: it is JSON', () => {
  test.each([
    ['with the media type of JSON', { body: ` ${NEW_SET}\n` }],
    ['with a charset', { body: NEW_SET, type: 'application/json; charset=utf-8' }],
    ['with the media type of key sets', { body: NEW_SET, type: 'application/jwk-set+json' }],
  ])('%s', (_, answer) => expectReplaced(answer, [NEW.kid]))

  test.each([
    ['nothing', { body: '' }],
    ['half of it', { body: NEW_SET.slice(0, NEW_SET.length / 2) }],
    ['all but the last character', { body: NEW_SET.slice(0, -1) }],
    ['something after it', { body: `${NEW_SET}{}` }],
    ['the same member twice', { body: NEW_SET.replace('{', '{"keys":[],') }],
    ['a page', { body: '<!doctype html><title>Sorry</title>' }],
    ['a page that says it is one', { body: '<!doctype html><title>Sorry</title>', type: 'text/html' }],
    ['the right content, as plain text', { body: NEW_SET, type: 'text/plain' }],
    ['null', { body: 'null' }],
  ])('not %s', (_, answer) => expectKept(answer))
})

describe('what a fetched key set must survive before it replaces the current one: keys is an array', () => {
  test.each([
    ['absent', {}],
    ['an object', { keys: { 0: NEW.jwk } }],
    ['a string', { keys: JSON.stringify([NEW.jwk]) }],
    ['null', { keys: null }],
    ['one key', { keys: NEW.jwk }],
    ['under another name', { Keys: [NEW.jwk] }],
    ['all that there is', [NEW.jwk]],
  ])('and not %s', (_, content) => expectKept({ body: JSON.stringify(content) }))
})

describe('what a fetched key set must survive before it replaces the current one: 64 KiB', () => {
  const LIMIT = 65_536

  test('are not too many', () => expectReplaced({ body: NEW_SET.padEnd(LIMIT) }, [NEW.kid]))

  test('and one byte are', () => expectKept({ body: NEW_SET.padEnd(LIMIT + 1) }))

  test('are counted in bytes, and not in characters', () =>
    expectKept({ body: JSON.stringify({ note: 'ü'.repeat(40_000), keys: [NEW.jwk] }) }))
})

const toJwk = ({ publicKey }: { readonly publicKey: KeyObject }) => publicKey.export({ format: 'jwk' })
const weak = toJwk(generateKeyPairSync('rsa', { modulusLength: 1024 }))
const strong = toJwk(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const point = toJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }))

/** Members of a key set that cannot verify a signature. */
const UNUSABLE: readonly (readonly [name: string, member: unknown])[] = [
  ['null', null],
  ['a number', 1],
  ['a list', [OLD.jwk]],
  ['an empty object', {}],
  ['a key of unknown kty', { ...OLD.jwk, kty: 'XY' }],
  ['a key without kty', { ...OLD.jwk, kty: undefined }],
  ['an RSA key of 1024 bits', weak],
  ['an RSA key of exponent 1', { ...strong, e: 'AQ' }],
  ['an RSA key of exponent 3', { ...strong, e: 'Aw' }],
  ['a point that is not on its curve', { ...point, x: point.y }],
  ['a point that is too short', { ...point, x: 'AQAB' }],
  ['a key of another curve than its alg', { ...point, alg: 'ES384' }],
  ['a key for key agreement', toJwk(generateKeyPairSync('x25519'))],
  ['a key for encryption', { ...OLD.jwk, use: 'enc' }],
  ['a key whose key_ops are others', { ...OLD.jwk, key_ops: ['encrypt'] }],
  [
    'a symmetric key',
    { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url'), kid: 'secret', alg: 'HS256' },
  ],
  ['a key whose kid is a number', { ...OLD.jwk, kid: 1 }],
]

describe('what a fetched key set must survive before it replaces the current one: one usable key, at least', () => {
  test.each(UNUSABLE)('which is not %s', (_, member) =>
    expectKept({ body: JSON.stringify({ keys: [member] }) }),
  )

  test.each(UNUSABLE)('beside which %s is left out', (_, member) =>
    expectReplaced({ body: JSON.stringify({ keys: [member, NEW.jwk, member] }) }, [NEW.kid]),
  )

  test('beside which all of them are left out, one by one', () =>
    expectReplaced({ body: JSON.stringify({ keys: [...UNUSABLE.map(([, member]) => member), NEW.jwk] }) }, [
      NEW.kid,
    ]))

  test('and not none', () => expectKept({ body: '{"keys":[]}' }))
})
