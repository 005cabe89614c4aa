import { Agent } from 'node:http'
import { JwtVerifier } from 'aws-jwt-verify'
import {
  FetchError,
  JwksValidationError,
  JwtBaseError,
  WaitPeriodNotYetEndedJwkError,
} from 'aws-jwt-verify/error'
import { SimpleFetcher } from 'aws-jwt-verify/https'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import { readToken, toJwksUri, type Library } from './api.js'

/** It is no middleware either, and keeps keys for good. */
export const awsJwtVerify: Library = {
  title: '`aws-jwt-verify`',
  packages: ['aws-jwt-verify'],
  protect(source) {
    const { issuer, audience } = source
    const verifier = JwtVerifier.create(
      { issuer, audience, jwksUri: toJwksUri(source) },
      { jwksCache: createCache() },
    )
    return async (req, res, next) => {
      try {
        await verifier.verify(readToken(req.headers.authorization))
      } catch (error) {
        if (!isAboutToken(error)) throw error // Express answers 500
        res.status(401).set('WWW-Authenticate', 'Bearer error="invalid_token"').end()
        return
      }
      next()
    }
  },
}

/** The one that it makes by itself speaks TLS only; with this agent, it does not. */
function createCache(): SimpleJwksCache {
  const defaultRequestOptions = { agent: new Agent() }
  return new SimpleJwksCache({ fetcher: new SimpleFetcher({ defaultRequestOptions }) })
}

const ABOUT_KEY_SET = [FetchError, JwksValidationError, WaitPeriodNotYetEndedJwkError]

function isAboutToken(error: unknown): boolean {
  return error instanceof JwtBaseError && !ABOUT_KEY_SET.some((type) => error instanceof type)
}
