import { LRUCache } from 'lru-cache'

/** What is known of issuers, by their names. */
export interface TenantTable<Known extends object> {
  /** Counts as use of one that no good token came from: anybody can name an issuer. */
  find(issuer: string): Known | undefined
  peek(issuer: string): Known | undefined
  /** @param known `undefined`: nothing any more. */
  set(issuer: string, known: Known | undefined): void
  /** Notes that a good token came from this issuer, which counts as use. */
  confirm(issuer: string): void
  values(): readonly Known[]
}

/** Of each kind, the most recently used stay. */
const MOST = 1_000

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
  const confirmed = new LRUCache<string, Known>({
    max: MOST,
    dispose({ server }, _issuer, reason) {
      if (reason !== 'set') stop(server)
    },
  })
  const newcomers = new LRUCache<string, Known>({
    max: MOST,
    dispose({ server }, issuer, reason) {
      if (reason !== 'set' && !confirmed.has(issuer)) stop(server)
    },
  })
  const roomOf = (issuer: string) => (confirmed.has(issuer) ? confirmed : newcomers)

  return {
    find: (issuer) => confirmed.peek(issuer) ?? newcomers.get(issuer),
    peek: (issuer) => roomOf(issuer).peek(issuer),
    set(issuer, known) {
      const room = roomOf(issuer)
      if (known === undefined) return void room.delete(issuer)
      room.set(issuer, known)
      if (room === confirmed) plan(known.server)
    },
    confirm(issuer) {
      const known = confirmed.get(issuer) === undefined ? newcomers.peek(issuer) : undefined
      if (known === undefined) return
      confirmed.set(issuer, known)
      newcomers.delete(issuer)
      plan(known.server)
    },
    values: () => [...confirmed.values(), ...newcomers.values()],
  }
}
