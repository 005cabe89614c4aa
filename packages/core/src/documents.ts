import { atOnce } from './at-once.js'
import type { AuthorizationServerConfig } from './config/authorization-server.js'
import type { ResourceServerConfig } from './config/resource-server.js'
import { resolveAddress } from './http/address.js'
import { createFetchJson, type FetchJson } from './http/fetch-json.js'
import { createLiveDocument, type DocumentHealth, type LiveDocument } from './http/live-document.js'
import { createKeySetSource, type KeySet } from './keys/key-set.js'
import { createKeySource, type KeySource } from './keys/key-source.js'
import { createMetadataSource, type AuthorizationServerMetadata } from './metadata/authorization-server.js'
import type { CommonOptions, Refresh } from './options.js'

/** What one authorization server publishes. */
export interface Documents {
  readonly metadata: LiveDocument<AuthorizationServerMetadata>
  readonly keySet: LiveDocument<KeySet>
  readonly keySource: KeySource
  /** Plans no more requests. Who asks for one still gets it. */
  stop(): void
}

/**
 * Puts metadata and key set of an authorization server together; nothing is fetched before somebody asks.
 *
 * @param closing Ends all requests, and makes none any more.
 */
export function createDocuments(
  { issuer, jwksUri, connection, refresh }: AuthorizationServerConfig,
  { clock, onRefresh }: Pick<ResourceServerConfig, 'clock' | 'onRefresh'>,
  closing: AbortSignal,
): Documents {
  const fetchJson = createFetchJson(connection, clock, closing)
  const report = createReport(issuer, onRefresh)
  const place = createPlace(jwksUri)

  const mayAsk = (url: string) => resolveAddress(url, connection.addresses) !== undefined
  const fetchMetadata = createMetadataSource(issuer, fetchJson, mayAsk)
  const metadata = createLiveDocument(fetchMetadata, refresh, clock, () => {
    report('authorization server metadata', metadata.health())
    if (!place.moves(jwksUri ?? metadata.copy()?.content.jwksUri)) return
    if (!keySet.isFetching()) keySet.refresh()
    else void keySet.join(Infinity).then(() => place.isAsked() || keySet.refresh())
  })
  const locate = async () => jwksUri ?? (await metadata.get(Infinity)).content.jwksUri
  const locateAgain = async () => jwksUri ?? (await metadata.reload(Infinity)).content.jwksUri
  const keySet = createLiveDocument(
    createKeySetSource(place.note(fetchJson), locate, locateAgain),
    refresh,
    clock,
    () => {
      report('key set', keySet.health())
    },
  )

  return {
    metadata,
    keySet,
    keySource: createKeySource(keySet, locateAgain, refresh.waitLimit, clock),
    stop() {
      metadata.stop()
      keySet.stop()
    },
  }
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
  /** Whether this is another place than before, or the first that is known. */
  moves(url: string | undefined): boolean
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
    moves(url) {
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
