import type { Seconds } from '@bearward/core'
import { isFault, type Fault } from './faults.js'

/** How an endpoint answers. */
export interface Behaviour {
  /** What is wrong with it. Default: nothing. */
  readonly fault?: Fault
  /** How long the answer takes to begin, in seconds. Default: 0. */
  readonly delay?: Seconds
  /** Added to the answer, in place of fields of the same name. */
  readonly headers?: Readonly<Record<string, string>>
  /** Goes on though the request was aborted, as a `fetch` does that does not heed its signal. Default: false. */
  readonly deaf?: boolean
}

/** The behaviours of an endpoint, request by request. */
export interface Script {
  /**
   * Begins anew.
   *
   * @throws {TypeError} When there is no such fault.
   */
  set(behaviour: Behaviour | readonly Behaviour[] | undefined): void
  /** How to answer the next request. */
  next(): Behaviour
}

/** Makes a script of good behaviour. */
export function createScript(): Script {
  let behaviours: readonly Behaviour[] = []
  let position = 0
  return {
    set(given = []) {
      const list = isList(given) ? [...given] : [given]
      const unknown = list.find(({ fault }) => fault !== undefined && !isFault(fault))
      if (unknown) throw new TypeError(`fault: there is none that is called ${String(unknown.fault)}`)
      behaviours = list
      position = 0
    },
    next() {
      const behaviour = behaviours[position] ?? behaviours.at(-1) ?? {}
      position += 1
      return behaviour
    },
  }
}

function isList(value: Behaviour | readonly Behaviour[]): value is readonly Behaviour[] {
  return Array.isArray(value)
}
