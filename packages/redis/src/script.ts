import { createHash } from 'node:crypto'

/** A Lua script: what it does, it does at once. */
export interface Script {
  readonly text: string
  /** By which Redis knows it, once it has seen the text. */
  readonly sha1: string
}

/** What runs scripts. */
export interface ScriptRunner {
  readonly eval: (text: string, options: ScriptOptions) => Promise<unknown>
  readonly evalSha: (sha1: string, options: ScriptOptions) => Promise<unknown>
}

interface ScriptOptions {
  keys: string[]
  arguments: string[]
}

/** Prepares a script. */
export function createScript(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') }
}

/** Runs a script, once. One that Redis does not know has not run: it is sent again, with its text. */
export async function runScript(
  { eval: evaluate, evalSha }: ScriptRunner,
  { text, sha1 }: Script,
  keys: readonly string[],
  parameters: readonly (number | string)[],
): Promise<unknown> {
  const options = { keys: [...keys], arguments: parameters.map(String) }
  try {
    return await evalSha(sha1, options)
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return evaluate(text, options)
    throw error
  }
}
