import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { RefusedError } from '../../src/errors.js'
import { parseCompact } from '../../src/token/compact.js'

const encode = (text: string): string => Buffer.from(text).toString('base64url')
const HEADER = encode('{"alg":"ES256"}')
const CLAIMS = encode('{"iss":"https://as.example.com"}')

/** The code of the refusal, or `parsed`. */
function parse(compact: string, largest = 1_000): string {
  try {
    parseCompact(compact, largest)
    return 'parsed'
  } catch (error) {
    if (error instanceof RefusedError) return error.code
    throw error
  }
}

describe('parseCompact', () => {
  test('takes a token apart, and keeps it as it came', () => {
    const compact = `${HEADER}.${CLAIMS}.AAAA`
    expect(parseCompact(compact, 1_000)).toEqual({
      compact,
      signingInput: `${HEADER}.${CLAIMS}`,
      header: { alg: 'ES256' },
      unverifiedClaims: { iss: 'https://as.example.com' },
      signature: Buffer.from([0, 0, 0]),
    })
  })

  test('tells whether there is a signature', () => {
    expect(parseCompact(`${HEADER}.${CLAIMS}.`, 1_000).signature).toHaveLength(0)
  })

  test('takes a token of the largest size, and none larger', () => {
    const compact = `${HEADER}.${CLAIMS}.AAAA`
    expect(parse(compact, compact.length)).toBe('parsed')
    expect(parse(compact, compact.length - 1)).toBe('ERR_TOKEN_TOO_LARGE')
  })

  test.each([
    ['', 'ERR_TOKEN_MALFORMED'],
    ['.', 'ERR_TOKEN_MALFORMED'],
    ['..', 'ERR_TOKEN_MALFORMED'],
    [HEADER, 'ERR_TOKEN_MALFORMED'],
    [`${encode('{"a":1}')}A`, 'ERR_TOKEN_MALFORMED'], // without its last character, two objects
    [`${HEADER}.${CLAIMS}`, 'ERR_TOKEN_MALFORMED'],
    [`${HEADER}..AAAA`, 'ERR_TOKEN_MALFORMED'],
    [`.${CLAIMS}.AAAA`, 'ERR_TOKEN_MALFORMED'],
    [`${HEADER}.${CLAIMS}.AAAA.`, 'ERR_TOKEN_MALFORMED'],
    [`${HEADER}.${CLAIMS}.AAAA.AAAA`, 'ERR_TOKEN_MALFORMED'],
    [`${HEADER}.${CLAIMS}.AAAA.AAAA.AAAA`, 'ERR_TOKEN_ENCRYPTED'],
    ['....', 'ERR_TOKEN_ENCRYPTED'],
    ['.....', 'ERR_TOKEN_MALFORMED'],
    [`${HEADER}.${CLAIMS}.AAA=`, 'ERR_TOKEN_MALFORMED'],
    [`${HEADER}.${CLAIMS}.A`, 'ERR_TOKEN_MALFORMED'],
    [`${HEADER}.${CLAIMS}.AB`, 'ERR_TOKEN_MALFORMED'],
    [`${encode('[]')}.${CLAIMS}.AAAA`, 'ERR_TOKEN_MALFORMED'],
    [`${HEADER}.${encode('"x"')}.AAAA`, 'ERR_TOKEN_MALFORMED'],
    [`${HEADER}.${encode('{"a":1,"a":1}')}.AAAA`, 'ERR_TOKEN_MALFORMED'],
  ])('judges %j: %s', (compact, code) => {
    expect(parse(compact)).toBe(code)
  })

  test('remembers the headers of a hundred keys at most, none of them longer than 400 characters', () => {
    const headerOf = (kid: string) => {
      const header = encode(JSON.stringify({ alg: 'ES256', kid }))
      return parseCompact(`${header}.${CLAIMS}.AAAA`, 1_000).header
    }
    const isKept = (kid: string, others: readonly string[]) => {
      const known = headerOf(kid)
      others.forEach(headerOf)
      expect(headerOf(kid)).toEqual(known)
      return headerOf(kid) === known
    }
    const numbered = (name: string, length: number) =>
      Array.from({ length }, (_, index) => name + String(index))
    expect(isKept('a', numbered('b', 100))).toBe(false)
    // The table may be full once on the way.
    expect([isKept('c', numbered('d', 2)), isKept('e', numbered('f', 2))]).toContain(true)
    // Of the form that these have, one has 400 characters where the name of its key has 276.
    expect([isKept('g'.repeat(276), []), isKept('h'.repeat(277), [])]).toEqual([true, false])
  })

  test('parses or refuses any text, and throws nothing else', () => {
    const character = fc.constantFrom(...'.AQew0-_={}":,\n é'.split(''))
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 60 }), (text) => {
        expect(parse(text)).toMatch(/^parsed$|^ERR_TOKEN_(MALFORMED|ENCRYPTED)$/)
      }),
    )
  })

  test('refuses a good token as soon as a character of it is another, unless that is another JSON text', () => {
    const compact = `${HEADER}.${CLAIMS}.AAAA`
    fc.assert(
      fc.property(
        fc.nat(compact.length - 1),
        fc.constantFrom(...'.=+/ \n%'.split('')),
        (index, character) => {
          fc.pre(compact.charAt(index) !== character)
          expect(parse(compact.slice(0, index) + character + compact.slice(index + 1))).not.toBe('parsed')
        },
      ),
    )
  })
})
