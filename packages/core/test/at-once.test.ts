import { describe, expect, test } from '@jest/globals'
import { atOnce } from '../src/at-once.js'

describe('atOnce', () => {
  test.each([undefined, null, false, 0, 'then', {}, { then: 1 }, [() => 1]])('returns %j', (value) => {
    expect(atOnce(value)).toBe(value)
  })

  test('returns a promise as it is, whose rejection ends nothing', async () => {
    const handled: string[] = []
    const thenable = {
      then(_resolve: unknown, reject: (error: Error) => void) {
        handled.push('then')
        reject(new Error('nobody looks at this'))
      },
    }
    expect(atOnce<unknown>(thenable)).toBe(thenable)
    const rejected = Promise.reject(new Error('nor at this'))
    expect(atOnce(rejected)).toBe(rejected)
    await new Promise((resolve) => setImmediate(resolve))
    expect(handled).toEqual(['then'])
  })

  test('does not ask a function for its members', () => {
    const value = Object.assign(() => 1, { then: () => expect('not called').toBe('') })
    expect(atOnce(value)).toBe(value)
  })
})
