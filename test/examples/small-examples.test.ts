import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as boundTokens from '../../examples/bound-tokens/src/stage.js'
import { tellStory as tellBoundTokens } from '../../examples/bound-tokens/src/story.js'
import { createChecks, type Checks } from '../../examples/kit/src/checks.js'
import * as mixedIssuers from '../../examples/mixed-issuers/src/stage.js'
import { tellStory as tellMixedIssuers } from '../../examples/mixed-issuers/src/story.js'
import * as serviceToService from '../../examples/service-to-service/src/stage.js'
import { tellStory as tellServiceToService } from '../../examples/service-to-service/src/story.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** In milliseconds; the first build of a fresh clone is part of it. */
const TIME_LIMIT = 120_000
/** A module that lets the client see 200 where an API answers 401. */
const ACCEPTING_FETCH = `data:text/javascript,${encodeURIComponent(`
  const { fetch } = globalThis
  globalThis.fetch = async (...request) => {
    const response = await fetch(...request)
    return response.status === 401 ? new Response('{}') : response
  }
`)}`

const run = promisify(execFile)

async function tell<Stage extends { close(): Promise<void> }>(
  openStage: () => Promise<Stage>,
  tellStory: (stage: Stage, checks: Checks) => Promise<void>,
): Promise<readonly string[]> {
  const lines: string[] = []
  const stage = await openStage()
  try {
    await tellStory(
      stage,
      createChecks((line) => lines.push(line)),
    )
  } finally {
    await stage.close()
  }
  return lines
}

test('a service calls another as itself, and never with the token of its caller', async () => {
  const lines = await tell(serviceToService.openStage, tellServiceToService)
  expect(lines.filter((line) => !line.startsWith('  ✓ '))).toEqual([])
  expect(lines).toHaveLength(10)
})

test('JWTs of one issuer and opaque access tokens of another are told apart', async () => {
  const lines = await tell(mixedIssuers.openStage, tellMixedIssuers)
  expect(lines.filter((line) => !line.startsWith('  ✓ '))).toEqual([])
  expect(lines).toHaveLength(14)
})

test('a token that is bound to the key of a client is of no use to a thief', async () => {
  const lines = await tell(boundTokens.openStage, tellBoundTokens)
  expect(lines.filter((line) => !line.startsWith('  ✓ '))).toEqual([])
  expect(lines).toHaveLength(16)
})

describe.each([
  ['service-to-service', 10],
  ['mixed-issuers', 14],
  ['mcp-server', 18],
  ['bound-tokens', 16],
])('%s as a process', (name, total) => {
  const demo = `examples/${name}/dist/demo.js`
  beforeAll(async () => {
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', `examples/${name}`], { cwd: ROOT })
  }, TIME_LIMIT)

  test('ends well, without a warning', async () => {
    const { stdout, stderr } = await run(process.execPath, [demo], { cwd: ROOT, timeout: TIME_LIMIT })
    expect(stderr).toBe('')
    expect(stdout.endsWith(`\n${total} of ${total} answers as demanded.\n`)).toBe(true)
  })

  test('fails where an answer is not as demanded, and says which', async () => {
    const child = run(process.execPath, ['--import', ACCEPTING_FETCH, demo], { cwd: ROOT })
    await expect(child).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/\n {2}✗ [^\n]*: expected [^\n]*401[^\n]*, got [^\n]*200/),
    })
  })
})
