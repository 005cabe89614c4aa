import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { deepFreeze, isJsonObject, isStringArray, isTooDeep, parseJsonObject } from '../src/json.js'

const parse = (text: string) => parseJsonObject(Buffer.from(text))

describe('parseJsonObject', () => {
  test('reads what JSON.stringify writes, if that is an object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 5 })), (value) => {
        const text = JSON.stringify(value)
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  test('refuses every object in which a member is repeated, wherever it is', () => {
    const member = fc.tuple(fc.string(), fc.jsonValue({ maxDepth: 3 }))
    const place = fc.constantFrom(
      (text: string) => text,
      (text: string) => `{"a":[1,${text}],"b":":"}`,
      (text: string) => `{"{\\":":${text}}`,
    )
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), member, place, (others, [name, value], put) => {
        const members = [...new Map([...others, [name, value]]), [name, 1]]
        const text = members.map((entry) => entry.map((part) => JSON.stringify(part)).join(':')).join(',')
        expect(parse(put(`{${text}}`))).toBeUndefined()
      }),
    )
  })

  test.each([
    '[]',
    '[{}]',
    '"x"',
    '1',
    'null',
    'true',
    '',
    ' ',
    '{',
    '{}x',
    '{}{}',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined()
  })

  test.each(['{}', ' {}\n', '{"":0}', '{"a":{"a":{"a":1}}}', '{"a:b":":","c":"\\"\\\\"}', '{"a":"\\u003a"}'])(
    'reads %j',
    (text) => {
      expect(parse(text)).toEqual(JSON.parse(text))
    },
  )

  test('refuses text that is not UTF-8, or has a byte order mark', () => {
    expect(parseJsonObject(Buffer.from('{"a":"\u00e9"}', 'latin1'))).toBeUndefined()
    expect(parseJsonObject(Buffer.from('{}', 'utf16le'))).toBeUndefined()
    expect(parse('\ufeff{}')).toBeUndefined()
    expect(parse('{"a":"\ufeff"}')).toEqual({ a: '\ufeff' })
  })

  test('reads 32 levels, and not 33', () => {
    const nest = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)
    const list = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(parse(nest(32))).toBeDefined()
    expect(parse(nest(33))).toBeUndefined()
    expect(parse(list(32))).toBeDefined()
    expect(parse(list(33))).toBeUndefined()
  })

  test('refuses the deepest text that fits, without running out of stack', () => {
    expect(parse('{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000))).toBeUndefined()
    expect(parse(`{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`)).toBeUndefined()
    expect(parse('['.repeat(65_536))).toBeUndefined()
  })

  test('does not begin to parse what is too deep, or no object', () => {
    const parsing = jest.spyOn(JSON, 'parse')
    expect(parse('{"a":'.repeat(33))).toBeUndefined()
    expect(parse('[]')).toBeUndefined()
    expect(parsing).not.toHaveBeenCalled()
    expect(parse(`{"a":"${'['.repeat(33)}"}`)).toBeDefined()
    expect(parsing).toHaveBeenCalledTimes(1)
    parsing.mockRestore()
  })

  test('refuses numbers past the range of a double, and no others', () => {
    expect(parse('{"a":1e309}')).toBeUndefined()
    expect(parse('{"a":[[-1e309]]}')).toBeUndefined()
    expect(parse('{"a":1e308,"b":-0,"c":1e-400}')).toEqual({ a: 1e308, b: -0, c: 0 })
    expect(parse('{"a":"1e309"}')).toEqual({ a: '1e309' })
  })

  test('makes __proto__ a member like any other', () => {
    const object = parse('{"__proto__":{"admin":true}}')
    expect(Object.keys(object ?? {})).toEqual(['__proto__'])
    expect(object?.['admin']).toBeUndefined()
  })

  test('reads a text with one very long string', () => {
    const long = 'x:'.repeat(500_000)
    expect(parse(JSON.stringify({ long }))).toEqual({ long })
    expect(parse(`{"a":${JSON.stringify('\\"'.repeat(10_000))}}`)).toEqual({ a: '\\"'.repeat(10_000) })
  })
})

test('isTooDeep tells more than 32 levels, of any text', () => {
  expect([32, 33].map((levels) => isTooDeep('['.repeat(levels)))).toEqual([false, true])
  expect([32, 33].map((levels) => isTooDeep('{"a":'.repeat(levels)))).toEqual([false, true])
  expect(isTooDeep(`"${'['.repeat(33)}"`)).toBe(false)
})

describe('isJsonObject and isStringArray', () => {
  test('tell objects from everything else', () => {
    expect([{}, { a: 1 }].map(isJsonObject)).toEqual([true, true])
    expect([null, [], 'x', 1, true, undefined].some(isJsonObject)).toBe(false)
  })

  test('tell lists of strings from everything else', () => {
    expect([[], ['a'], ['']].map(isStringArray)).toEqual([true, true, true])
    expect(['a', [1], ['a', null], [['a']], { 0: 'a', length: 1 }, undefined].some(isStringArray)).toBe(false)
  })
})

describe('deepFreeze', () => {
  test('freezes what is in it, at every level', () => {
    const value = deepFreeze({ a: [{ b: { c: 1 } }], d: null, e: 'x' })
    const parts: unknown[] = [value, value.a, value.a[0], value.a[0]?.b]
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true)
  })
})

test('counts levels, and not how many objects and arrays there are', () => {
  const text = JSON.stringify({ a: Array.from({ length: 1_000 }, () => [{}, []]) })
  expect(parseJsonObject(Buffer.from(text))).toEqual(JSON.parse(text))
})
