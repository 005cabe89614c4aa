import { describe, expect, test } from '@jest/globals'
import { createOwnKey } from '../../../../test/support/jws.js'
import { AskedPauseError, UnavailableError } from '../../src/errors.js'
import { createKeySetSource, readKeySet, toFingerprint, toMembers } from '../../src/keys/key-set.js'
import { createScriptedFetchJson, type Outcome } from '../http/scripted-fetch-json.js'

const OLD = 'https://as.example.com/old'
const NEW = 'https://as.example.com/new'
const TYPES = ['application/json', 'application/jwk-set+json']
const [first, second] = [createOwnKey('P-256', 'first'), createOwnKey('rsa', 'second')]
const kidsOf = (keySet: readonly { readonly kid: string | undefined }[] | undefined) =>
  keySet?.map(({ kid }) => kid)

describe('readKeySet', () => {
  test('reads the usable keys in their order, and leaves the others out one by one', async () => {
    const keys = [null, first.jwk, { ...first.jwk, use: 'enc' }, second.jwk, 'first']
    expect(kidsOf(await readKeySet({ keys }))).toEqual(['first', 'second'])
  })

  test.each([[undefined], [null], ['first'], [{ length: 1, 0: first.jwk }]])(
    'cannot read %p in place of an array',
    async (keys) => {
      await expect(readKeySet({ keys })).rejects.toMatchObject({
        name: 'UnavailableError',
        code: 'ERR_KEY_SET_INVALID',
        message: 'The key set of the authorization server cannot be used: it has no array `keys`',
      })
    },
  )

  test.each([[[]], [[null]], [[{ ...first.jwk, use: 'enc' }]]])('has no use for %p', async (keys) => {
    await expect(readKeySet({ keys })).rejects.toMatchObject({
      name: 'UnavailableError',
      code: 'ERR_KEY_SET_INVALID',
      message: 'The key set of the authorization server cannot be used: no key in it can verify a signature',
    })
  })

  test('looks at the first 100 members', async () => {
    const others = Array.from({ length: 99 }, () => ({ kty: 'unknown' }))
    expect(kidsOf(await readKeySet({ keys: [...others, first.jwk, second.jwk] }))).toEqual(['first'])
  })

  test.each([
    [10, 0],
    [11, 1],
    [20, 1],
    [21, 2],
  ])('lets others have their turn after ten keys: of %d, %d times', async (count, turns) => {
    const keys = Array.from({ length: count }, () => first.jwk)
    const others = Array.from({ length: 15 }, (_, index) => (index % 2 === 0 ? null : { kty: 'unknown' }))
    let seen = 0
    let turn = setImmediate(function count() {
      seen += 1
      turn = setImmediate(count)
    })
    await readKeySet({ keys: [...others, ...keys] })
    clearImmediate(turn)
    expect(seen).toBe(turns)
  })
})

describe('toFingerprint', () => {
  test('is the same for the same keys, in whatever order, and another for others', async () => {
    const fingerprintOf = async (...keys: object[]) => toFingerprint(await readKeySet({ keys }))
    const fingerprint = await fingerprintOf(first.jwk, second.jwk)
    expect(fingerprint).toMatch(/^[\w-]{43}$/)
    expect(await fingerprintOf(second.jwk, first.jwk)).toBe(fingerprint)
    expect(await fingerprintOf(first.jwk)).not.toBe(fingerprint)
    expect(await fingerprintOf(first.jwk, { ...second.jwk, kid: 'other' })).not.toBe(fingerprint)
  })
})

describe('toMembers', () => {
  test('gives members that the same keys are read from', async () => {
    const unnamed = { ...first.jwk, kid: undefined }
    const keys = [first.jwk, unnamed, second.jwk, { ...second.jwk, alg: 'PS384' }]
    const keySet = await readKeySet({ keys })
    expect(await readKeySet({ keys: JSON.parse(JSON.stringify(toMembers(keySet))) as unknown })).toEqual(
      keySet,
    )
  })

  test('has kid and alg where the key has one alone, and nothing else but public members', async () => {
    const unnamed = { ...second.jwk, kid: undefined }
    const keySet = await readKeySet({ keys: [{ ...first.jwk, use: 'sig', x5c: ['AAAA'] }, unnamed] })
    expect(toMembers(keySet)).toEqual([
      { ...first.jwk, alg: 'ES256' },
      { kty: 'RSA', n: second.jwk.n, e: second.jwk.e },
    ])
    expect(Object.keys(toMembers(keySet)[1] ?? {})).toEqual(['kty', 'n', 'e'])
  })
})

