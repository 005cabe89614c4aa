import { createHash } from 'node:crypto'
import { atOnce } from './at-once.js'
import type { AuthorizationServerConfig } from './config/authorization-server.js'
import type { ResourceServerConfig } from './config/resource-server.js'
import { UnavailableError } from './errors.js'
import { resolveAddress } from './http/address.js'
import type { Exchange } from './http/exchange.js'
import { createFetchJson, type FetchJson } from './http/fetch-json.js'
import { createLiveDocument, type DocumentHealth, type LiveDocument } from './http/live-document.js'
import type { Copy } from './http/outcome.js'
import { createKeySetSource, type KeySet } from './keys/key-set.js'
import type { KeySetSighting } from './keys/key-search-store.js'
import { createKeySource, type KeySource } from './keys/key-source.js'
import { createPeers } from './keys/peers.js'
import {
  createMetadataSource,
  type AuthorizationServerMetadata,
  type MetadataAddress,
} from './metadata/authorization-server.js'
import type { CommonOptions, Refresh } from './options.js'

/** What one authorization server publishes. */
export interface Documents {
  readonly metadata: LiveDocument<AuthorizationServerMetadata>
  readonly keySet: LiveDocument<KeySet>
  readonly keySource: KeySource
  /** The same for all that are told of the key set in the same way, wherever it moves. */
  readonly source: string
  /** Waits for what is needed to judge tokens. */
  load(): Promise<void>
  readonly needs: Needs
  /** Notes what another process saw, of whatever key set. */
  hear(sighting: KeySetSighting): void
  /** Plans requests, from now on: none is planned before. */
  plan(): void
  /** Plans none any more, until it is told to. Who asks for one still gets it. */
  stop(): void
}

/** What must be known of an authorization server to judge its tokens. */
export interface Needs {
  readonly keys: boolean
  /** In the metadata. */
  readonly addresses: readonly MetadataAddress[]
}

/**
 * Puts metadata and key set of an authorization server together; nothing is fetched before somebody asks.
 *
 * @param exchange The way to the authorization server.
 */
export function createDocuments(
  server: AuthorizationServerConfig,
  { clock, onRefresh, keySearchStore }: Pick<ResourceServerConfig, 'clock' | 'keySearchStore' | 'onRefresh'>,
  exchange: Exchange,
): Documents {
  const { issuer, jwksUri, connection, refresh } = server
  const needs = findNeeds(server)
  const fetchJson = createFetchJson(exchange, clock)
  const report = createReport(issuer, onRefresh)
  const place = createPlace(jwksUri)

  const mayAsk = (url: string) => resolveAddress(url, connection.addresses) !== undefined
  const fetchMetadata = createMetadataSource(issuer, fetchJson, mayAsk, needs.addresses)
  const metadata = createLiveDocument(fetchMetadata, refresh, clock, () => {
    report('authorization server metadata', metadata.health())
    const isElsewhere = place.moveTo(jwksUri ?? metadata.copy()?.content.jwksUri)
    if (!needs.keys || !isElsewhere) return
    void keySet.join(Infinity).then(() => place.isAsked() || keySet.refresh())
  })
  const locate = async () => jwksUri ?? findJwksUri(await metadata.get(Infinity))
  const locateAgain = async () => jwksUri ?? findJwksUri(await metadata.reload(Infinity))
  const fetchKeySet = createKeySetSource(place.note(fetchJson), locate, locateAgain)
  const keySet = createLiveDocument(fetchKeySet, refresh, clock, () => {
    report('key set', keySet.health())
  })
  const source = toSource(server)
  const peers = keySearchStore && createPeers(keySearchStore, source, keySet, clock)

  return {
    metadata,
    keySet,
    keySource: createKeySource(keySet, locateAgain, refresh.waitLimit, clock, peers),
    source,
    needs,
    hear: (sighting) => peers?.hear(sighting),
    async load() {
      await findNeeded({ keySet, metadata, needs })?.get(Infinity)
    },
    ...createPlanning([metadata, keySet]),
  }
}

function createPlanning(documents: readonly LiveDocument<unknown>[]): Pick<Documents, 'plan' | 'stop'> {
  return {
    plan() {
      for (const document of documents) document.plan()
    },
    stop() {
      for (const document of documents) document.stop()
    },
  }
}

function toSource({ issuer, jwksUri, connection: { addresses } }: AuthorizationServerConfig): string {
  const found = JSON.stringify([issuer, jwksUri, addresses.internalOrigin])
  return createHash('sha256').update(found).digest('base64url')
}

/** By how its tokens are validated. Metadata that serve the keys serve them, whatever else they lack. */
export function findNeeds(
  server: Pick<AuthorizationServerConfig, 'accessTokens' | 'introspection' | 'jwksUri'>,
): Needs {
  const { accessTokens, introspection, jwksUri } = server
  const keys = accessTokens !== 'opaque' || introspection?.responseFormat === 'jwt'
  if (keys && jwksUri === undefined) return { keys, addresses: ['jwks_uri'] }
  const isEndpointLooked = introspection !== undefined && introspection.endpoint === undefined
  return { keys, addresses: isEndpointLooked ? ['introspection_endpoint'] : [] }
}

/** The document without which no token can be judged; `undefined` where none is needed. */
export function findNeeded({
  keySet,
  metadata,
  needs,
}: Pick<Documents, 'keySet' | 'metadata' | 'needs'>): LiveDocument<unknown> | undefined {
  if (needs.keys) return keySet
  return needs.addresses.length > 0 ? metadata : undefined
}

/** There is one in metadata that passed the check, wherever keys are needed. */
function findJwksUri({ content: { issuer, jwksUri } }: Copy<AuthorizationServerMetadata>): string {
  if (jwksUri !== undefined) return jwksUri
  throw new UnavailableError('ERR_METADATA_INVALID', `metadata for ${issuer}: it has no jwks_uri`)
}

/** Who is only told does not change anything, and cannot end the process either. */
function createReport(
  issuer: string,
  onRefresh: CommonOptions['onRefresh'],
): (document: Refresh['document'], health: DocumentHealth) => void {
  return (document, { failure, timeLeft }) => {
    try {
      atOnce<unknown>(onRefresh?.({ issuer, document, error: failure?.error, timeLeft }))
    } catch {
      // said in the documentation of the option
    }
  }
}

interface Place {
  /**
   * Notes where it is.
   *
   * @returns Whether that is another place than before, or the first that is known.
   */
  moveTo(url: string | undefined): boolean
  /** Notes what is asked. */
  note(fetchJson: FetchJson): FetchJson
  /** Whether the last request went there: one that was under way during a move did not. */
  isAsked(): boolean
}

/** Where the key set is, as far as anybody knows. */
function createPlace(jwksUri: string | undefined): Place {
  let location = jwksUri
  let asked: string | undefined
  return {
    moveTo(url) {
      const isNew = url !== location
      location = url
      return isNew
    },
    note:
      (fetchJson) =>
      (url, ...rest) => {
        asked = url
        return fetchJson(url, ...rest)
      },
    isAsked: () => asked === location,
  }
}
