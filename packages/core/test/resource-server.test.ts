import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createManualClock } from '../../../test/support/manual-clock.js'
import { allScopes } from '../src/authorization/requirement.js'
import { RefusedError } from '../src/errors.js'
import type { ProtectedResourceRequest } from '../src/request.js'
import { hash, jkt, ORIGIN, prove } from './binding/bound-request.js'
import { createResourceServer, recall, type ResourceServer } from '../src/resource-server.js'

const ISSUER = 'https://as.example.com'
const NOW = 1_000_000
const CERTIFICATE = Buffer.from('a certificate')
const BOUND = { cnf: { 'x5t#S256': createHash('sha256').update(CERTIFICATE).digest('base64url') } }
const { privateKey, publicKey } = generateKeyPairSync('ed25519')

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
function createJwt(claims: object = {}): string {
  const good = {
    iss: ISSUER,
    exp: NOW + 60,
    aud: 'a',
    sub: 'al',
    iat: NOW,
    jti: '1',
    client_id: 'c',
    scope: 's',
  }
  const input = `${encode({ typ: 'at+jwt', alg: 'EdDSA' })}.${encode({ ...good, ...claims })}`
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}

/** A resource server that knows the key, and accepts bound tokens. */
function create(options: object = {}): ResourceServer {
  const keys = JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] })
  const fetch = () => Promise.resolve(new Response(keys, { headers: { 'content-type': 'application/json' } }))
  return createResourceServer({
    issuer: ISSUER,
    audience: 'a',
    jwksUri: `${ISSUER}/jwks`,
    clientCertificates: { from: 'socket' },
    resourceMetadata: { resource: 'https://api.example.com' },
    clock: createManualClock(NOW),
    fetch,
    ...options,
  })
}

/** A request with a token for DPoP, and perhaps a proof. */
const boundRequestWith = (token: string, proof?: string): ProtectedResourceRequest => ({
  ...requestWith(),
  target: '/a',
  fieldValues: (name) =>
    name === 'authorization' ? [`DPoP ${token}`] : name === 'dpop' && proof !== undefined ? [proof] : [],
})

const requestWith = (token?: string, certificate?: Uint8Array): ProtectedResourceRequest => ({
  method: 'GET',
  target: '/',
  secure: true,
  fieldValues: (name) => (name === 'authorization' && token !== undefined ? [`Bearer ${token}`] : []),
  connection: () => ({ remoteAddress: undefined, certificate, tlsVersion: 'TLSv1.3' }),
})

/** The code of the refusal, or the subject. */
const verdictOn = (server: ResourceServer, request: ProtectedResourceRequest) =>
  server.authenticate(request).then(
    ({ subject }) => subject,
    (error: unknown) => (error instanceof RefusedError ? error.code : error),
  )
const judge = (server: ResourceServer, ...given: Parameters<typeof requestWith>) =>
  verdictOn(server, requestWith(...given))

