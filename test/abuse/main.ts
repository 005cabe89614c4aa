import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startAuthorizationServer } from '@bearward/testing'
import { ATTACKS, type Attack } from './attacks.js'
import { useApi, type Service } from './client.js'
import type { Memory } from './programs/api.js'
import type { AttackReport } from './programs/attacker.js'

/** Good tokens; the first ten are those of the client that does nothing wrong. */
const TOKENS = 5_000
/** What an hour of good use may cost the authorization server, and two searches for unknown keys each half minute. */
const MOST_FETCHES = 12
/** In MB: what 32 MiB of verdicts may take, and no more. */
const MOST_GROWTH = 60

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } })
const seconds = Number(values.seconds)

const audience = 'https://api.example.com'
const authorizationServer = await startAuthorizationServer({
  algorithms: ['ES256'],
  lifetime: 86_400,
  audience,
})
const folder = await mkdtemp(join(tmpdir(), 'bearward-abuse-'))
const file = join(folder, 'tokens')
const tokens = await Promise.all(Array.from({ length: TOKENS }, () => authorizationServer.mint()))
await writeFile(file, tokens.join('\n'))

const api = start('api', { issuer: authorizationServer.issuer, audience }, ['--expose-gc'])
const { port } = await hear<{ readonly port: number }>(api)
await useApi(port, tokens.slice(0, 10), 2) // warms up

console.log(`Node.js ${process.version}, ${String(cpus().length)} × ${cpus()[0]?.model ?? 'unknown'}`)
console.log(
  `Each attack lasts ${String(seconds)} s; meanwhile 100 good requests/s. Times in ms, memory in MB.\n`,
)
const columns = [
  'Attack',
  'Sent/s',
  'Answers',
  'Good',
  'Failed',
  'p50',
  'p99',
  'Longest',
  'Heap',
  'RSS',
  'Fetches',
]
console.log(`| ${columns.join(' | ')} |\n|${columns.map(() => ' --- |').join('')}`)
const before = await ask<Memory>(api)
const none: Attack = { title: 'none', connections: 0, mayPass: true, next: () => Buffer.alloc(0) }
const problems: string[] = []
for (const [index, attack] of [none, ...ATTACKS].entries()) await withstand(attack, index - 1)

api.kill()
await authorizationServer.close()
await rm(folder, { recursive: true })
for (const problem of problems) console.error(problem)
process.exit(problems.length === 0 ? 0 : 1)

async function withstand(attack: Attack, index: number): Promise<void> {
  const fetched = countFetches()
  const service = useApi(port, tokens.slice(0, 10), seconds)
  const report = index < 0 ? { sent: 0, answers: {} } : await attackWith(index)
  print(attack, report, await service, await ask<Memory>(api), countFetches() - fetched)
}

function attackWith(attack: number): Promise<AttackReport> {
  return hear<AttackReport>(start('attacker', { attack, port, seconds, file }))
}

function print(
  attack: Attack,
  report: AttackReport,
  service: Service,
  memory: Memory,
  fetches: number,
): void {
  const { sent, answers } = report
  const answered = Object.entries(answers).map(
    ([status, count]) => `${status}: ${count.toLocaleString('en')}`,
  )
  const times = [service.p50, service.p99, service.longest].map((time) => time.toFixed(1))
  const sizes = [memory.heap, memory.resident].map((size) => size.toFixed(0))
  const rate = Math.round(sent / seconds).toLocaleString('en')
  const cells = [
    attack.title,
    rate,
    answered.join(', '),
    service.requests,
    service.failures,
    ...times,
    ...sizes,
    fetches,
  ]
  console.log(`| ${cells.join(' | ')} |`)
  const expect = (holds: boolean, problem: string) => holds || problems.push(`${attack.title}: ${problem}`)
  expect(service.failures === 0, 'good requests failed')
  expect(fetches <= MOST_FETCHES, 'too many requests to the authorization server')
  expect(memory.heap - before.heap < MOST_GROWTH, 'the heap has grown')
  expect(attack.mayPass === true || answers['200'] === undefined, 'an attacker got in')
}

function countFetches(): number {
  const { jwks, metadata } = authorizationServer.requests
  return jwks + metadata
}

function start(name: string, settings: object, execArgv: readonly string[] = []): ChildProcess {
  const path = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url))
  return fork(path, [JSON.stringify(settings)], {
    execArgv: [...execArgv],
    env: { ...process.env, NODE_ENV: 'production' },
  })
}

async function hear<Message>(child: ChildProcess): Promise<Message> {
  return ((await once(child, 'message')) as [Message])[0]
}

function ask<Answer>(child: ChildProcess): Promise<Answer> {
  child.send('memory')
  return hear(child)
}
