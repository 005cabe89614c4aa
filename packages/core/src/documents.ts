import { atOnce } from './at-once.js'
import type { AuthorizationServerConfig } from './config/authorization-server.js'
import { resolveAddress } from './http/address.js'
import { createFetchJson } from './http/fetch-json.js'
import { createLiveDocument, type DocumentHealth, type LiveDocument } from './http/live-document.js'
import { createKeySetSource, type KeySet } from './keys/key-set.js'
import { createKeySource, type KeySource } from './keys/key-source.js'
import { createMetadataSource, type AuthorizationServerMetadata } from './metadata/authorization-server.js'
import type { CommonOptions, Refresh } from './options.js'
import type { Clock, Seconds } from './time.js'

/** What one authorization server publishes. */
export interface Documents {
  readonly metadata: LiveDocument<AuthorizationServerMetadata>
  readonly keySet: LiveDocument<KeySet>
  readonly keySource: KeySource
  /** Plans no more requests. With `abort`, ends those under way, and makes none either. */
  stop(options: { readonly abort: boolean }): void
}

/** Puts metadata and key set of an authorization server together; nothing is fetched before somebody asks. */
export function createDocuments(
  { issuer, jwksUri, connection, refresh }: AuthorizationServerConfig,
  clock: Clock,
  onRefresh: CommonOptions['onRefresh'],
): Documents {
  const closing = new AbortController()
  const fetchJson = createFetchJson(connection, clock, closing.signal)
  const report = createReport(issuer, onRefresh)
  let location = jwksUri

  const mayAsk = (url: string) => resolveAddress(url, connection.addresses) !== undefined
  const fetchMetadata = createMetadataSource(issuer, fetchJson, mayAsk)
  const metadata = createLiveDocument(fetchMetadata, refresh, clock, () => {
    report('authorization server metadata', metadata.health())
    const found = jwksUri ?? metadata.copy()?.content.jwksUri
    if (found === location) return
    location = found
    keySet.refresh() // it has moved, or was not known before
  })
  const locate = async () => jwksUri ?? (await metadata.get(Infinity)).content.jwksUri
  const locateAgain = async (deadline: Seconds) =>
    jwksUri ?? (await metadata.reload(deadline)).content.jwksUri
  const keySet = createLiveDocument(
    createKeySetSource(fetchJson, locate, () => locateAgain(Infinity)),
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
    stop({ abort }) {
      metadata.stop()
      keySet.stop()
      if (abort) closing.abort()
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
