import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { serializeChallenge } from '../../src/challenge/serialize.js'

const serialize = (realm: string) => serializeChallenge({ scheme: 'Bearer', parameters: [['realm', realm]] })

describe('serializeChallenge', () => {
  test('writes the parameters in order, each in quotes', () => {
    const parameters = [
      ['realm', 'stats'],
      ['scope', 'a b'],
    ] as const
    expect(serializeChallenge({ scheme: 'Bearer', parameters })).toBe('Bearer realm="stats", scope="a b"')
  })

  test.each([
    ['a "quoted" realm', 'Bearer realm="a \\"quoted\\" realm"'],
    ['a\\b', 'Bearer realm="a\\\\b"'],
    ['a\r\nX-Injected: yes', 'Bearer realm="aX-Injected: yes"'],
    ['\u0000a\tb\u007f', 'Bearer realm="ab"'],
    ['réalm 日\u2028', 'Bearer realm="ralm "'],
    ['', 'Bearer realm=""'],
  ])('keeps of %j what a header field can carry', (realm, expected) => {
    expect(serialize(realm)).toBe(expected)
  })

  test('writes one quoted string of printable ASCII, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (realm) => {
        const [, quoted] =
          /^Bearer realm="((?:[\x20\x21\x23-\x5B\x5D-\x7E]|\\["\\])*)"$/.exec(serialize(realm)) ?? []
        expect(quoted?.replace(/\\(.)/g, '$1')).toBe(realm.replace(/[^\x20-\x7E]/g, ''))
      }),
    )
  })
})
