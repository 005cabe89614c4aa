import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeBase64url } from '../src/base64url.js'

describe('decodeBase64url', () => {
  test('decodes what Node.js encodes, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeBase64url(Buffer.from(bytes).toString('base64url'))).toEqual(bytes)
      }),
    )
  })

  test('decodes one spelling only of each value', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'AQgw9_-=+/ \n'.split('')), maxLength: 12 }),
        (text) => {
          const bytes = decodeBase64url(text)
          if (bytes !== undefined) expect(Buffer.from(bytes).toString('base64url')).toBe(text)
        },
      ),
    )
  })

  test('decodes exactly the canonical spellings among all of up to three characters', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const isCanonical = (text: string) => Buffer.from(text, 'base64url').toString('base64url') === text
    for (const first of alphabet) {
      expect(decodeBase64url(first)).toBeUndefined()
      for (const second of alphabet) {
        expect(decodeBase64url(first + second) !== undefined).toBe(isCanonical(first + second))
        const three = `A${first}${second}`
        expect(decodeBase64url(three) !== undefined).toBe(isCanonical(three))
      }
    }
  })

  test('decodes the empty text to no bytes', () => {
    expect(decodeBase64url('')).toEqual(new Uint8Array())
  })

  test.each([
    'AA==',
    'AA=',
    'AA\n',
    'AA ',
    ' AA',
    'A A',
    'AA\r\n',
    '++',
    '//',
    'AA.',
    'A',
    'AAAAA',
    'ＡＡ',
    'AA\0',
  ])('refuses %j', (text) => {
    expect(decodeBase64url(text)).toBeUndefined()
  })

  test('decodes and refuses texts of a mebibyte', () => {
    const large = 'A'.repeat(1_048_576)
    expect(decodeBase64url(large)).toHaveLength(786_432)
    expect(decodeBase64url(`${large}=`)).toBeUndefined()
    expect(decodeBase64url(`${large}A`)).toBeUndefined()
  })
})
