import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { DpopPolicy } from '../../src/binding/dpop.js'
import { createNonces } from '../../src/binding/nonce.js'
import { create, createRequest, jkt, prove, START } from './bound-request.js'
import { verdictOf } from './refused.js'

describe('the host of a request', () => {
  const { judge } = create({ origins: undefined })
  const judgeHost = (host: readonly string[], htu: string, secure?: boolean) =>
    judge(prove({ htu }), { fields: { host }, ...(secure !== undefined && { secure }) })
  const OTHER = 'ERR_PROOF_TARGET: htu: see the option dpop.origin'

  test.each([
    'api.example.com',
    'API.example.com',
    'api.example.com:8443',
    '127.0.0.1',
    '[::1]:80',
    'a_b',
    'a:',
    'api%2eexample.com',
  ])('may be %s', async (host) => {
    expect(await judgeHost([host], `https://${host}/a`, true)).toBe('accepted')
    expect(await judgeHost([host], `http://${host}/a`)).toBe('accepted')
    expect(await judgeHost([host], `https://${host}/a`, false)).toBe(OTHER)
  })

  test.each([
    [['api.example.com/a?'], 'http://api.example.com/a?/a'],
    [['user@api.example.com'], 'http://user@api.example.com/a'],
    [['api.example.com:x'], 'http://api.example.com:x/a'],
    [['[::1'], 'http://[::1/a'],
    [['[x]'], 'http://[x]/a'],
    [[''], 'http:///a'],
    [['api%2'], 'http://api%2/a'],
    [['#a'], 'http://#a/a'],
    [[], 'http://undefined/a'],
    [['a', 'a'], 'http://a/a'],
  ])('cannot be %j', async (host, htu) => {
    expect(await judgeHost(host, htu)).toBe(OTHER)
  })
})

describe('a nonce', () => {
  const createWithNonces = (policy: Partial<DpopPolicy> = {}) => {
    const clock = createManualClock(START)
    const nonces = createNonces(['s'.repeat(32)], clock)
    const { check } = create({ clock, nonces, maxAge: 100, ...policy })
    const judge = async (nonce: unknown) => {
      const { request, written } = createRequest({ fields: { dpop: [prove({ nonce, iat: 1 })] } })
      const verdict = await verdictOf(() =>
        check(request, { scheme: 'DPoP', token: 't', claims: { cnf: { jkt } } }),
      )
      return [verdict, ...written]
    }
    return { clock, nonces, judge }
  }

  test('tells better than iat when the proof was made', async () => {
    const { clock, nonces, judge } = createWithNonces()
    const nonce = nonces.issue()
    expect(await judge(nonce)).toEqual(['accepted'])
    clock.advance(50)
    expect(await judge(nonce)).toEqual(['accepted'])
    clock.advance(1)
    expect(await judge(nonce)).toEqual([
      'accepted',
      `DPoP-Nonce: ${nonces.issue()}`,
      'Cache-Control: no-store',
    ])
    clock.advance(49)
    expect((await judge(nonce))[0]).toBe('accepted')
    clock.advance(1)
    expect(await judge(nonce)).toEqual(['ERR_PROOF_NONCE'])
  })

  test('says for how long the store knows the proof', async () => {
    const calls: unknown[] = []
    const replayStore = { add: (_id: string, ...lifetimes: unknown[]) => calls.push(lifetimes) > 0 }
    const { clock, nonces, judge } = createWithNonces({ replayStore })
    const nonce = nonces.issue()
    clock.advance(20)
    expect(await judge(nonce)).toEqual(['accepted'])
    expect(calls).toEqual([[100 - 20 + 30, 190]])
  })

  test.each([undefined, null, '', 'x', 1])('is none of ours: %j', async (nonce) => {
    expect(await createWithNonces().judge(nonce)).toEqual(['ERR_PROOF_NONCE'])
  })
})
