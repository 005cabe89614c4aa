import { ConfigurationError } from './errors.js'
import type { SingleIssuerOptions } from './options.js'

/**
 * Reads the options from the environment, for `requireToken()` without any.
 *
 * - `BEARWARD_ISSUER`: `issuer`
 * - `BEARWARD_AUDIENCE`: `audience`; several are separated by spaces
 * - `BEARWARD_INTROSPECTION_CLIENT_ID` and `BEARWARD_INTROSPECTION_CLIENT_SECRET`: both or neither, `introspection`
 *
 * @throws {@link ConfigurationError} that names a variable which is missing or empty
 */
export function readEnvironment(): SingleIssuerOptions {
  const { BEARWARD_ISSUER: issuer, BEARWARD_AUDIENCE: audience } = readVariables([
    'BEARWARD_ISSUER',
    'BEARWARD_AUDIENCE',
  ])
  return { issuer, audience: audience.split(/ +/), ...readIntrospection() }
}

function readIntrospection(): Pick<SingleIssuerOptions, 'introspection'> {
  const names = ['BEARWARD_INTROSPECTION_CLIENT_ID', 'BEARWARD_INTROSPECTION_CLIENT_SECRET'] as const
  if (names.every((name) => process.env[name] === undefined)) return {}
  const variables = readVariables(names)
  return { introspection: { clientId: variables[names[0]], clientSecret: variables[names[1]] } }
}

function readVariables<Name extends string>(names: readonly Name[]): Record<Name, string> {
  const entries = names.map((name) => [name, process.env[name]?.trim() ?? ''] as const)
  const missing = entries.filter(([, value]) => value === '').map(([name]) => name)
  if (missing.length === 0) return Object.fromEntries(entries) as Record<Name, string>
  throw new ConfigurationError(missing.join(', '), 'set in the environment, or pass options')
}
