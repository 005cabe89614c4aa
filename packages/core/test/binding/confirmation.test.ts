import { describe, expect, test } from '@jest/globals'
import { checkConfirmation, checkSameConfirmation, readConfirmation } from '../../src/binding/confirmation.js'
import type { JsonObject } from '../../src/json.js'
import { verdictOf } from './refused.js'

const [ONE, OTHER] = ['a', 'b'].map((letter) => letter.repeat(43))
const CONSTRAINED = 'ERR_TOKEN_SENDER_CONSTRAINED: cnf:'

describe('readConfirmation', () => {
  test('finds what a token is bound to', () => {
    expect(readConfirmation({ cnf: { jkt: ONE } })).toEqual({ jkt: ONE, certificate: undefined })
    expect(readConfirmation({ cnf: { 'x5t#S256': ONE } })).toEqual({ jkt: undefined, certificate: ONE })
    expect(readConfirmation({ cnf: { jkt: ONE, 'x5t#S256': OTHER, kid: '1' } })).toEqual({
      jkt: ONE,
      certificate: OTHER,
    })
    expect(readConfirmation({})).toBeUndefined()
    expect(readConfirmation(Object.create({ cnf: { jkt: ONE } }) as JsonObject)).toBeUndefined()
  })

  test.each([undefined, null, '', ONE, [], [{ jkt: ONE }], true])('cannot understand %j', async (cnf) => {
    expect(await verdictOf(() => readConfirmation({ cnf }))).toBe(`${CONSTRAINED} is no object`)
    expect(await verdictOf(() => checkConfirmation({ cnf }))).toBe(`${CONSTRAINED} is no object`)
  })

  test.each([{}, { kid: '1' }, { jwk: {} }, Object.create({ jkt: ONE }) as object])(
    'knows nothing of %j',
    async (cnf) => {
      expect(await verdictOf(() => readConfirmation({ cnf }))).toBe(`${CONSTRAINED} has no known member`)
    },
  )

  test.each(['jkt', 'x5t#S256'])('needs a thumbprint for %s', async (name) => {
    for (const value of [
      null,
      '',
      1,
      [ONE],
      ONE?.slice(1),
      `${ONE}a`,
      `${ONE?.slice(1)}=`,
      ` ${ONE}`,
      `${ONE}\n`,
    ]) {
      for (const other of [{}, { jkt: ONE, 'x5t#S256': ONE }]) {
        const cnf = { ...other, [name]: value }
        expect(await verdictOf(() => readConfirmation({ cnf }))).toBe(
          `${CONSTRAINED} ${name} is no thumbprint`,
        )
      }
    }
    expect(await verdictOf(() => checkConfirmation({ cnf: { [name]: '-_aZ09'.padEnd(43, 'A') } }))).toBe(
      'accepted',
    )
  })
})

describe('checkSameConfirmation', () => {
  const [key, otherKey] = [{ cnf: { jkt: ONE } }, { cnf: { jkt: OTHER } }]
  const [certificate, otherCertificate] = [{ cnf: { 'x5t#S256': ONE } }, { cnf: { 'x5t#S256': OTHER } }]

  test.each([
    [key, key],
    [certificate, certificate],
    [{}, key],
    [{}, {}],
  ])('lets %j follow %j', async (claims, proved) => {
    expect(await verdictOf(() => checkSameConfirmation(claims, proved))).toBe('accepted')
  })

  test.each([
    [key, otherKey],
    [certificate, otherCertificate],
    [key, certificate],
    [key, {}],
    [{ cnf: { jkt: ONE, 'x5t#S256': ONE } }, key],
  ])('does not let %j follow %j', async (claims, proved) => {
    const verdict = await verdictOf(() => checkSameConfirmation(claims, proved))
    expect(verdict).toBe(`${CONSTRAINED} is not what was proved`)
  })
})
