import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A program of this folder, in a process of its own. */
export interface Program<Message> {
  /** What it said when it was ready. */
  readonly greeting: Message
  /** Tells it something, and waits for its answer. */
  tell(command: object): Promise<void>
  /** Stops the process where it is: its connections stay open, and nothing answers. */
  pause(): void
  resume(): void
  /** Ends it as a crash would. */
  kill(): Promise<void>
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Starts `programs/<name>.ts`, and waits until it is ready. */
export async function startProgram<Message>(name: string, settings: object): Promise<Program<Message>> {
  const file = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url))
  const child = fork(file, [JSON.stringify(settings)], {
    execArgv: [],
    env: { ...process.env, NODE_ENV: 'test' }, // Express prints no errors then
  })
  running.add(child)
  const ended = once(child, 'exit').then(() => running.delete(child))
  const failed = ended.then(() => Promise.reject(new Error(`${name} has ended`)))
  failed.catch(() => undefined)
  const hear = async () => ((await Promise.race([once(child, 'message'), failed])) as [Message])[0]

  const greeting = await hear()
  return {
    greeting,
    async tell(command) {
      const answer = hear()
      child.send(command)
      await answer
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
