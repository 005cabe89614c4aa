import { customFetch, validateJwtAccessToken, type AuthorizationServer } from 'oauth4webapi'
import { AUDIENCE } from '../issuer.js'
import type { Peer } from './peer.js'

/** It takes a `Request`, and checks as much as Bearward does. */
export const oauth4webapi: Peer = {
  name: '`oauth4webapi.validateJwtAccessToken`',
  caches: false,
  create({ issuer, jwk }) {
    const server: AuthorizationServer = { issuer, jwks_uri: `${issuer}/jwks` }
    const options = { [customFetch]: () => Promise.resolve(Response.json({ keys: [jwk] })) }
    return (authorization) => {
      const request = new Request('https://stats.example.com/stats', { headers: { authorization } })
      return validateJwtAccessToken(server, request, AUDIENCE, options)
    }
  },
}
