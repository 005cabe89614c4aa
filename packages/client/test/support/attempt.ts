import { expect } from '@jest/globals'
import { ConfigurationError, createTokenSource, type TokenSourceOptions } from '@bearward/client'
import { withDefaults, type AnyOptions } from './script.js'

/** The error that options cause, whatever they are. */
export function attempt(options: unknown): unknown {
  try {
    createTokenSource(options as TokenSourceOptions)
    return undefined
  } catch (error) {
    return error
  }
}

/** The option that is named where options differ from good ones in this; `undefined` where they are good all the same. */
export function optionAtFault(options: AnyOptions): unknown {
  const error = attempt({ clientId: 'client', ...withDefaults(options) })
  if (error === undefined) return undefined
  expect(error).toBeInstanceOf(ConfigurationError)
  return (error as ConfigurationError).option
}
