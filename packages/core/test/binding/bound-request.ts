import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { createManualClock } from '../../../../test/support/manual-clock.js'
import type { DpopPolicy } from '../../src/binding/dpop.js'
import { createMemoryReplayStore } from '../../src/binding/replay.js'
import { createSenderCheck } from '../../src/binding/sender-constraint.js'
import type { ProtectedResourceRequest } from '../../src/request.js'
import { verdictOf } from './refused.js'

/** The time of the wall clock when all begins. */
export const START = 1_000_000
/** What clients write before the path. */
export const ORIGIN = 'https://api.example.com'
const CERTIFICATE = Buffer.from('a certificate')
export const CERTIFICATE_THUMBPRINT = createHash('sha256').update(CERTIFICATE).digest('base64url')

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicKey.export({ format: 'jwk' })
/** The thumbprint of the key that proofs are signed with. */
export const jkt = await calculateJwkThumbprint(jwk)

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
export const hash = (text: string) => createHash('sha256').update(text).digest('base64url')

let proofs = 0
/** A proof for a GET of `/a` with the token `t`. */
export function prove(claims: object = {}): string {
  proofs += 1
  const good = { jti: String(proofs), htm: 'GET', htu: `${ORIGIN}/a`, iat: START, ath: hash('t') }
  const input = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk })}.${encode({ ...good, ...claims })}`
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

/** Members of a request, and its fields by their names in small letters. */
export type Given = Partial<Omit<ProtectedResourceRequest, 'fieldValues'>> & {
  readonly fields?: Readonly<Record<string, readonly string[]>>
}

/** A GET of `/a`, and what was written into the response. */
export function createRequest({ fields = {}, ...members }: Given = {}) {
  const written: string[] = []
  const request = {
    method: 'GET',
    target: '/a',
    fieldValues: (name: string) => fields[name] ?? [],
    setResponseField: (name: string, value: string) => void written.push(`${name}: ${value}`),
    connection: () => ({ certificate: CERTIFICATE, tlsVersion: 'TLSv1.3' }),
    ...members,
  } as unknown as ProtectedResourceRequest
  return { request, written }
}

/** A check that accepts both kinds of bound tokens. */
export function create(policy: Partial<DpopPolicy> = {}) {
  const clock = policy.clock ?? createManualClock(START)
  const dpop = {
    origins: [ORIGIN],
    algorithms: new Set(['ES256']),
    maxAge: 60,
    nonces: undefined,
    replayStore: createMemoryReplayStore(clock),
    ...policy,
    clock,
  }
  const check = createSenderCheck({
    isRequired: false,
    dpop,
    certificates: { from: 'socket', allowsTls12: false },
  })
  const judge = (proof: string, given: Given = {}) => {
    const { request } = createRequest({ ...given, fields: { dpop: [proof], ...given.fields } })
    return verdictOf(() => check(request, { scheme: 'DPoP', token: 't', claims: { cnf: { jkt } } }))
  }
  return { check, judge, dpop }
}
