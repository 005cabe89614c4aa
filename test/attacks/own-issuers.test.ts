import { expect } from '@jest/globals'
import { createVirtualClock } from '@bearward/testing'
import type { AuthorizationServerConfig } from '../../packages/core/src/config/authorization-server.js'
import { createLookUp } from '../../packages/core/src/tenants.js'
import { rule, ruleForEach } from '../support/rule.js'

/** Longer than an answer is used without another one, in seconds. */
const LATER = 601

/** Looks an issuer up twice; between the second question and its answer, so many others are looked up. */
async function lookUpTwice(others: number, settle: 'answer' | 'fail') {
  const clock = createVirtualClock()
  const planned = new Set<object>()
  let release: (() => void) | undefined
  const lookUp = createLookUp<{ readonly issuer: string }>(
    async (issuer) => {
      if (issuer === 'victim' && clock.monotonic() - begin > LATER - 1)
        await new Promise<void>((resolve, reject) => {
          release = settle === 'answer' ? resolve : () => reject(new Error('down'))
        })
      return { issuer } as AuthorizationServerConfig
    },
    clock,
    {
      start: ({ issuer }, earlier) => earlier ?? { issuer },
      stop: (server) => planned.delete(server),
      plan: (server) => planned.add(server),
    },
  )
  const begin = clock.monotonic()
  const first = await lookUp.find('victim')
  await clock.advance(LATER)
  const second = lookUp.find('victim').catch((error: unknown) => (error as { code: string }).code)
  for (let index = 0; index < others; index += 1) await lookUp.find(`other-${String(index)}`)
  release?.()
  const found = await second
  lookUp.confirm('victim')
  return { isSame: found === first, isPlanned: typeof found === 'object' && planned.has(found), found }
}

rule('OWN-70', 'takes no issuer into use again that was put out while it was looked up', async () => {
  expect(await lookUpTwice(1_000, 'answer')).toMatchObject({ isSame: false, isPlanned: true })
  expect(await lookUpTwice(10, 'answer')).toMatchObject({ isSame: true, isPlanned: true })
})

ruleForEach(
  'OWN-70',
  { 'is still in use': [10, true], 'was put out': [1_000, false] } as const,
  'goes on with an issuer whose look-up failed only where it %s',
  async ([others, isSame]) => {
    const outcome = await lookUpTwice(others, 'fail')
    expect(outcome.isSame).toBe(isSame)
    expect(outcome.found).toEqual(isSame ? { issuer: 'victim' } : 'ERR_ISSUER_LOOKUP')
  },
)
