import { describe, expect, test } from '@jest/globals'
import { readEtag, readLifetime, readRetryAfter } from '../../src/http/freshness.js'

describe('readLifetime', () => {
  test.each([
    ['max-age=300', 300],
    ['max-age=0', 0],
    ['max-age="300"', 300],
    ['Max-Age=300', 300],
    ['public, max-age=300', 300],
    ['public,max-age=300,must-revalidate', 300],
    [' \tmax-age=300\t ', 300],
    ['max-age=600, max-age=300', 300],
    ['private="a, max-age=1, no-store", max-age=300', 300],
    ['private="\\", no-store", max-age=300', 300],
    ['max-age=300, max-age=600', 300],
    ['max-age=300, max-age=soon', 300],
    ['max-age=2147483648', 2_147_483_648],
    ['max-age=2147483649', 2_147_483_648],
    [`max-age=${'9'.repeat(400)}`, 2_147_483_648],
  ])('takes %j for so many seconds', (value, lifetime) => {
    expect(readLifetime(new Headers({ 'cache-control': value }))).toBe(lifetime)
  })

  test.each([
    'no-store',
    'no-cache',
    'NO-STORE',
    'No-Cache',
    'max-age=300, no-store',
    'no-cache, max-age=300',
    'private ,no-store , max-age=300',
  ])('takes %j for no time at all', (value) => {
    expect(readLifetime(new Headers({ 'cache-control': value }))).toBe(0)
  })

  test.each([
    '',
    'public',
    'must-revalidate',
    'max-age',
    'max-age=',
    'max-age="60',
    'max-age=60"',
    'private="a, max-age=60',
    'max-age=-1',
    'max-age=1.5',
    'max-age=300s',
    'max-age = 300',
    'max-age=0x10',
    'max-age=1e3',
    's-maxage=300',
    'x-max-age=300',
    'no-storage',
    'no-cache="set-cookie"',
    'max-age=300; public',
  ])('makes nothing of %j', (value) => {
    expect(readLifetime(new Headers({ 'cache-control': value }))).toBeUndefined()
  })

  test('makes nothing of an answer that says nothing, whatever its age', () => {
    expect(readLifetime(new Headers())).toBeUndefined()
    expect(readLifetime(new Headers({ age: '10' }))).toBeUndefined()
  })

  test.each([
    ['0', 300],
    ['100', 200],
    ['299', 1],
    ['300', 0],
    ['301', 0],
    ['9'.repeat(400), 0],
  ])('takes an Age of %s off', (age, lifetime) => {
    expect(readLifetime(new Headers({ 'cache-control': 'max-age=300', age }))).toBe(lifetime)
  })

  test('takes neither for more than can be counted', () => {
    const endless = '9'.repeat(400)
    expect(readLifetime(new Headers({ 'cache-control': `max-age=${endless}`, age: endless }))).toBe(0)
  })

  test.each(['', '-100', '1.5', '100s', 's100', '100, 200', 'old'])(
    'makes nothing of an Age of %j',
    (age) => {
      expect(readLifetime(new Headers({ 'cache-control': 'max-age=300', age }))).toBe(300)
    },
  )
})

describe('readEtag', () => {
  test.each([
    ['strong', '"a"'],
    ['empty', '""'],
    ['weak', 'W/"a"'],
    ['of the outermost characters', '"!#~"'],
    ['of 256 characters', `"${'a'.repeat(254)}"`],
  ])('takes one that is %s as it is', (_name, etag) => {
    expect(readEtag(new Headers({ etag }))).toBe(etag)
  })

  test.each([
    ['without quotes', 'a'],
    ['with one quote', '"a'],
    ['with the other quote', 'a"'],
    ['with a quote inside', '"a"b"'],
    ['that is two of them', '"a", "b"'],
    ['with a space', '"a b"'],
    ['with a control character', '"a\u007Fb"'],
    ['with a letter beyond ASCII', '"\u00E9"'],
    ['that is weak in lower case', 'w/"a"'],
    ['that is weak without a slash', 'W"a"'],
    ['with something before it', 'x"a"'],
    ['with something behind it', '"a"x'],
    ['that is empty', ''],
    ['that is longer than 256 characters', `"${'a'.repeat(255)}"`],
  ])('makes nothing of one %s', (_name, etag) => {
    expect(readEtag({ get: (name) => (name === 'etag' ? etag : null) })).toBeUndefined()
  })

  test('makes nothing of an answer without one', () => {
    expect(readEtag(new Headers())).toBeUndefined()
  })
})

describe('readRetryAfter', () => {
  const NOW = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT') / 1000
  const read = (value: string) =>
    readRetryAfter({ get: (name) => (name === 'retry-after' ? value : null) }, NOW)

  test.each([
    ['0', 0],
    ['1', 1],
    ['120', 120],
    [' 120\t', 120],
    ['300', 300],
    ['301', 300],
    ['99999999999999999999', 300],
  ])('takes %j for seconds, 300 at most', (value, seconds) => {
    expect(read(value)).toBe(seconds)
  })

  test.each([
    ['Sun, 06 Nov 1994 08:49:47 GMT', 10],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:27 GMT', 0],
    ['Sun, 06 Nov 1994 08:54:37 GMT', 300],
    ['Sun, 06 Nov 1994 08:54:38 GMT', 300],
    [' Sun, 06 Nov 1994 08:49:47 GMT ', 10],
  ])('takes %j for a date', (value, seconds) => {
    expect(read(value)).toBe(seconds)
  })

  test.each([
    '',
    'soon',
    '-1',
    '+1',
    '1.5',
    '1e1',
    '10s',
    's10',
    '10, 20',
    'Sun, 06 Nov 1994 08:49:47',
    'Sun, 06 Nov 1994 08:49:47 UTC',
    'Sun, 6 Nov 1994 08:49:47 GMT',
    'sun, 06 Nov 1994 08:49:47 GMT',
    'Sunday, 06-Nov-94 08:49:47 GMT',
    'Sun Nov  6 08:49:47 1994',
    '1994-11-06T08:49:47Z',
    'xSun, 06 Nov 1994 08:49:47 GMT',
    'Sun, 06 Nov 1994 08:49:47 GMTx',
    'Sun, 06 Nov 1994 08:49:47 GMT+0100',
    'Sun, 06 Abc 1994 08:49:47 GMT',
    'Sun, 06 Nov 1994 99:99:99 GMT',
  ])('makes nothing of %j', (value) => {
    expect(read(value)).toBeUndefined()
  })

  test('makes nothing of an answer without one', () => {
    expect(readRetryAfter(new Headers(), NOW)).toBeUndefined()
  })
})
