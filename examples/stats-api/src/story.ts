import { callWithKnownKey, callWithoutKeys, listCalls, listCallsAfterRotation, type Tokens } from './calls.js'
import { ask, call, type Exchange } from './exchange.js'
import { tellOpaqueOutage, tellOpaqueStory, type Chapter } from './opaque-story.js'
import { SCOPE, STAGING_API, STATS_API } from './registrations.js'
import type { Stage } from './stage.js'

const EVERYTHING = { resource: STATS_API, scope: SCOPE }

/**
 * Everything that happens to a resource server, in Express and in Koa, in the order in which it happens. In the end the
 * authorization server is stopped.
 */
export async function* tellStory(stage: Stage): AsyncGenerator<Chapter | Exchange, void> {
  const { authorizationServer, apis } = stage
  const { issuer, tokenEndpoint, clients } = authorizationServer

  yield { title: `Clients ask for tokens: authorization server at ${issuer}` }
  const tokens = yield* askForTokens(stage)

  for (const { name, origin } of apis) {
    yield { title: `Clients call the ${name} API at ${origin}` }
    for (const plan of listCalls(tokens)) yield await call(origin, plan)
  }

  const opaqueTokens = yield* tellOpaqueStory(stage, tokens.good)

  await authorizationServer.rotateKeys()
  yield { title: 'The authorization server has a new key, and has withdrawn the old one' }
  const renewed = yield* ask(tokenEndpoint, clients.reporter, EVERYTHING, 'Signed with the new key.')
  for (const { name, origin } of apis) {
    yield { title: `${name}, after the keys were rotated` }
    for (const plan of listCallsAfterRotation(tokens.good, renewed)) yield await call(origin, plan)
  }

  await authorizationServer.stop()
  for (const { name, origin } of apis) {
    yield { title: `${name}, with the authorization server stopped` }
    yield await call(origin, callWithKnownKey(renewed))
  }
  yield* tellOpaqueOutage(stage, opaqueTokens)
  for (const { name, origin } of await stage.startApis()) {
    yield { title: `${name}, started while the authorization server is stopped` }
    yield await call(origin, callWithoutKeys(renewed))
  }
}

/** With the secret in the header, and in the body; then for less, for another API, and for a token that is too old. */
async function* askForTokens({ authorizationServer }: Stage): AsyncGenerator<Exchange, Tokens> {
  const { tokenEndpoint, clients } = authorizationServer
  const { reporter, importer, latecomer } = clients
  const narrow = { resource: STATS_API, scope: 'stats:read' }
  const foreign = { resource: STAGING_API, scope: SCOPE }
  return {
    good: yield* ask(tokenEndpoint, reporter, EVERYTHING, 'Every authorization server takes Basic.'),
    fromBody: yield* ask(tokenEndpoint, importer, EVERYTHING, 'Many take the secret in the body, too.'),
    narrow: yield* ask(
      tokenEndpoint,
      reporter,
      narrow,
      'Down-scoped: a client may ask for less than it may have.',
    ),
    foreign: yield* ask(
      tokenEndpoint,
      reporter,
      foreign,
      'A token is for the one API that it was asked for.',
    ),
    expired: yield* ask(
      tokenEndpoint,
      latecomer,
      EVERYTHING,
      'The tokens of this client are dated back by a day.',
    ),
  }
}
