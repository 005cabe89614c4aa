import { execFile, spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { requestToken, toBasic } from '../../examples/stats-api/src/client.js'
import * as demand from '../../examples/stats-api/src/demand.js'
import type { Exchange } from '../../examples/stats-api/src/exchange.js'
import { listen } from '../../examples/kit/src/listener.js'
import { createProvider } from '../../examples/stats-api/src/provider.js'
import { STATS_API } from '../../examples/stats-api/src/registrations.js'
import { createSigningKey } from '../../examples/stats-api/src/signing-key.js'
import { openStage } from '../../examples/stats-api/src/stage.js'
import { createStore } from '../../examples/stats-api/src/store.js'
import { tellStory } from '../../examples/stats-api/src/story.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const DEMO = 'examples/stats-api/dist/demo.js'
const WHOLE_TOKEN = /eyJ[\w-]{20}/
/** In milliseconds; the first build of a fresh clone is part of it. */
const TIME_LIMIT = 120_000
/** A module that lets the client see 200 where the API answers 403. */
const ACCEPTING_FETCH = `data:text/javascript,${encodeURIComponent(`
  const { fetch } = globalThis
  globalThis.fetch = async (...request) => {
    const response = await fetch(...request)
    return response.status === 403 ? new Response() : response
  }
`)}`
const SEPARATOR = '=== next ==='

type Served = ChildProcessByStdio<null, Readable, null>

const run = promisify(execFile)
/** The demo itself takes Node.js alone; the continuous integration has curl. */
const hasCurl = spawnSync('curl', ['--version']).status === 0

test('every answer of the story is as the standards demand', async () => {
  const stage = await openStage()
  try {
    const exchanges: Exchange[] = []
    for await (const event of tellStory(stage)) if ('request' in event) exchanges.push(event)
    expect(exchanges.flatMap(({ problems }) => problems)).toEqual([])
    const statuses = exchanges.map(({ status }) => status).sort()
    expect(statuses.filter((status) => status === 200)).toHaveLength(34)
    expect(statuses.filter((status) => status > 200)).toEqual(
      [Array(4).fill(201), Array(24).fill(401), Array(4).fill(403), Array(6).fill(503)].flat(),
    )
  } finally {
    await stage.close()
  }
})

describe('an answer that is not as demanded is a problem', () => {
  const challenge = (value: string) => ({ 'WWW-Authenticate': value })
  const { accepted, findProblems, insufficient, UNAUTHENTICATED, UNAVAILABLE } = demand

  test.each([
    ['an accepted request', accepted(200), 401, {}, ['status: expected 200, got 401']],
    [
      'an error for no token',
      UNAUTHENTICATED,
      401,
      challenge('Bearer realm="protected resource", error="invalid_token"'),
      ['error: expected none, got invalid_token'],
    ],
    [
      'no challenge',
      UNAUTHENTICATED,
      401,
      {},
      ['challenge: expected Bearer, got none', 'realm: expected protected resource, got none'],
    ],
    [
      'a second challenge',
      UNAUTHENTICATED,
      401,
      challenge('Bearer realm="protected resource", Basic realm="x"'),
      ['second challenge: expected none, got Basic'],
    ],
    [
      'a challenge in an outage',
      UNAVAILABLE,
      503,
      { ...challenge('Bearer'), 'Retry-After': '5' },
      ['challenge: expected none, got Bearer'],
    ],
    ['an outage without an end', UNAVAILABLE, 503, {}, ['Retry-After: expected seconds, got none']],
  ] as const)('%s', (_name, demanded, status, headers, problems) => {
    expect(findProblems({ status, headers: new Headers(headers) }, demanded)).toEqual(problems)
  })

  test('another scope', () => {
    const parameters = Object.entries(insufficient('stats:read').challenge ?? {})
    const headers = new Headers(
      challenge(`Bearer ${parameters.map(([name, value]) => `${name}="${value}"`).join()}`),
    )
    expect(findProblems({ status: 403, headers }, insufficient('stats:write'))).toEqual([
      'scope: expected stats:write, got stats:read',
    ])
  })
})

describe('the client', () => {
  const clientId = 'a client: 100 %'
  const clientSecret = 's3cret:+&=/ %41'

  test('form-encodes id and secret before it joins them', () => {
    const [scheme = '', credentials = ''] = toBasic(clientId, clientSecret).split(' ')
    expect(scheme).toBe('Basic')
    expect(Buffer.from(credentials, 'base64').toString()).toBe(
      'a+client%3A+100+%25:s3cret%3A%2B%26%3D%2F+%2541',
    )
  })

  test.each(['client_secret_basic', 'client_secret_post'] as const)(
    '%s is understood',
    async (authMethod) => {
      const client = { clientId, clientSecret, authMethod, backdatedBy: 0 }
      const { origin, serve, stop } = await listen()
      try {
        const handle = (await createProvider(origin, [client], createSigningKey(), createStore())).callback()
        serve((request, response) => void handle(request, response))
        const answer = await requestToken(`${origin}/token`, client, {
          resource: STATS_API,
          scope: 'stats:read',
        })
        expect(answer).toMatchObject({ token_type: 'Bearer', scope: 'stats:read' })
      } finally {
        await stop()
      }
    },
  )
})

describe('as a process', () => {
  let served: Served | undefined

  beforeAll(async () => {
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'examples/stats-api'], {
      cwd: ROOT,
    })
  }, TIME_LIMIT)
  afterEach(() => {
    served?.kill('SIGKILL')
  })

  test('the demo ends well, without a warning, a colour or a whole token', async () => {
    const { stdout, stderr } = await run(process.execPath, [DEMO], { cwd: ROOT, timeout: TIME_LIMIT })
    expect(stderr).toBe('')
    expect(stdout).not.toContain('\x1b')
    expect(stdout).not.toMatch(WHOLE_TOKEN)
    expect(stdout).toMatch(/\n72 of 72 answers are as the standards demand\.\n$/)
  })

  test('the demo fails where an answer is not as demanded, and says which', async () => {
    const child = run(process.execPath, ['--import', ACCEPTING_FETCH, DEMO], { cwd: ROOT })
    await expect(child).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/\n +✗ 200 [^✓]*status: expected 403, got 200[^]*\n68 of 72 answers are/),
    })
  })

  async function callAsPrinted(): Promise<void> {
    served = spawn(process.execPath, [DEMO, '--serve'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
    const steps = parseSteps(await readUntilReady(served))
    expect(steps.length).toBeGreaterThanOrEqual(27)
    const script = steps.map(({ command }) => `${command}\nprintf '${SEPARATOR}'`).join('\n')
    const { stdout } = await run('sh', ['-c', script], { env: { ...process.env, no_proxy: '127.0.0.1' } })
    const answers = stdout.split(SEPARATOR).slice(0, -1).map(summarize)
    expect(answers).toEqual(steps.map(({ answer }) => answer))

    served.kill('SIGINT')
    expect(await once(served, 'exit')).toEqual([0, null])
  }
  if (hasCurl) test('the curl lines of --serve answer as printed', callAsPrinted, TIME_LIMIT)
})

interface Step {
  readonly command: string
  readonly answer: string[]
}

/** Indented lines are commands; the arrows after them say what each of them answers. */
function parseSteps(printed: readonly string[]): readonly Step[] {
  const steps: Step[] = []
  let block: string[] = []
  for (const line of printed) {
    if (line.endsWith(':')) block = []
    if (line.startsWith('  → ')) block.push(line.slice('  → '.length))
    if (line.startsWith('    ')) steps.push({ command: line.trim(), answer: block })
  }
  return steps
}

/** Of an answer, the lines that `--serve` announces. */
function summarize(answer: string): readonly string[] {
  const lines = answer
    .split('\r\n')
    .filter((line) => /^(?:HTTP\/|WWW-Authenticate:|Retry-After:)/i.test(line))
  return answer === '' ? ['no output'] : lines
}

async function readUntilReady(child: Served): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (line.startsWith('Everything is running.')) return lines
  }
  throw new Error(`It ended before it was ready:\n${lines.join('\n')}`)
}
