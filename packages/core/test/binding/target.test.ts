import { describe, expect, test } from '@jest/globals'
import { isTargetOf, normalizeUri } from '../../src/binding/target.js'

const ORIGIN = 'https://rs.example.com'

/** Pairs of a claimed URI and the path of a request. */
const SAME = [
  ['https://rs.example.com/r', '/r'],
  ['https://rs.example.com/r', '/r?a=1'],
  ['https://rs.example.com/r?a=2#x', '/r?a=1'],
  ['https://rs.example.com', '/'],
  ['https://rs.example.com/', '/?'],
  ['HTTPS://RS.Example.com:443/a/../r', '/r'],
  ['https://rs.example.com:/r', '/r'],
  ['https://rs.example.com/a/./b/%2e%2E/r', '/a/r'],
  ['https://rs.example.com/a/..', '/'],
  ['https://rs.example.com/a/b/..', '/a/'],
  ['https://rs.example.com/a/.', '/a/'],
  ['https://rs.example.com/../../r', '/r'],
  ['https://rs.example.com/%7eu', '/~u'],
  ['https://rs.example.com/~u', '/%7Eu'],
  ['https://rs.example.com/a%2fb', '/a%2Fb'],
  ['https://rs%2eexample.com/r', '/r'],
  ['https://rs.example.com/%C3%BC', '/%c3%bc'],
  ['https://rs.example.com//r', '//r'],
  ['https://rs.example.com/items[1]', '/items[1]'],
  ['https://rs.example.com/a|b', '/a|b'],
  ['https://rs.example.com:443/a^b', '/a^b?x'],
  ['https://rs.example.com/%7e[|]', '/~[|]'],
  ['https://rs.example.com/r?filter[a]=1|2^3', '/r?filter[a]=1|2^3'],
  ['https://rs.example.com/r?a={b}#[c]', '/r'],
  ['https://rs.example.com/.../..a/a..', '/.../..a/a..'],
  ['https://rs.example.com/r', '/r?../other#/..'],
] as const

const DIFFERENT = [
  ['https://rs.example.com/other', '/r'],
  ['https://rs.example.com/r/', '/r'],
  ['https://rs.example.com/R', '/r'],
  ['https://rs.example.com/a/b/..', '/a'],
  ['https://rs.example.com/a/.', '/a'],
  ['https://rs.example.com/r', '//r'],
  ['https://other.example.com/r', '/r'],
  ['https://rs.example.com.evil.example/r', '/r'],
  ['https://rs.example.com./r', '/r'],
  ['https://rs.example.com:8443/r', '/r'],
  ['https://rs.example.com:0443/r', '/r'],
  ['http://rs.example.com/r', '/r'],
  ['http://rs.example.com:443/r', '/r'],
  ['https://rs.example.com/a%2Fb', '/a/b'],
  ['https://rs.example.com/a%2F..%2Fr', '/r'],
  ['https://rs.example.com/a%252Fb', '/a%2Fb'],
  ['/r', '/r'],
  ['r', '/r'],
  ['//rs.example.com/r', '/r'],
  ['rs.example.com/r', '/r'],
  ['https:/rs.example.com/r', '/r'],
  ['https:///r', '/r'],
  ['https://user@rs.example.com/r', '/r'],
  ['https://rs.example.com@evil.example/r', '/r'],
  ['ftp://rs.example.com/r', '/r'],
  [' https://rs.example.com/r', '/r'],
  ['https://rs.example.com/r\n', '/r'],
  ['https://rs.example.com/r\t', '/r'],
  ['https://rs.example.com\\r', '/r'],
  ['https://rs.example.com/a\\..\\r', '/r'],
  ['https://rs.example.com/%', '/%'],
  ['https://rs.example.com/%zz', '/%zz'],
  ['https://rs.example.com/%4g', '/%4g'],
  ['https://rs.example.com/r', '/%zz'],
  ['https://rs%.example.com/r', '/r'],
  ['https://rs.example.com/\uFF52', '/r'],
  ['https://rs.example.com/ü', '/ü'],
  ['https://\uFF52s.example.com/r', '/r'],
  ['https://rs.example.com/a%5B', '/a['],
  ['https://rs.example.com/a"b', '/a"b'],
  ['https://rs.example.com/a<b>', '/a<b>'],
  ['https://rs.example.com/a{b}', '/a{b}'],
  ['https://rs.example.com/r?a b', '/r'],
  ['https://rs.example.com/r?a\n', '/r'],
  ['https://[rs.example.com/r', '/r'],
  ['https://rs|example.com/r', '/r'],
] as const

