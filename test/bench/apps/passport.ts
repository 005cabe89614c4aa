import { createRequire } from 'node:module'
import type { RequestHandler } from 'express'
import { passportJwtSecret } from 'jwks-rsa'
import type { App } from './app.js'
import { createExpress } from './express.js'

/** Without its types, which are packages of their own. */
const require = createRequire(import.meta.url)
const { Passport } = require('passport') as {
  Passport: new () => {
    use(strategy: object): void
    authenticate(name: string, options: { session: boolean }): RequestHandler
  }
}
const { Strategy, ExtractJwt } = require('passport-jwt') as {
  Strategy: new (options: object, verify: (claims: object, done: Done) => void) => object
  ExtractJwt: { fromAuthHeaderAsBearerToken(): unknown }
}

type Done = (error: null, user: object) => void

/** It knows no scopes. */
export const passportJwt: App = {
  title: 'Express, `passport-jwt` + `jwks-rsa`',
  bare: 'express',
  create({ issuer, audience, jwksUri }) {
    const options = {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: passportJwtSecret({ jwksUri, cache: true }),
      issuer,
      audience,
      algorithms: ['RS256'],
    }
    const passport = new Passport()
    passport.use(new Strategy(options, (claims, done) => done(null, claims)))
    return createExpress(passport.authenticate('jwt', { session: false }))
  },
}