describe('a token that is known', () => {
  test('is recalled where it is bound to nothing', async () => {
    const [server, token] = [create(), createJwt()]
    for (let count = 0; count < 3; count += 1) expect(await judge(server, token)).toBe('al')
    const recalled = recall(server, requestWith(token))
    expect(recalled).toMatchObject({ subject: 'al', token })
    expect(await server.authenticate(requestWith(token))).toBe(recalled)
    expect(recall(server, requestWith(createJwt({ jti: '2' })))).toBeUndefined()
    expect(recall(create(), requestWith(token))).toBeUndefined()
    const another = { ...server, authenticate: () => Promise.reject(new Error('x')) }
    expect(recall(another as ResourceServer, requestWith(token))).toBeUndefined()
  })

  test('is not recalled ahead of the proof of what it is bound to', async () => {
    const [server, token] = [create(), createJwt(BOUND)]
    for (let count = 0; count < 3; count += 1) expect(await judge(server, token, CERTIFICATE)).toBe('al')
    expect(recall(server, requestWith(token, CERTIFICATE))).toBeUndefined()
    expect(await judge(server, token)).toBe('ERR_CERTIFICATE_MISSING')
    expect(await judge(server, token, Buffer.from('another'))).toBe('ERR_CERTIFICATE_BINDING')
    expect(await judge(server, token, CERTIFICATE)).toBe('al')
  })

  test('is not recalled where it must be bound, and where nothing is kept', async () => {
    const token = createJwt()
    const required = create({ senderConstraint: 'required' })
    for (let count = 0; count < 3; count += 1)
      expect(await judge(required, token)).toBe('ERR_TOKEN_NOT_BOUND')
    expect(recall(required, requestWith(token))).toBeUndefined()
    const forgetful = create({ verdictCache: false })
    for (let count = 0; count < 3; count += 1) expect(await judge(forgetful, token)).toBe('al')
    expect(recall(forgetful, requestWith(token))).toBeUndefined()
  })

  test('is judged once, bound or not', async () => {
    const server = create()
    for (const claims of [{}, BOUND]) {
      const request = requestWith(createJwt(claims), CERTIFICATE)
      for (let count = 0; count < 3; count += 1) await server.authenticate(request)
      expect(await server.authenticate(request)).toBe(await server.authenticate(request))
    }
  })
})

describe('a token that is bound to a key', () => {
  test('is accepted with a proof of it, and not before that is judged', async () => {
    const server = create({ dpop: { origin: ORIGIN } })
    const token = createJwt({ cnf: { jkt } })
    const proveWith = (claims: object) => prove({ iat: NOW, ath: hash(token), ...claims })
    const judgeProof = (claims?: object) =>
      verdictOn(server, boundRequestWith(token, claims && proveWith(claims)))
    expect(await judgeProof({})).toBe('al')
    expect(await judgeProof()).toBe('ERR_PROOF_MISSING')
    expect(await judgeProof({ ath: hash('another') })).toBe('ERR_PROOF_TOKEN')
    expect(await judgeProof({})).toBe('al')
  })
})

describe('a request without a token', () => {
  test('is refused, unless that is optional', async () => {
    const server = create()
    expect(await judge(server)).toBe('ERR_CREDENTIALS_MISSING')
    expect(await server.authenticate(requestWith(), { optional: true })).toBeUndefined()
    await expect(server.authenticate(requestWith(), { optional: false } as never)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS_MISSING',
      status: 401,
    })
    await expect(server.authenticate(requestWith('x'), { optional: true })).rejects.toBeInstanceOf(
      RefusedError,
    )
    await expect(
      server.authenticate(requestWith(), Object.create({ optional: true }) as { optional: true }),
    ).rejects.toBeInstanceOf(RefusedError)
  })

  test('meets no requirement, and cannot be asked about again', async () => {
    const server = create()
    const missing = { code: 'ERR_CREDENTIALS_MISSING', status: 401 }
    expect(() => server.authorize(undefined as never, allScopes('s'))).toThrow(
      expect.objectContaining(missing),
    )
    await expect(server.refresh(undefined as never, { maxAge: 1 })).rejects.toMatchObject(missing)
  })
})

describe('a requirement', () => {
  test('is met, or refused with a challenge', async () => {
    const server = create()
    const auth = await server.authenticate(requestWith(createJwt()))
    expect(() => server.authorize(auth, allScopes('s'))).not.toThrow()
    const error: unknown = await Promise.resolve()
      .then(() => server.authorize(auth, allScopes('t')))
      .catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'ERR_SCOPE_INSUFFICIENT', scope: 't' })
    expect(server.answer(error)).toMatchObject({ status: 403 })
  })
})

test('the metadata are answered where they are', () => {
  const server = create()
  const target = '/.well-known/oauth-protected-resource'
  expect(server.resourceMetadataUrl).toBe(`https://api.example.com${target}`)
  expect(server.answerMetadata({ ...requestWith(), target })).toMatchObject({ status: 200 })
  expect(server.answerMetadata(requestWith())).toBeUndefined()
})
