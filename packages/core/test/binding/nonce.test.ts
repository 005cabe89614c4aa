import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import { createNonces } from '../../src/binding/nonce.js'

const [OLD, NEW, OTHER] = ['old', 'new', 'other'].map((name) => name.padEnd(32, '.')) as [
  string,
  string,
  string,
]
const clock = createManualClock()

describe('a nonce', () => {
  test('says when it was made, in every process that has the secret', () => {
    const nonce = createNonces([OLD], clock).issue()
    expect(createNonces([OLD], clock).findTime(nonce)).toBe(clock.now())
    expect(createNonces([OTHER], clock).findTime(nonce)).toBeUndefined()
  })

  test('is of characters that a nonce may have, and never the same twice', () => {
    const nonces = Array.from({ length: 100 }, () => createNonces([OLD], clock).issue())
    expect(nonces.every((nonce) => /^[A-Za-z0-9_-]{48}$/.test(nonce))).toBe(true)
    expect(new Set(nonces).size).toBe(100)
    expect(new Set(nonces.map((nonce) => nonce.slice(16, 26))).size).toBe(100) // where the time stands, encrypted
  })

  test('is given to everybody for a second', () => {
    const nonces = createNonces([OLD], clock)
    const first = nonces.issue()
    clock.advance(0.9)
    expect(nonces.issue()).toBe(first)
    clock.advance(0.1)
    const second = nonces.issue()
    expect(second).not.toBe(first)
    expect([first, second].map((nonce) => nonces.findTime(nonce))).toEqual([clock.now() - 1, clock.now()])
  })

  test('is made anew where the clock was set back: nobody is given one of the future', () => {
    const clock = createManualClock()
    const nonces = createNonces([OLD], clock)
    const first = nonces.issue()
    clock.step(-1)
    const second = nonces.issue()
    expect([first, second].map((nonce) => nonces.findTime(nonce))).toEqual([clock.now() + 1, clock.now()])
  })

  test('is made with the first secret, and recognised by each', () => {
    const [before, during, after] = [
      createNonces([OLD], clock),
      createNonces([NEW, OLD], clock),
      createNonces([NEW], clock),
    ]
    const [old, current] = [before.issue(), during.issue()]
    expect([before, during, after].map((nonces) => nonces.findTime(old) !== undefined)).toEqual([
      true,
      true,
      false,
    ])
    expect([before, during, after].map((nonces) => nonces.findTime(current) !== undefined)).toEqual([
      false,
      true,
      true,
    ])
  })

  test('cannot be changed: not in any of its bits', () => {
    const bytes = Buffer.from(createNonces([OLD], clock).issue(), 'base64url')
    const nonces = createNonces([OLD], clock)
    const accepted = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      return nonces.findTime(changed.toString('base64url'))
    }).filter((time) => time !== undefined)
    expect(accepted).toEqual([])
    expect(nonces.findTime(bytes.toString('base64url'))).toBe(clock.now())
  })

  test.each(['', 'x', 'A'.repeat(48), 'A'.repeat(49), '!'.repeat(48), 'ü'.repeat(48), 'A'.repeat(8_000)])(
    'is not %j',
    (text) => {
      expect(createNonces([OLD], clock).findTime(text)).toBeUndefined()
    },
  )
})
