import { ConfigurationError } from './errors.js'
import type { SingleIssuerOptions } from './options.js'

/**
 * Reads the options from the environment, for `requireToken()` without any.
 *
 * - `BEARWARD_ISSUER`: `issuer`
 * - `BEARWARD_AUDIENCE`: `audience`; several are separated by spaces
 *
 * @throws {@link ConfigurationError} that names a variable which is missing or empty
 */
export function readEnvironment(): SingleIssuerOptions {
  const [issuer, audience] = [readVariable('BEARWARD_ISSUER'), readVariable('BEARWARD_AUDIENCE')]
  const missing = [issuer === '' ? 'BEARWARD_ISSUER' : '', audience === '' ? 'BEARWARD_AUDIENCE' : ''].filter(
    Boolean,
  )
  if (missing.length > 0) {
    throw new ConfigurationError(missing.join(', '), 'set in the environment, or pass options')
  }
  return { issuer, audience: audience.split(/ +/) }
}

function readVariable(name: string): string {
  return process.env[name]?.trim() ?? ''
}
