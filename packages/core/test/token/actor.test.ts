import { describe, expect, test } from '@jest/globals'
import { readActor } from '../../src/token/actor.js'
import { judge } from './judge.js'

/** A chain of so many actors. */
function chain(length: number): object {
  return length === 1 ? { sub: '1' } : { sub: String(length), act: chain(length - 1) }
}

describe('readActor', () => {
  test('reads who acts, and who did before', () => {
    const act = { iss: 'i', sub: 's', act: { client_id: 'c', other: 1 } }
    expect(readActor({ act })).toEqual({
      issuer: 'i',
      subject: 's',
      clientId: undefined,
      claims: act,
      actor: { issuer: undefined, subject: undefined, clientId: 'c', claims: act.act, actor: undefined },
    })
    expect(Object.isFrozen(readActor({ act }))).toBe(true)
    expect(readActor({})).toBeUndefined()
    expect(readActor(Object.create({ act }) as Record<string, unknown>)).toBeUndefined()
  })

  test('reads ten of them, and no more', () => {
    expect(judge(() => readActor({ act: chain(10) }))).toBe('accepted')
    expect(judge(() => readActor({ act: chain(11) }))).toBe('ERR_TOKEN_CLAIM_INVALID: act')
  })

  test.each<unknown>([
    undefined,
    null,
    'al',
    ['al'],
    {},
    { act: { sub: 'al' } },
    { sub: '' },
    { sub: 1 },
    { iss: null },
    { client_id: ['c'] },
    { sub: 'al', act: {} },
    { sub: 'al', act: null },
  ])('cannot read %j', (act) => {
    expect(judge(() => readActor({ act }))).toBe('ERR_TOKEN_CLAIM_INVALID: act')
  })
})
