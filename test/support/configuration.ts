import { ConfigurationError, createResourceServer, type ResourceServerOptions } from '@bearward/core'

/** The error that options, of whatever type, are refused with; `undefined` where they are accepted. */
export function configurationErrorOf(options: unknown): ConfigurationError | undefined {
  try {
    createResourceServer(options as ResourceServerOptions)
    return undefined
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
}

/** The name of the option that options are refused for; `undefined` where they are accepted. */
export function optionAtFault(options: unknown): string | undefined {
  return configurationErrorOf(options)?.option
}
