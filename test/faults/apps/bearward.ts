import { requireToken } from '@bearward/express'
import { CACHE_SECONDS, toJwksUri, type Library } from './api.js'

/** With the address of the key set, as all the others. */
export const bearward: Library = {
  title: 'Bearward',
  packages: ['@bearward/express'],
  protect: (source) =>
    requireToken({
      issuer: source.issuer,
      audience: source.audience,
      jwksUri: toJwksUri(source),
      refreshInterval: CACHE_SECONDS,
    }),
}

/** With the issuer alone: the key set is found through the metadata. */
export const bearwardWithMetadata: Library = {
  title: 'Bearward, with the issuer alone',
  packages: ['@bearward/express'],
  protect: ({ issuer, audience, origin }) =>
    requireToken({ issuer, audience, internalOrigin: origin, refreshInterval: CACHE_SECONDS }),
}
