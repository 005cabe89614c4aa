import { ConfigurationError, createResourceServer, type ResourceServerOptions } from '@bearward/core'

/** The error that options, of whatever type, are refused with; `undefined` where they are accepted. */
export function configurationErrorOf(options: unknown): ConfigurationError | undefined {
  return configurationErrorIn(() => createResourceServer(options as ResourceServerOptions))
}

/** The name of the option that options are refused for; `undefined` where they are accepted. */
export function optionAtFault(options: unknown): string | undefined {
  return configurationErrorOf(options)?.option
}

/** The name of the option that a guard or a requirement is refused for; `undefined` where it can be made. */
export function optionAtFaultIn(make: () => unknown): string | undefined {
  return configurationErrorIn(make)?.option
}

function configurationErrorIn(make: () => unknown): ConfigurationError | undefined {
  try {
    make()
    return undefined
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
}
