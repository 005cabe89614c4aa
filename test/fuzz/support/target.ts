import { ConfigurationError, RefusedError, UnavailableError } from '../../../packages/core/src/errors.js'
import type { Chance } from './chance.js'

/** What became of an input; a value that JSON can hold says what was read of an accepted one. */
export type Verdict = { readonly accepted: unknown } | { readonly refused: string }

/** A part of Bearward that is fuzzed. */
export interface Target {
  readonly name: string
  /** Its part of the executions of a run, beside the weights of the others. */
  readonly weight: number
  /** Share of the inputs that must be accepted at least, from 0 to 1: a fuzzer that is always refused tests nothing. */
  readonly leastAccepted: number
  /** Makes the next input, and leaves it to be judged by both. */
  prepare(chance: Chance): Trial
}

/** One input, and who judges it. */
export interface Trial {
  /** For whoever reads of a finding. */
  readonly input: unknown
  /** What Bearward says. */
  judge(): Verdict | Promise<Verdict>
  /** What the reference says. */
  expect(): Verdict | Promise<Verdict>
}

/** Bearward and the reference differ, or something was thrown that must not be. */
export class Finding extends Error {
  override readonly name = 'Finding'
}

/** Says what a check accepts or refuses with, where these are the codes that its documentation names. */
export function verdictOf(codes: readonly string[], check: () => unknown): Verdict {
  try {
    return { accepted: check() }
  } catch (error) {
    return refusalOf(codes, error)
  }
}

/** The same of one that takes its time. */
export async function verdictOfAsync(
  codes: readonly string[],
  check: () => Promise<unknown>,
): Promise<Verdict> {
  try {
    return { accepted: await check() }
  } catch (error) {
    return refusalOf(codes, error)
  }
}

function refusalOf(codes: readonly string[], error: unknown): Verdict {
  const isOurs =
    error instanceof RefusedError || error instanceof UnavailableError || error instanceof ConfigurationError
  if (!isOurs) throw new Finding(`throws ${String(error)}`, { cause: error })
  if (!codes.includes(error.code)) throw new Finding(`refuses with ${error.code}`, { cause: error })
  return { refused: error.code }
}

/**
 * Runs one trial.
 *
 * @returns `accepted`, or the code of the refusal
 *
 * @throws {@link Finding}
 */
export function examine(trial: Trial): string | Promise<string> {
  const verdict = trial.judge()
  const expected = trial.expect()
  if (verdict instanceof Promise || expected instanceof Promise)
    return Promise.all([verdict, expected]).then((both) => compare(...both))
  return compare(verdict, expected)
}

function compare(verdict: Verdict, expected: Verdict): string {
  if ('refused' in verdict) {
    if ('refused' in expected) return verdict.refused
    throw new Finding(`refuses with ${verdict.refused} what the reference accepts`)
  }
  if ('refused' in expected) throw new Finding(`accepts what the reference refuses: ${expected.refused}`)
  const [read, known] = [JSON.stringify(verdict.accepted), JSON.stringify(expected.accepted)]
  if (read !== known) throw new Finding(`reads ${read} where the reference reads ${known}`)
  return 'accepted'
}
