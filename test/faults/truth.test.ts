import { beforeEach, describe, expect, test } from '@jest/globals'
import { createTruth, type Truth } from './truth.js'

const KEPT = 60
const KEY = { kty: 'RSA', kid: 'key-1' }

let truth: Truth
beforeEach(() => {
  truth = createTruth(KEPT)
  truth.publish(KEY)
})

/** An answer, some seconds from now, to a genuine token that was sent a moment before. */
function exchange({ status = 200, isGenuine = true, kid = 'key-1', after = 0, hasRetryAfter = false }) {
  const answeredAt = performance.now() + after * 1000
  const token = { text: '', kid, isGenuine }
  return { token, phase: 'any', sentAt: answeredAt - 1, answeredAt, status, hasRetryAfter }
}

describe('the record of the fault demonstration', () => {
  test.each([
    ['accepted', { status: 200 }],
    ['refused', { status: 401 }],
    ['refused', { status: 403 }],
    ['unavailable', { status: 503, hasRetryAfter: true }],
    ['failed', { status: 503 }],
    ['failed', { status: 500, hasRetryAfter: true }],
  ])('says %s of a good token that got %j', (verdict, answer) => {
    expect(truth.judge(exchange(answer))).toBe(verdict)
  })

  test.each([
    ['believed', { status: 200 }],
    ['turned away', { status: 401 }],
    ['undecided', { status: 503, hasRetryAfter: true }],
    ['broken', { status: 503 }],
    ['broken', { status: 500 }],
  ])('says %s of a bad token that got %j', (verdict, answer) => {
    expect(truth.judge(exchange({ ...answer, isGenuine: false }))).toBe(verdict)
    expect(truth.judge(exchange({ ...answer, kid: 'never-published' }))).toBe(verdict)
  })

  test.each([
    ['late', 1, 200],
    ['late', KEPT - 1, 200],
    ['believed', KEPT + 1, 200],
    ['turned away', 1, 401],
  ])(
    'says %s of a token, %i seconds after its key was withdrawn, that got %i',
    async (verdict, after, status) => {
      await truth.withdraw(KEY, () => Promise.resolve())
      expect(truth.judge(exchange({ status, after }))).toBe(verdict)
    },
  )

  test('says believed of a forged token, however short ago its key was withdrawn', async () => {
    await truth.withdraw(KEY, () => Promise.resolve())
    expect(truth.judge(exchange({ after: 1, isGenuine: false }))).toBe('believed')
  })

  test.each([
    ['accepted', 200],
    ['turned away', 401],
  ])('says %s of a token that got %i while its key was being withdrawn', async (verdict, status) => {
    await truth.withdraw(KEY, () => {
      expect(truth.judge(exchange({ status, after: 1 }))).toBe(verdict)
      return Promise.resolve()
    })
  })
})
