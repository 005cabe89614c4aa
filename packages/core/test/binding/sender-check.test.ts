import { describe, expect, test } from '@jest/globals'
import { createSenderCheck } from '../../src/binding/sender-constraint.js'
import {
  CERTIFICATE_THUMBPRINT,
  create,
  createRequest,
  hash,
  jkt,
  ORIGIN,
  prove,
  START,
  type Given,
} from './bound-request.js'
import { verdictOf } from './refused.js'

const CONSTRAINED = 'ERR_TOKEN_SENDER_CONSTRAINED: cnf:'

describe('a token', () => {
  test('that is bound to nothing is a bearer token, where nothing else is required', async () => {
    const { check, dpop } = create()
    const { request } = createRequest()
    expect(check(request, { scheme: 'Bearer', token: 't', claims: {} })).toBeUndefined()
    const judge = (
      presented: typeof check,
      scheme: 'Bearer' | 'DPoP',
      claims: Readonly<Record<string, unknown>>,
    ) => verdictOf(() => presented(request, { scheme, token: 't', claims }))
    expect(await judge(check, 'DPoP', {})).toBe('ERR_TOKEN_NOT_BOUND')
    const required = createSenderCheck({ isRequired: true, dpop, certificates: undefined })
    expect(await judge(required, 'Bearer', {})).toBe('ERR_TOKEN_NOT_BOUND')
  })

  test('that is bound to a certificate needs it, and no proof', async () => {
    const { check, dpop } = create()
    const { request } = createRequest()
    const claims = { cnf: { 'x5t#S256': CERTIFICATE_THUMBPRINT } }
    expect(check(request, { scheme: 'Bearer', token: 't', claims })).toBeUndefined()
    expect(await verdictOf(() => check(request, { scheme: 'DPoP', token: 't', claims }))).toBe(
      'ERR_TOKEN_NOT_BOUND',
    )
    const without = createSenderCheck({ isRequired: false, dpop, certificates: undefined })
    expect(await verdictOf(() => without(request, { scheme: 'Bearer', token: 't', claims }))).toBe(
      `${CONSTRAINED} x5t#S256: see the option clientCertificates`,
    )
    const other = { cnf: { 'x5t#S256': 'a'.repeat(43) } }
    expect(await verdictOf(() => check(request, { scheme: 'Bearer', token: 't', claims: other }))).toBe(
      'ERR_CERTIFICATE_BINDING',
    )
  })

  test('that is bound to a key is no bearer token', async () => {
    const { check } = create()
    const { request } = createRequest({ fields: { dpop: [prove()] } })
    const claims = { cnf: { jkt } }
    expect(await verdictOf(() => check(request, { scheme: 'Bearer', token: 't', claims }))).toBe(
      `${CONSTRAINED} jkt`,
    )
    expect(await verdictOf(() => check(request, { scheme: 'DPoP', token: 't', claims }))).toBe('accepted')
    const without = createSenderCheck({
      isRequired: false,
      dpop: undefined,
      certificates: { from: 'socket', allowsTls12: false },
    })
    expect(await verdictOf(() => without(request, { scheme: 'DPoP', token: 't', claims }))).toBe(
      `${CONSTRAINED} jkt: see the option dpop`,
    )
  })

  test('that is bound to both needs both', async () => {
    const { check } = create()
    const claims = { cnf: { jkt, 'x5t#S256': CERTIFICATE_THUMBPRINT } }
    const judge = (given: Given) =>
      verdictOf(() => check(createRequest(given).request, { scheme: 'DPoP', token: 't', claims }))
    expect(await judge({ fields: { dpop: [prove()] } })).toBe('accepted')
    expect(await judge({})).toBe('ERR_PROOF_MISSING')
    expect(await judge({ fields: { dpop: [prove()] }, connection: () => ({}) as never })).toBe(
      'ERR_CERTIFICATE_MISSING: The TLS connection has none',
    )
  })
})

describe('a proof', () => {
  test('stands in one field line', async () => {
    const { judge } = create()
    expect(await judge('', { fields: { dpop: [] } })).toBe('ERR_PROOF_MISSING')
    expect(await judge('', { fields: { dpop: [prove(), prove()] } })).toBe('ERR_PROOF_REPEATED')
    expect(await judge(prove())).toBe('accepted')
  })

  test('is signed by its key', async () => {
    const { judge } = create()
    const [header, , signature] = prove().split('.')
    expect(await judge([header, prove().split('.')[1], signature].join('.'))).toBe('ERR_PROOF_SIGNATURE')
    expect(await judge(prove())).toBe('accepted')
  })

  test('is for this method and target', async () => {
    const { judge } = create()
    expect(await judge(prove({ htm: 'POST' }), { method: 'POST' })).toBe('accepted')
    expect(await judge(prove({ htm: 'POST' }))).toBe('ERR_PROOF_TARGET: htm')
    expect(await judge(prove(), { method: 'get' })).toBe('ERR_PROOF_TARGET: htm')
    expect(await judge(prove(), { target: '/b' })).toBe('ERR_PROOF_TARGET: htu: see the option dpop.origin')
    expect(await judge(prove({ htu: 'https://other.example.com/a' }))).toBe(
      'ERR_PROOF_TARGET: htu: see the option dpop.origin',
    )
    expect(await judge(prove({ htu: `${ORIGIN}/b` }), { target: '/b?c' })).toBe('accepted')
  })

  test('is for this token and its key', async () => {
    const { judge, check } = create()
    expect(await judge(prove({ ath: hash('other') }))).toBe('ERR_PROOF_TOKEN')
    const { request } = createRequest({ fields: { dpop: [prove()] } })
    const claims = { cnf: { jkt: 'a'.repeat(43) } }
    expect(await verdictOf(() => check(request, { scheme: 'DPoP', token: 't', claims }))).toBe(
      'ERR_TOKEN_KEY_BINDING',
    )
  })

  test.each([START - 60, START, START + 30])('may be made at %d', async (iat) => {
    expect(await create().judge(prove({ iat }))).toBe('accepted')
  })

  test.each([START - 60.1, START + 30.1])('may not be made at %d', async (iat) => {
    expect(await create().judge(prove({ iat }))).toBe('ERR_PROOF_TIME')
  })

  test('is accepted once, but by whoever asks again for the same request', async () => {
    const { judge } = create()
    const [proof, source] = [prove(), {}]
    expect(await judge(proof, { source })).toBe('accepted')
    expect(await judge(proof, { source })).toBe('accepted')
    expect(await judge(proof, { source: {} })).toBe('ERR_PROOF_REPLAYED')
    expect(await judge(proof)).toBe('ERR_PROOF_REPLAYED')
    expect(await judge(prove(), { source })).toBe('accepted')
  })

  test('that was used is known by the store for as long as it could be used, and some time longer', async () => {
    const calls: unknown[] = []
    const replayStore = { add: (...given: unknown[]) => calls.push(given) > 0 }
    expect(await create({ replayStore }).judge(prove({ jti: 'x', iat: START - 20 }))).toBe('accepted')
    expect(calls).toEqual([[hash(`${jkt} x`), 70, 150]])
  })
})
