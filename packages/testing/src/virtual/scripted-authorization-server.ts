import type { Fetch, FetchInit, Seconds } from '@bearward/core'
import type { AuthorizationServer } from '../authorization-server.js'
import type { EndpointName, Endpoints } from '../endpoints.js'
import type { ReceivedRequest } from '../http/message.js'
import { createIssuing } from '../issuing.js'
import { createKeyRing } from '../keys/key-ring.js'
import { createCounting } from '../request-counters.js'
import { createScript, type Behaviour } from './behaviour.js'
import { perform } from './exchange.js'
import { parseScriptedOptions, type ScriptedOptions } from './options.js'
import { watch } from './quiet.js'
import { createSite } from './site.js'

/** A request that reached a scripted authorization server. */
export interface LoggedRequest {
  readonly endpoint: EndpointName
  /** When it came, on the monotonic clock. */
  readonly at: Seconds
  /** Whether it asked for what is new only, with `If-None-Match`. */
  readonly isConditional: boolean
}

type Shared = Pick<
  AuthorizationServer,
  'mint' | 'rotateKeys' | 'keySet' | 'publish' | 'requests' | 'resetCounters'
>

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
  behave(endpoint: 'metadata' | 'jwks', behaviour: Behaviour | readonly Behaviour[] | undefined): void

  /** Moves the key set to another URL; the metadata say so at once. The old one answers 404. */
  moveKeySet(): void

  /** Each request, in order. Live; `resetCounters` leaves it as it is. */
  readonly log: readonly LoggedRequest[]
}

/**
 * Makes an authorization server that answers in virtual time. When it answers, and what, is a function of the calls: the
 * key set is read when the answer begins, after the delay. Keys and signatures are as random as real ones.
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
  const { servedKeys, ...issuing } = createIssuing(keys, settings, endpoints.issuer)
  const site = createSite(settings, servedKeys, issuing.mint)
  const scripts = { metadata: createScript(), jwks: createScript() }
  const { counters, count, reset } = createCounting()
  const log: LoggedRequest[] = []

  return {
    ...endpoints,
    ...issuing,
    get jwksUri() {
      return site.jwksUri
    },
    async fetch(url, init) {
      const endpoint = site.find(new URL(url))
      const request = receive(url, init)
      const knownEtag = request.headers['if-none-match']
      const { signal } = init
      count(endpoint)
      log.push({ endpoint, at: clock.monotonic(), isConditional: knownEtag !== undefined })
      const behaviour = isScripted(endpoint) ? scripts[endpoint].next() : {}
      return perform({ endpoint, behaviour, knownEtag, signal }, clock, () => site.answer(endpoint, request))
    },
    behave(endpoint, behaviour) {
      scripts[endpoint].set(behaviour)
    },
    moveKeySet: site.moveKeySet,
    rotateKeys(options) {
      watch()
      return issuing.rotateKeys(options)
    },
    requests: counters,
    resetCounters: reset,
    log,
  }
}

function isScripted(endpoint: EndpointName): endpoint is 'metadata' | 'jwks' {
  return endpoint === 'metadata' || endpoint === 'jwks'
}

function receive(url: string, { method, headers, body = '' }: FetchInit): ReceivedRequest {
  const { pathname, search } = new URL(url)
  return { method, target: pathname + search, headers: Object.fromEntries(new Headers(headers)), body }
}
