import type { Fetch, FetchInit } from '@bearward/core'
import type { AuthorizationServer } from '../authorization-server.js'
import type { EndpointName, Endpoints } from '../endpoints.js'
import type { ReceivedRequest } from '../http/message.js'
import { createIssuing, type IssuingMembers } from '../issuing.js'
import { createKeyRing } from '../keys/key-ring.js'
import { createScript, type Behaviour } from './behaviour.js'
import { createBooks, type LoggedRequest } from './books.js'
import { perform } from './exchange.js'
import { parseScriptedOptions, type ScriptedOptions } from './options.js'
import { watch } from './quiet.js'
import { createSite } from './site.js'
import type { EndpointCounts } from './traffic.js'

/** An endpoint that behaves as it is told. */
export type ScriptedEndpoint = 'metadata' | 'jwks' | 'introspection'

type Shared = IssuingMembers & Pick<AuthorizationServer, 'requests' | 'resetCounters'>

/** An authorization server without sockets, in virtual time, that behaves as it is told. */
export interface ScriptedAuthorizationServer extends Endpoints, Shared {
  /** The way to it, for `createResourceServer`. Answers 404 where there is no endpoint. */
  readonly fetch: Fetch

  /**
   * How an endpoint behaves from now on: always so, or in this order from request to request, the last one for ever;
   * undefined: well. Requests that are under way go on as they began.
   *
   * @throws {TypeError} When there is no such fault.
   *
   * @example
   *   authorizationServer.behave('jwks', { fault: 'hang' })
   *   authorizationServer.behave('jwks', [{ fault: 'refuse' }, { delay: 2 }, {}])
   */
  behave(endpoint: ScriptedEndpoint, behaviour: Behaviour | readonly Behaviour[] | undefined): void

  /** Moves the key set to another URL; the metadata say so at once. The old one answers 404. */
  moveKeySet(): void

  /** Each request, in order. Live; `resetCounters` leaves it as it is. */
  readonly log: readonly LoggedRequest[]

  /**
   * How many requests are under way at each endpoint: until their answer is sent whole, they are aborted, or
   * get no connection. Where the behaviour is deaf, those that are aborted go on. Live.
   */
  readonly underWay: EndpointCounts

  /** The most that were ever under way at once. Live; `resetCounters` begins anew with those that are now. */
  readonly mostUnderWay: EndpointCounts
}

/**
 * Makes an authorization server that answers in virtual time. When it answers, and what, is a function of the calls: the
 * key set is read, and a token looked up, when the answer begins, after the delay. Keys, signatures and opaque tokens are
 * as random as real ones.
 *
 * @throws {TypeError} When an option cannot be used.
 *
 * @example
 *   const clock = createVirtualClock()
 *   const { issuer, fetch } = await createScriptedAuthorizationServer({ clock })
 *   const resourceServer = createResourceServer({ issuer, audience: 'https://api.example.com', fetch, clock })
 */
export async function createScriptedAuthorizationServer(
  options: ScriptedOptions,
): Promise<ScriptedAuthorizationServer> {
  const settings = parseScriptedOptions(options)
  const { clock, endpoints } = settings
  const keys = await createKeyRing(settings.algorithms)
  const issuing = createIssuing(keys, settings, endpoints.issuer)
  const site = createSite(settings, issuing.sources)
  const scripts = { metadata: createScript(), jwks: createScript(), introspection: createScript() }
  const books = createBooks(clock)

  return {
    ...endpoints,
    ...issuing.members,
    ...books.members,
    get jwksUri() {
      return site.jwksUri
    },
    async fetch(url, init) {
      const endpoint = site.find(new URL(url))
      const request = receive(url, init)
      const knownEtag = request.headers['if-none-match']
      const { signal } = init
      books.enter(endpoint, request)
      const behaviour = isScripted(endpoint) ? scripts[endpoint].next() : {}
      const answer = () => site.answer(endpoint, request)
      return perform({ endpoint, behaviour, knownEtag, signal, answer }, clock, books.traffic)
    },
    behave(endpoint, behaviour) {
      scripts[endpoint].set(behaviour)
    },
    moveKeySet: site.moveKeySet,
    rotateKeys(options) {
      watch()
      return issuing.members.rotateKeys(options)
    },
  }
}

function isScripted(endpoint: EndpointName): endpoint is ScriptedEndpoint {
  return endpoint === 'metadata' || endpoint === 'jwks' || endpoint === 'introspection'
}

function receive(url: string, { method, headers, body = '' }: FetchInit): ReceivedRequest {
  const { pathname, search } = new URL(url)
  return { method, target: pathname + search, headers: Object.fromEntries(new Headers(headers)), body }
}
