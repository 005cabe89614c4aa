// Options that are right, for tests to change, and parts of them.
export const ISSUER = 'https://as.example.com'
export const ORIGIN = 'https://api.example.com'
export const MINIMUM = { issuer: ISSUER, audience: ORIGIN }
export const SECRET = 's'.repeat(32)
export const OPAQUE = { accessTokens: 'opaque', introspection: { clientId: 'api', clientSecret: 's' } }

/** What is said of an option that takes one string or several. */
export const strings = 'must be a non-empty string, or a list of them'
export const stored = { find: Date.now, store: Date.now, forget: Date.now, subscribe: Date.now }
export const searched = { take: Date.now, announce: Date.now, subscribe: Date.now }

export const dpop = (more: object) => ({ dpop: { origin: ORIGIN, ...more } })
export const metadata = (more: object) => ({ resourceMetadata: { resource: ORIGIN, ...more } })
