import type { AuthorizationServerConfig } from './config/authorization-server.js'
import { UnavailableError } from './errors.js'
import { askAwake, MOST_RETRIES, retry } from './http/retry.js'
import { withinAwake } from './http/vigil.js'
import { createTenantTable, type TenantTable } from './tenant-table.js'
import { within, type Clock, type Seconds } from './time.js'

/** How long the answer for an accepted issuer holds. */
const LOOKUP_INTERVAL: Seconds = 600
/** How long it is used while the look-up fails, and how often that is tried. */
const STALE_WINDOW: Seconds = 86_400
const PAUSE: Seconds = 10
/** How long a look-up may take, and be waited for: it is made again where the process slept. */
const TIME_LIMIT: Seconds = 5
const WAIT_LIMIT: Seconds = 6

/** What is looked up, and what can be done with it. */
interface Servers<Server> {
  /** Puts an answer to use, with nothing planned; gets what was in use for this issuer before. */
  start(config: AuthorizationServerConfig, earlier: Server | undefined): Server
  /** Told what is in use no more, and nothing took its place. */
  stop(server: Server): void
  /** Plans what goes on by itself, where that has not been done. */
  plan(server: Server): void
}

interface Found<Server> {
  readonly server: Server
  readonly askedAt: Seconds
  /** When to ask again. */
  readonly askAt: Seconds
}

/** The issuers that were looked up. */
export interface LookUp<Server> {
  /** @throws {@link UnavailableError} `ERR_ISSUER_LOOKUP` */
  find(issuer: string): Promise<Server | undefined>
  /** The one in use, where nobody has to be asked. */
  atHand(issuer: string): Server | undefined
  /** Notes that a good token came from this issuer: those that none came from put out each other alone. */
  confirm(issuer: string): void
  /** Those in use. */
  list(): readonly Server[]
}

/**
 * Looks issuers up, where the configuration asks a function for them.
 *
 * Accepted answers are kept, and requests that wait for the same one are joined. Refused issuers, which anybody can make
 * up, leave no trace; nothing is planned for accepted ones, before a good token comes.
 */
export function createLookUp<Server>(
  resolve: (issuer: string) => Promise<AuthorizationServerConfig | undefined>,
  clock: Clock,
  { start, stop, plan }: Servers<Server>,
): LookUp<Server> {
  const found = createTenantTable<Server, Found<Server>>(stop, plan)
  const pending = new Map<string, Promise<Server | undefined>>()

  async function lookUp(issuer: string): Promise<Server | undefined> {
    // Looked at when the answer is there: what was put out meanwhile has been stopped, and must not come back.
    const current = () => found.peek(issuer)
    try {
      const { config, askedAt } = await ask(() => resolve(issuer), current(), clock)
      const server = config && start(config, current()?.server)
      found.set(issuer, server && toFound(server, askedAt))
      return server
    } catch (cause) {
      const known = holdOn(current(), cause, clock)
      found.set(issuer, { ...known, askAt: clock.monotonic() + PAUSE })
      return known.server
    } finally {
      pending.delete(issuer)
    }
  }

  return {
    atHand: (issuer) => findFresh(found, issuer, clock),
    confirm: found.confirm,
    async find(issuer) {
      const known = findFresh(found, issuer, clock)
      if (known !== undefined) return known
      const search = pending.get(issuer) ?? lookUp(issuer)
      pending.set(issuer, search)
      return withinAwake(clock, WAIT_LIMIT, search, late).catch((cause: unknown) => {
        if (cause instanceof UnavailableError) throw cause
        return holdOn(found.peek(issuer), cause, clock).server
      })
    },
    list: () => found.values().map(({ server }) => server),
  }
}

interface Reply {
  readonly config: AuthorizationServerConfig | undefined
  readonly askedAt: Seconds
}

/** Asks until there is an answer that is young enough. Insists where nobody has asked for long. */
async function ask(
  resolve: () => Promise<AuthorizationServerConfig | undefined>,
  known: Found<unknown> | undefined,
  clock: Clock,
): Promise<Reply> {
  const most = known && clock.monotonic() > known.askAt + PAUSE ? MOST_RETRIES : 0
  const askOnce = async (): Promise<Reply> => {
    const askedAt = clock.monotonic()
    return { config: await within(clock, TIME_LIMIT, resolve(), late), askedAt }
  }
  const insist = () => {
    const end = clock.monotonic() + TIME_LIMIT
    return retry(clock, most, askOnce, () => clock.monotonic() < end)
  }
  let reply: Reply
  do reply = await askAwake(clock, insist, () => true)
  while (clock.monotonic() - reply.askedAt >= LOOKUP_INTERVAL) // the process slept since
  return reply
}

function findFresh<Server>(
  found: TenantTable<Found<Server>>,
  issuer: string,
  clock: Clock,
): Server | undefined {
  const known = found.find(issuer)
  return known && clock.monotonic() < known.askAt ? known.server : undefined
}

/** As old as the question. */
function toFound<Server>(server: Server, askedAt: Seconds): Found<Server> {
  return { server, askedAt, askAt: askedAt + LOOKUP_INTERVAL }
}

/** An answer that cannot be renewed is no reason to give it up, for a while. */
function holdOn<Server>(known: Found<Server> | undefined, cause: unknown, clock: Clock): Found<Server> {
  if (known !== undefined && clock.monotonic() - known.askedAt < STALE_WINDOW) return known
  throw new UnavailableError('ERR_ISSUER_LOOKUP', 'see the cause', { cause })
}

function late(): Error {
  return new Error(`resolveAuthorizationServer took longer than ${String(TIME_LIMIT)} seconds`)
}
