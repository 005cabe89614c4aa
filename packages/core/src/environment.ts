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
  const audience = readVariable('BEARWARD_AUDIENCE').split(/ +/)
  return { issuer: readVariable('BEARWARD_ISSUER'), audience }
}

function readVariable(name: string): string {
  const value = process.env[name]?.trim()
  if (value === undefined || value === '') {
    throw new ConfigurationError(name, 'set this environment variable, or pass options')
  }
  return value
}
