import { ConfigurationError, type Seconds } from '@bearward/core'

/** Where Redis or Valkey is: one server, or a cluster. */
type ServerOptions =
  | {
      readonly clusterUrls?: never
      /** `redis://user:password@host:6379/0`, or `rediss:` over TLS. */
      readonly url: string
    }
  | {
      /** Some nodes of a cluster, from which the others are learnt. User, password and TLS are those of the first. */
      readonly clusterUrls: readonly string[]
      readonly url?: never
    }

/** Options of {@link createRedisStores}. */
export type RedisOptions = ServerOptions & {
  /**
   * One to four secrets of at least 32 characters each, the same in all processes: the first encrypts, all of them decrypt.
   * To change the secret, put the new one behind the old in all processes, then in front, then take the old one away.
   */
  readonly secrets: readonly string[]
  /** What all keys and channels begin with: one for each API that shares a Redis. Default: `'bearward'`. */
  readonly prefix?: string
  /** How long an answer of Redis is waited for, in seconds, 0.05 to 3. Default: 0.5. */
  readonly timeLimit?: Seconds
  /**
   * Takes a Redis without notes for one that nobody has used yet, and not for one that lost them: a proof that was used
   * before it lost them is accepted again. For development and tests. Default: `false`.
   */
  readonly dangerouslyTrustEmptyRedis?: boolean
  /** Told of what goes wrong: for logs and metrics. What it throws is dropped. Default: nobody is told. */
  readonly onError?: (error: Error) => void
}

/** The checked options. */
export interface RedisConfig {
  readonly urls: readonly [string, ...string[]]
  readonly isCluster: boolean
  readonly secrets: readonly string[]
  readonly prefix: string
  readonly timeLimit: Seconds
  readonly trustsEmptyRedis: boolean
  readonly report: (error: unknown) => void
}

const OPTIONS = [
  'url',
  'clusterUrls',
  'secrets',
  'prefix',
  'timeLimit',
  'dangerouslyTrustEmptyRedis',
  'onError',
]
const MOST_SECRETS = 4
/** In characters, for as many bits as the key that is made of it has at least. */
const SHORTEST_SECRET = 32
const DEFAULT_TIME_LIMIT: Seconds = 0.5
const TIME_LIMITS: readonly [Seconds, Seconds] = [0.05, 3]

/**
 * Checks the options.
 *
 * @throws {@link ConfigurationError} that names the option at fault, never its value
 */
export function parseOptions(input: RedisOptions): RedisConfig {
  const options: Readonly<Record<string, unknown>> = { ...input }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) throw new ConfigurationError(unknown, 'is not an option')
  const { url, clusterUrls, secrets, prefix = 'bearward', timeLimit = DEFAULT_TIME_LIMIT } = options
  const { dangerouslyTrustEmptyRedis = false, onError } = options
  check((url === undefined) !== (clusterUrls === undefined), 'url', 'give one of url and clusterUrls')
  check(
    typeof prefix === 'string' && /^[\w.:-]{1,100}$/.test(prefix),
    'prefix',
    'must be letters, digits or -.:_',
  )
  check(isWithin(timeLimit, TIME_LIMITS), 'timeLimit', `must be ${TIME_LIMITS.join(' to ')} seconds`)
  check(
    typeof dangerouslyTrustEmptyRedis === 'boolean',
    'dangerouslyTrustEmptyRedis',
    'must be true or false',
  )
  check(onError === undefined || typeof onError === 'function', 'onError', 'must be a function')
  return {
    urls: url === undefined ? parseUrls(clusterUrls, 'clusterUrls') : parseUrls([url], 'url'),
    isCluster: url === undefined,
    secrets: parseSecrets(secrets),
    prefix: prefix as string,
    timeLimit: timeLimit as Seconds,
    trustsEmptyRedis: dangerouslyTrustEmptyRedis as boolean,
    report: createReport(onError as RedisOptions['onError']),
  }
}

function check(isGood: boolean, name: string, problem: string): void {
  if (!isGood) throw new ConfigurationError(name, problem)
}

function isWithin(value: unknown, [least, most]: readonly [number, number]): boolean {
  return typeof value === 'number' && value >= least && value <= most
}

function parseUrls(value: unknown, name: string): readonly [string, ...string[]] {
  const urls: readonly unknown[] = Array.isArray(value) ? value : []
  const [first, ...others] = urls.filter(isRedisUrl)
  if (first !== undefined && others.length === urls.length - 1) {
    return [first, ...others.map((url) => withAccessOf(first, url))]
  }
  throw new ConfigurationError(name, 'must be redis: or rediss: with a host, and a number for a path, if any')
}

/** User, password and TLS of the first go for all: whoever connects to one of them. */
function withAccessOf(first: string, url: string): string {
  const { protocol, username, password } = new URL(first)
  return Object.assign(new URL(url), { protocol, username, password }).href
}

function isRedisUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, hostname, pathname, username, password } = new URL(value)
  const isDecodable = canDecode(username) && canDecode(password)
  return (
    ['redis:', 'rediss:'].includes(protocol) &&
    hostname !== '' &&
    /^(?:\/\d*)?$/.test(pathname) &&
    isDecodable
  )
}

function canDecode(text: string): boolean {
  try {
    return typeof decodeURIComponent(text) === 'string'
  } catch {
    return false
  }
}

function parseSecrets(value: unknown): readonly string[] {
  const secrets: readonly unknown[] = Array.isArray(value) ? value : []
  const isLong = (secret: unknown) => typeof secret === 'string' && secret.length >= SHORTEST_SECRET
  const isCountGood = secrets.length >= 1 && secrets.length <= MOST_SECRETS
  const problem = `must be one to ${MOST_SECRETS} strings of at least ${SHORTEST_SECRET} characters each`
  check(isCountGood && secrets.every(isLong), 'secrets', problem)
  return secrets as readonly string[]
}

function createReport(onError: RedisOptions['onError']): RedisConfig['report'] {
  return (error) => {
    try {
      const unknown = findUnknownCommand(error)
      if (unknown !== undefined) onError?.(new Error(`Redis does not know the command ${unknown}`))
      else onError?.(error instanceof Error ? error : new Error('unknown', { cause: error }))
    } catch {
      // Telemetry decides nothing.
    }
  }
}

/** Redis repeats what it does not know: with HELLO and AUTH, the password. */
function findUnknownCommand(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { name } = /unknown command\W+(?<name>\w*)/.exec(error.message)?.groups ?? {}
  const others: readonly unknown[] = error instanceof AggregateError ? error.errors : []
  return name ?? [error.cause, ...others].map(findUnknownCommand).find((found) => found !== undefined)
}
