import { LRUCache } from 'lru-cache'

/** What is known of issuers, by their names. */
export interface TenantTable<Known extends object> {
  /** Counts as use of one that no good token came from: anybody can name an issuer. */
  find(issuer: string): Known | undefined
  peek(issuer: string): Known | undefined
  /**
   * Counts as use of what was not known alone.
   *
   * @param known `undefined`: nothing any more.
   */
  set(issuer: string, known: Known | undefined): void
  /** Notes that a good token came from this issuer, which counts as use. */
  confirm(issuer: string): void
  values(): readonly Known[]
}

interface Entry<Known> {
  known: Known
}

/** Of each of two kinds, the most recently used stay. */
export const MOST_OF_A_KIND = 1_000

/**
 * Makes a table with two rooms: one for issuers that a good token came from, and one for the others. Anybody can name those: they
 * put out each other, and no issuer that is really in use.
 *
 * @param stop Told of the server that is in the table no more, and nothing took its place.
 * @param plan Told of those that a good token came from, once or more often.
 */
export function createTenantTable<Server, Known extends { readonly server: Server }>(
  stop: (server: Server) => void,
  plan: (server: Server) => void,
): TenantTable<Known> {
  const confirmed = new LRUCache<string, Entry<Known>>({
    max: MOST_OF_A_KIND,
    dispose({ known }) {
      stop(known.server)
    },
  })
  const newcomers = new LRUCache<string, Entry<Known>>({
    max: MOST_OF_A_KIND,
    dispose({ known }, issuer) {
      if (!confirmed.has(issuer)) stop(known.server)
    },
  })
  const roomOf = (issuer: string) => (confirmed.has(issuer) ? confirmed : newcomers)

  return {
    find: (issuer) => (confirmed.peek(issuer) ?? newcomers.get(issuer))?.known,
    peek: (issuer) => roomOf(issuer).peek(issuer)?.known,
    set(issuer, known) {
      const room = roomOf(issuer)
      if (known === undefined) return void room.delete(issuer)
      const entry = room.peek(issuer)
      if (entry === undefined) room.set(issuer, { known })
      else entry.known = known // in its place: this is no use
      if (room === confirmed) plan(known.server)
    },
    confirm(issuer) {
      const entry = confirmed.get(issuer) === undefined ? newcomers.peek(issuer) : undefined
      if (entry === undefined) return
      confirmed.set(issuer, entry)
      newcomers.delete(issuer)
      plan(entry.known.server)
    },
    values: () => [...confirmed.values(), ...newcomers.values()].map(({ known }) => known),
  }
}
