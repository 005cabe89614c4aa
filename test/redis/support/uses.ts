import { expect } from '@jest/globals'
import type { Client } from './proofs.js'
import { countEach, inTurn, type ApiProcess } from './processes.js'
import { sayFigure } from './say.js'

/** A proof, and the answers to all requests that it came with. */
export interface Use {
  readonly proof: Readonly<Record<string, string>>
  readonly copies: number
  readonly answers: number[]
}

/** Makes them, of which every other one is to be sent twice at once, and puts them to those of before. */
export async function makeUses(client: Client, count: number, uses: Use[]): Promise<readonly Use[]> {
  const made = await Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      proof: await client.prove(),
      copies: 1 + (index % 2),
      answers: [],
    })),
  )
  uses.push(...made)
  return made
}

/** Sends them all, by turns to the processes. */
export async function present(uses: readonly Use[], processes: readonly ApiProcess[]): Promise<void> {
  let turn = 0
  await Promise.all(
    uses.flatMap(({ proof, copies, answers }) =>
      Array.from({ length: copies }, async () => {
        turn += 1
        answers.push(await inTurn(processes, turn).get(proof))
      }),
    ),
  )
}

/** No proof was accepted twice, none refused when it came first, and nothing else went wrong. */
export function expectAcceptedOnce(uses: readonly Use[]): void {
  for (const { copies, answers } of uses) {
    const counts = countEach(answers)
    expect(counts[200] ?? 0).toBeLessThanOrEqual(1)
    expect((counts[200] ?? 0) + (counts[401] ?? 0) + (counts[503] ?? 0)).toBe(answers.length)
    expect([copies, answers[0]]).not.toEqual([1, 401])
  }
  const answers = uses.flatMap((use) => use.answers)
  const counts = Object.entries(countEach(answers)).map(([status, count]) => `${String(count)} × ${status}`)
  sayFigure(`${String(uses.length)} proofs, ${String(answers.length)} requests, ${counts.join(', ')}`)
}
