import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A program of this folder, in a process of its own. */
export interface Program<Message> {
  /** What it said when it was ready, or done. */
  readonly greeting: Message
  end(): void
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts `programs/<name>.ts`, and waits until it says something. */
export async function startProgram<Message>(
  name: string,
  settings: object,
  execArgv: readonly string[] = [],
): Promise<Program<Message>> {
  const file = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url))
  const env = { ...process.env, NODE_ENV: 'production' }
  const child = fork(file, [JSON.stringify(settings)], { execArgv: [...execArgv], env })
  running.add(child)
  const ended = once(child, 'exit').then(() => {
    running.delete(child)
    throw new Error(`${name} has ended`)
  })
  ended.catch(() => undefined)
  const [greeting] = (await Promise.race([once(child, 'message'), ended])) as [Message]
  return { greeting, end: () => void child.kill('SIGKILL') }
}

/** Runs a program that does one thing, and says what came of it. */
export async function askProgram<Answer>(
  name: string,
  settings: object,
  execArgv: readonly string[] = [],
): Promise<Answer> {
  const { greeting, end } = await startProgram<Answer>(name, settings, execArgv)
  end()
  return greeting
}