/** Request targets that a URL parser changes, and what it makes of them. */
const UNRESOLVED = [
  ['/a/../r', '/r'],
  ['/a/..', '/'],
  ['/..', '/'],
  ['/../r', '/r'],
  ['/./r', '/r'],
  ['/r/.', '/r/'],
  ['/a/%2e%2e/r', '/r'],
  ['/a/.%2E/r', '/r'],
  ['/a/%2e./r', '/r'],
  ['/%2e/r?a', '/r'],
  ['//../r', '/r'],
  ['/r#a', '/r'],
  ['https://rs.example.com/a/../r', '/r'],
  ['https://rs.example.com/a/%2e%2E/r', '/r'],
] as const

describe('the target URI of a request', () => {
  test.each(SAME)('is %s for %s', (htu, target) => {
    expect(isTargetOf(htu, [ORIGIN], target)).toBe(true)
  })

  test.each(DIFFERENT)('is not %j for %s', (htu, target) => {
    expect(isTargetOf(htu, [ORIGIN], target)).toBe(false)
  })

  test.each(UNRESOLVED)('is nothing for %s, which others take for %s', (target, path) => {
    for (const htu of [ORIGIN + path, ORIGIN + target, target]) {
      expect(isTargetOf(htu, [ORIGIN], target)).toBe(false)
    }
    expect(isTargetOf(ORIGIN + path, [ORIGIN], path)).toBe(true)
  })

  test.each(['/../other', '/%2e%2e/other', '/v1/../../other'])(
    'does not leave its prefix by %s',
    (target) => {
      const bases = ['https://api.example.com/v1']
      for (const htu of ['https://api.example.com/other', `https://api.example.com/v1${target}`]) {
        expect(isTargetOf(htu, bases, target)).toBe(false)
      }
      expect(isTargetOf('https://api.example.com/v1/../v1/other', bases, '/other')).toBe(true)
    },
  )

  test('is what a URL parser leaves or makes of any character of ASCII, in the path and in the query', () => {
    const characters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
    for (const character of characters.filter((each) => each !== '%')) {
      const { href, origin, pathname, search } = new URL(`${ORIGIN}/a${character}b?a${character}b`)
      for (const htu of [href, origin + pathname]) {
        expect([htu, isTargetOf(htu, [ORIGIN], pathname + search)]).toEqual([htu, true])
        expect([htu, isTargetOf(htu, [ORIGIN], `/other${search}`)]).toEqual([htu, false])
      }
    }
  })

  test('begins with any of several origins, each with its path prefix', () => {
    const bases = ['https://api.example.com/v1', 'https://[2001:DB8::1]:8443', 'http://localhost:3000']
    expect(isTargetOf('https://api.example.com/v1/r', bases, '/r')).toBe(true)
    expect(isTargetOf('https://api.example.com/r', bases, '/r')).toBe(false)
    expect(isTargetOf('https://api.example.com/v1/r', bases, '/v1/r')).toBe(false)
    expect(isTargetOf('https://[2001:db8::1]:8443/r', bases, '/r')).toBe(true)
    expect(isTargetOf('http://localhost:3000/r', bases, '/r')).toBe(true)
    expect(isTargetOf('https://localhost:3000/r', bases, '/r')).toBe(false)
    expect(isTargetOf('https://api.example.com/v1/r', [], '/r')).toBe(false)
  })

  test('may name the usual port of its scheme, and no other', () => {
    expect(isTargetOf('http://localhost:80/r', ['http://localhost'], '/r')).toBe(true)
    expect(isTargetOf('http://localhost/r', ['http://localhost:80'], '/r')).toBe(true)
    expect(isTargetOf('http://localhost:443/r', ['http://localhost'], '/r')).toBe(false)
  })

  test.each(['https://rs%.example.com/r', 'https://rs.example.com/%', 'rs.example.com'])(
    'has no other spelling where it is none: %s',
    (uri) => {
      expect(normalizeUri(uri)).toBeUndefined()
    },
  )

  test('is what an absolute target says, where its origin is that of the API', () => {
    expect(isTargetOf(`${ORIGIN}/r`, [ORIGIN], `${ORIGIN}:443/r?a`)).toBe(true)
    expect(isTargetOf(`${ORIGIN}/other`, [ORIGIN], `${ORIGIN}/r`)).toBe(false)
    expect(isTargetOf('http://evil.example/r', [ORIGIN], 'http://evil.example/r')).toBe(false)
    expect(isTargetOf(`${ORIGIN}/r`, [ORIGIN], 'http://evil.example/r')).toBe(false)
    expect(isTargetOf(`${ORIGIN}/v1/r`, [`${ORIGIN}/v1`], `${ORIGIN}/v1/r`)).toBe(false)
  })

  test.each(['*', '', 'rs.example.com:443', '\\r'])('is nothing for %j', (target) => {
    expect(isTargetOf(ORIGIN, [ORIGIN], target)).toBe(false)
    expect(isTargetOf(ORIGIN, [ORIGIN], '/')).toBe(true)
  })
})
