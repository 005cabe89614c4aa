import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A program of this folder, in a process of its own. */
export interface Program<Message> {
  /** What it said when it was ready, or done. */
  readonly greeting: Message
  /** Sends it something, and waits for what it says. One question at a time. */
  ask<Answer>(question: object | string): Promise<Answer>
  end(): void
}

/** How it is started. */
export interface Start {
  /** Options of `node`. */
  readonly execArgv?: readonly string[]
  /** The one core that it may use. Default: all. */
  readonly core?: number | undefined
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts `programs/<name>.ts`, and waits until it says something. */
export async function startProgram<Message>(
  name: string,
  settings: object,
  { execArgv = [], core }: Start = {},
): Promise<Program<Message>> {
  const file = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url))
  const env = { ...process.env, NODE_ENV: 'production' }
  const child = fork(file, [JSON.stringify(settings)], { ...toCommand(execArgv, core), env })
  running.add(child)
  const ended = once(child, 'exit').then(() => {
    running.delete(child)
    throw new Error(`${name} has ended`)
  })
  ended.catch(() => undefined)
  const hear = async <Answer>() => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [Answer]
    return message
  }
  return {
    greeting: await hear<Message>(),
    ask(question) {
      child.send(question)
      return hear()
    },
    end: () => void child.kill('SIGKILL'),
  }
}

/** Runs a program that does one thing, and says what came of it. */
export async function askProgram<Answer>(name: string, settings: object, start: Start = {}): Promise<Answer> {
  const { greeting, end } = await startProgram<Answer>(name, settings, start)
  end()
  return greeting
}

function toCommand(execArgv: readonly string[], core: number | undefined) {
  if (core === undefined) return { execArgv: [...execArgv] }
  return { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, ...execArgv] }
}
