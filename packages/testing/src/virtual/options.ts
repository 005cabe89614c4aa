import { createEndpoints, type Endpoints } from '../endpoints.js'
import { isIssuerPath, parseOptions, type Settings, type StartOptions } from '../options.js'
import type { VirtualClock } from './clock.js'

type SharedOptions = Pick<StartOptions, 'accessTokens' | 'algorithms' | 'audience' | 'clients' | 'lifetime'>

/** What kind of authorization server to make. */
export interface ScriptedOptions extends SharedOptions {
  /** What tells the time: that of tokens, and that of answers that take some. */
  readonly clock: VirtualClock
  /** Default: `https://as.example.com`. */
  readonly issuer?: string
  /** Signing algorithms; each gets its own key, tokens are signed with the first. Default: `['ES256']`. */
  readonly algorithms?: NonNullable<StartOptions['algorithms']>
  /** Sends an `ETag` with metadata and key set, and 304 to who has that already. Default: false. */
  readonly etags?: boolean
}

/** Options with every default filled in. */
export interface ScriptedSettings extends Settings {
  readonly clock: VirtualClock
  readonly endpoints: Endpoints
  readonly etags: boolean
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError} When an option cannot be used; the message begins with its name.
 */
export function parseScriptedOptions(options: ScriptedOptions): ScriptedSettings {
  const { issuer = 'https://as.example.com', algorithms = ['ES256'], etags = false, ...others } = options
  const origin = /^https?:\/\/[^/?#]+/.exec(issuer)?.[0] ?? ''
  const path = issuer.slice(origin.length)
  if (!URL.canParse(issuer) || new URL(issuer).origin !== origin || !isIssuerPath(path)) {
    throw new TypeError(
      'issuer: must be an http or https URL as URL parsers write it, without query or fragment',
    )
  }
  const settings = parseOptions({ ...others, algorithms, path })
  const endpoints = createEndpoints(origin, path, settings.metadata)
  return { ...settings, clock: options.clock, endpoints, etags }
}
