import { describe, expect, test } from '@jest/globals'
import { parseForgetCriteria } from '../../src/config/forget.js'
import type { ForgetCriteria } from '../../src/introspection-options.js'

describe('what to forget', () => {
  test.each<ForgetCriteria>([
    { subject: 'a' },
    { clientId: 'a' },
    { sessionId: 'a' },
    { issuedBefore: 0 },
    { subject: 'a', clientId: '', issuedBefore: 1.5 },
  ])('may be %j', (criteria) => {
    expect(parseForgetCriteria(criteria)).toEqual(criteria)
    const more = { ...criteria, issuedBefore: 1, subject: undefined }
    expect(parseForgetCriteria(more as unknown as ForgetCriteria)).not.toHaveProperty('subject')
  })

  test.each<object>([
    {},
    { subject: undefined },
    { subject: 1 },
    { subject: null },
    { clientId: ['a'] },
    { issuedBefore: '1' },
    { issuedBefore: NaN },
    { issuedBefore: Infinity },
    { other: 'a' },
    { subject: 'a', other: 'a' },
    { toString: 'a' },
  ])('cannot be %j', (criteria) => {
    expect(() => parseForgetCriteria(criteria as ForgetCriteria)).toThrow(
      new TypeError(
        'forgetWhere: needs one or more of subject, clientId, sessionId (strings) and issuedBefore (a number)',
      ),
    )
  })
})