describe('a source of a key set', () => {
  const good: Outcome = { content: { keys: [first.jwk] } }
  const gone = new UnavailableError('ERR_AUTHORIZATION_SERVER_RESPONSE', '404')
  const validator = { url: OLD, etag: '"1"' }

  /** A source whose key set may be at two places. */
  function create(outcomes: Record<string, Outcome>, locateAgain: () => Promise<string>) {
    const script = createScriptedFetchJson(outcomes)
    const located = { again: 0 }
    const fetch = createKeySetSource(
      script.fetchJson,
      () => Promise.resolve(OLD),
      () => {
        located.again += 1
        return locateAgain()
      },
    )
    return { ...script, fetch, located }
  }

  test('reads the keys, and asks nobody where they are', async () => {
    const { fetch, asked, located } = create({ [OLD]: { ...good, validator, lifetime: 300 } }, () =>
      Promise.reject(gone),
    )
    const { content, ...others } = await fetch(undefined)
    expect(kidsOf(content)).toEqual(['first'])
    expect(others).toEqual({ validator, lifetime: 300 })
    expect(asked).toEqual([[OLD, TYPES, undefined]])
    expect(located.again).toBe(0)
  })

  test('gives the same object for the same keys, and another for others', async () => {
    const { fetch, outcomes } = create({ [OLD]: good }, () => Promise.reject(gone))
    const { content } = await fetch(undefined)
    outcomes[OLD] = { content: { keys: [{ ...first.jwk }] } }
    expect((await fetch(undefined)).content).toBe(content)
    outcomes[OLD] = { content: { keys: [second.jwk] } }
    expect(kidsOf((await fetch(undefined)).content)).toEqual(['second'])
  })

  test('has nothing to read where the copy still holds', async () => {
    const { fetch, asked } = create({ [OLD]: { validator } }, () => Promise.reject(gone))
    expect(await fetch(validator)).toEqual({ content: undefined, validator, lifetime: undefined })
    expect(asked).toEqual([[OLD, TYPES, validator]])
  })

  test.each([
    ['gone', gone],
    ['no key set any more', { content: {} }],
  ])('asks where they are now, where the old ones are %s', async (_name, outcome) => {
    const { fetch, urls } = create({ [OLD]: outcome, [NEW]: good }, () => Promise.resolve(NEW))
    expect(kidsOf((await fetch(undefined)).content)).toEqual(['first'])
    expect(urls()).toEqual([OLD, NEW])
  })

  test('has failed where they are still there', async () => {
    const { fetch, urls, located } = create({ [OLD]: gone }, () => Promise.resolve(OLD))
    await expect(fetch(undefined)).rejects.toBe(gone)
    expect(urls()).toEqual([OLD])
    expect(located.again).toBe(1)
  })

  test('asks nobody where the server asks for a pause', async () => {
    const pause = new AskedPauseError('ERR_AUTHORIZATION_SERVER_RESPONSE', '429')
    const { fetch, located } = create({ [OLD]: pause, [NEW]: good }, () => Promise.resolve(NEW))
    await expect(fetch(undefined)).rejects.toBe(pause)
    expect(located.again).toBe(0)
  })

  test('has failed where nobody says where they are', async () => {
    const { fetch, urls } = create({ [OLD]: gone }, () => Promise.reject(new Error('down')))
    await expect(fetch(undefined)).rejects.toBe(gone)
    expect(urls()).toEqual([OLD])
  })

  test('has failed where they are not at the new place either', async () => {
    const other = new UnavailableError('ERR_AUTHORIZATION_SERVER_UNREACHABLE', 'refused')
    const { fetch, urls } = create({ [OLD]: gone, [NEW]: other }, () => Promise.resolve(NEW))
    await expect(fetch(undefined)).rejects.toBe(other)
    expect(urls()).toEqual([OLD, NEW])
  })

  test('has failed where nobody ever said where they are', async () => {
    const { fetchJson, asked } = createScriptedFetchJson({})
    const again: unknown[] = []
    const fetch = createKeySetSource(
      fetchJson,
      () => Promise.reject(gone),
      () => (again.push(1), Promise.resolve(NEW)),
    )
    await expect(fetch(undefined)).rejects.toBe(gone)
    expect([asked, again]).toEqual([[], []])
  })
})
