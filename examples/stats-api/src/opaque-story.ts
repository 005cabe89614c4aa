import { ask, call, revoke, type Exchange } from './exchange.js'
import {
  callFresh,
  listCallsAfterRevocation,
  listOpaqueCalls,
  listOpaqueCallsInOutage,
} from './opaque-calls.js'
import { OPAQUE_API, OPAQUE_STAGING_API, SCOPE } from './registrations.js'
import type { Stage } from './stage.js'

/** A new part of the story. */
export interface Chapter {
  readonly title: string
}

/** Tokens that the story goes on with. */
export interface RemainingTokens {
  /** Every API has seen it. */
  readonly known: string
  /** No API has. */
  readonly unknown: string
}

const EVERYTHING = { resource: OPAQUE_API, scope: SCOPE }

/**
 * What happens to opaque tokens, on both APIs, until one is revoked.
 *
 * @param jwt A JWT for another API.
 */
export async function* tellOpaqueStory(
  { authorizationServer, opaqueApis }: Stage,
  jwt: string,
): AsyncGenerator<Chapter | Exchange, RemainingTokens> {
  const { tokenEndpoint, revocationEndpoint, clients } = authorizationServer
  const { reporter } = clients
  const narrow = { resource: OPAQUE_API, scope: 'stats:read' }
  const foreign = { resource: OPAQUE_STAGING_API, scope: SCOPE }

  yield { title: 'Clients ask for opaque tokens' }
  const tokens = {
    good: yield* ask(
      tokenEndpoint,
      reporter,
      EVERYTHING,
      'Random text: the authorization server knows the rest.',
    ),
    narrow: yield* ask(tokenEndpoint, reporter, narrow, 'Down-scoped, as before.'),
    foreign: yield* ask(tokenEndpoint, reporter, foreign, 'For one API alone, as before.'),
    jwt,
  }
  const known = yield* ask(tokenEndpoint, reporter, EVERYTHING, 'One that is not revoked below.')
  const unknown = yield* ask(tokenEndpoint, reporter, EVERYTHING, 'One that nobody uses yet.')

  for (const { name, origin } of opaqueApis) {
    yield { title: `Clients call the ${name} API for opaque tokens at ${origin}` }
    for (const plan of [...listOpaqueCalls(tokens), callFresh(known)]) yield await call(origin, plan)
  }

  yield { title: 'A client revokes a token' }
  yield await revoke(revocationEndpoint, reporter, tokens.good, 'Whoever has a copy cannot use it either.')
  for (const { name, origin } of opaqueApis) {
    yield { title: `${name}, after the token was revoked` }
    for (const plan of listCallsAfterRevocation(tokens.good)) yield await call(origin, plan)
  }
  return { known, unknown }
}

/** What happens to them while the authorization server is stopped. */
export async function* tellOpaqueOutage(
  { opaqueApis }: Stage,
  { known, unknown }: RemainingTokens,
): AsyncGenerator<Chapter | Exchange, void> {
  for (const { name, origin } of opaqueApis) {
    yield { title: `${name} for opaque tokens, with the authorization server stopped` }
    for (const plan of listOpaqueCallsInOutage(known, unknown)) yield await call(origin, plan)
  }
}
