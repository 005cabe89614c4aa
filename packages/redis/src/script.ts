import { createHash, randomUUID } from 'node:crypto'

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

/** What came is not the answer to what was asked: what comes next on that connection will not be either. */
export class WrongAnswerError extends Error {
  override readonly name = 'WrongAnswerError'
}

/**
 * Prepares a script.
 *
 * @param body What it does, and returns. KEYS and ARGV are those of the call; behind them comes what marks its answer.
 */
export function createScript(body: string): Script {
  const text = `local function run()\n${body.trim()}\nend\nreturn {ARGV[#ARGV], run()}`
  return { text, sha1: createHash('sha1').update(text).digest('hex') }
}

/**
 * Runs a script, once. One that Redis does not know has not run: it is sent again, with its text.
 *
 * @throws {@link WrongAnswerError} where the answer is that of another call, or of nobody
 */
export async function runScript(
  runner: ScriptRunner,
  script: Script,
  keys: readonly string[],
  parameters: readonly (number | string)[],
): Promise<unknown> {
  const mark = randomUUID()
  const answer = await send(runner, script, { keys: [...keys], arguments: [...parameters.map(String), mark] })
  if (!Array.isArray(answer) || answer[0] !== mark) {
    throw new WrongAnswerError('Redis gave the answer to another question')
  }
  return answer[1]
}

async function send(
  { eval: evaluate, evalSha }: ScriptRunner,
  { text, sha1 }: Script,
  options: ScriptOptions,
): Promise<unknown> {
  try {
    return await evalSha(sha1, options)
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return evaluate(text, options)
    throw error
  }
}
