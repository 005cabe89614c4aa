import { describe, expect, test } from '@jest/globals'
import { parseChallenges } from '@bearward/testing'
import { array, assert, dictionary, property, record, string, stringMatching } from 'fast-check'

/** A challenge as plain data, so that a failing test shows all of it. */
function plain(fieldValues: Parameters<typeof parseChallenges>[0]): unknown[] {
  return parseChallenges(fieldValues).map(({ parameters, ...rest }) => ({
    ...rest,
    parameters: Object.fromEntries(parameters),
  }))
}

describe('parseChallenges', () => {
  test('reads the scheme and the parameters of a challenge', () => {
    expect(plain('Bearer realm="api", error="invalid_token", max_age=0')).toEqual([
      { scheme: 'Bearer', parameters: { realm: 'api', error: 'invalid_token', max_age: '0' }, repeated: [] },
    ])
  })

  test('reads several challenges of one line, each with its own parameters', () => {
    expect(plain('Basic realm="a", Bearer, DPoP algs="ES256 EdDSA", error="invalid_token"')).toEqual([
      { scheme: 'Basic', parameters: { realm: 'a' }, repeated: [] },
      { scheme: 'Bearer', parameters: {}, repeated: [] },
      { scheme: 'DPoP', parameters: { algs: 'ES256 EdDSA', error: 'invalid_token' }, repeated: [] },
    ])
  })

  test('reads the challenges of several field lines in their order', () => {
    expect(plain(['Bearer realm="a"', 'X-Unknown thing=1, Basic'])).toEqual([
      { scheme: 'Bearer', parameters: { realm: 'a' }, repeated: [] },
      { scheme: 'X-Unknown', parameters: { thing: '1' }, repeated: [] },
      { scheme: 'Basic', parameters: {}, repeated: [] },
    ])
  })

  test.each([null, undefined, '', ' , ', []])('finds no challenge in %j', (fieldValues) => {
    expect(parseChallenges(fieldValues)).toEqual([])
  })

  test('keeps commas, equals signs and scheme-like text inside quotes', () => {
    expect(plain('Bearer realm="a, Basic realm=b", scope="x y"')).toEqual([
      { scheme: 'Bearer', parameters: { realm: 'a, Basic realm=b', scope: 'x y' }, repeated: [] },
    ])
  })

  test('undoes the escapes of a quoted string', () => {
    expect(plain(String.raw`Bearer realm="say \"hi\", \\ \a", error="x"`)).toEqual([
      { scheme: 'Bearer', parameters: { realm: String.raw`say "hi", \ a`, error: 'x' }, repeated: [] },
    ])
  })

  test('forgives white space around the equals sign and the commas, and empty list elements', () => {
    expect(plain(' ,, Bearer   realm \t=  "a" ,\t, error= x , , Basic ,')).toEqual([
      { scheme: 'Bearer', parameters: { realm: 'a', error: 'x' }, repeated: [] },
      { scheme: 'Basic', parameters: {}, repeated: [] },
    ])
  })

  test('finds parameters whatever the case of their names, and keeps the case of scheme and value', () => {
    expect(plain('bEARER ReAlM="API"')).toEqual([
      { scheme: 'bEARER', parameters: { realm: 'API' }, repeated: [] },
    ])
  })

  test.each(['YII=', 'YI-._~+/8==', 'abc'])('reads %s in place of parameters', (token68) => {
    expect(plain(`Negotiate ${token68}, Bearer realm=a`)).toEqual([
      { scheme: 'Negotiate', parameters: {}, token68, repeated: [] },
      { scheme: 'Bearer', parameters: { realm: 'a' }, repeated: [] },
    ])
  })

  test('reports a parameter that is repeated in one challenge, once, and keeps its first value', () => {
    expect(plain('Bearer error="a", Error="b", ERROR=c')).toEqual([
      { scheme: 'Bearer', parameters: { error: 'a' }, repeated: ['error'] },
    ])
  })

  test('does not report a parameter that two challenges have', () => {
    expect(plain('Bearer realm=a, Basic realm=a')).toMatchObject([{ repeated: [] }, { repeated: [] }])
  })

  test('reads whatever is quoted as it should be', () => {
    const token = stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/)
    const name = stringMatching(/^[!#$%&'*+\-.^_`|~0-9a-z]+$/)
    const value = string({ unit: stringMatching(/^[\t -~\x80-\xff]$/) })
    const challenge = record({
      scheme: token,
      parameters: dictionary(name, value, { noNullPrototype: true }),
    })
    const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
    assert(
      property(array(challenge), (challenges) => {
        const serialized = challenges.map(({ scheme, parameters }) => {
          const pairs = Object.entries(parameters).map(([key, text]) => `${key}=${quote(text)}`)
          return `${scheme} ${pairs.join(', ')}`
        })
        const expected = challenges.map((one) => ({ ...one, repeated: [] }))
        expect(plain(serialized)).toEqual(expected)
        expect(plain(serialized.join(', '))).toEqual(expected)
      }),
    )
  })

  test.each([
    ['a quote that is not closed', 'Bearer realm="a'],
    ['a quote that is not escaped', 'Bearer realm="a"b"'],
    ['a control character in quotes', 'Bearer realm="a\u0007"'],
    ['a parameter before any scheme', 'realm="a"'],
    ['a parameter without a value', 'Bearer realm=, error=x'],
    ['a missing comma', 'Bearer realm="a" error="x"'],
    ['a semicolon between parameters', 'Bearer realm="a"; error="x"'],
    ['a value that needs quotes', 'Bearer error_uri=https://api.example.com/errors'],
    ['parameters after a token68', 'Negotiate YII=, realm="a"'],
    ['a token68 without a scheme', 'Bearer realm=a, abc=='],
    ['a line that begins with a parameter', ['Bearer realm="a"', 'error="x"']],
    ['a character that no scheme has', 'Bear(er) realm="a"'],
  ])('refuses %s', (_mistake, fieldValues) => {
    expect(() => parseChallenges(fieldValues)).toThrow(SyntaxError)
  })
})
