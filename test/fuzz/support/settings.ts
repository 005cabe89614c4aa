import {
  parseAuthorizationServer,
  type AuthorizationServerConfig,
} from '../../../packages/core/src/config/authorization-server.js'
import { AUDIENCES, ISSUER, SETTINGS, type Setting } from '../reference/rules.js'

/** A set of options, as Bearward reads it and as the reference has it. */
export interface ParsedSetting extends Setting {
  readonly config: AuthorizationServerConfig
}

const introspection = { clientId: 'api', clientSecret: 'secret', endpoint: `${ISSUER}/introspect` }

export const PARSED_SETTINGS: readonly ParsedSetting[] = SETTINGS.map((setting) => {
  const options = { issuer: ISSUER, audience: AUDIENCES, introspection, ...setting.options }
  return { ...setting, config: parseAuthorizationServer(options, 'options', {}) }
})
