import { createPublicKey, verify } from 'node:crypto'
import type { RequestHandler } from 'express'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { toScheme } from '../issuer.js'
import { toToken } from '../strings.js'
import { fetchKeys, SCOPE, type Source } from './app.js'

interface Claims {
  readonly iss?: unknown
  readonly aud?: unknown
  readonly exp?: unknown
  readonly scope?: unknown
}

/** As short as one could write it: the signature on the main thread, and the claims. */
export async function verifyInLine(source: Source): Promise<RequestHandler> {
  const { digest, options } = toScheme(source.algorithm)
  const [jwk = {}] = await fetchKeys(source)
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), ...options }
  return (req, res, next) => {
    const token = toToken(req.headers.authorization ?? '')
    const dot = token.lastIndexOf('.')
    const signature = Buffer.from(token.slice(dot + 1), 'base64url')
    const isGood =
      verify(digest, Buffer.from(token.slice(0, dot), 'latin1'), key, signature) &&
      areGood(toClaims(token), source)
    if (isGood) next()
    else res.status(401).end()
  }
}

export function verifyWithJose({ issuer, audience, jwksUri }: Source): RequestHandler {
  const keySet = createRemoteJWKSet(new URL(jwksUri))
  return async (req, res, next) => {
    const token = toToken(req.headers.authorization ?? '')
    const isGood = await jwtVerify(token, keySet, { issuer, audience, typ: 'at+jwt' }).then(
      ({ payload }) => hasScope(payload),
      () => false,
    )
    if (isGood) next()
    else res.status(401).end()
  }
}

function toClaims(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims
}

function areGood(claims: Claims, { issuer, audience }: Source): boolean {
  const { iss, aud, exp } = claims
  return (
    iss === issuer &&
    aud === audience &&
    typeof exp === 'number' &&
    exp > Date.now() / 1000 &&
    hasScope(claims)
  )
}

function hasScope({ scope }: Claims): boolean {
  return typeof scope === 'string' && scope.split(' ').includes(SCOPE)
}
