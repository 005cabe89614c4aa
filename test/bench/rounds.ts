/** What is measured beside others. */
export interface Subject {
  readonly name: string
  /** Takes one sample. */
  sample(): number | Promise<number>
}

/**
 * Takes a sample of each in turn, again and again: what else the machine does falls on all of them.
 *
 * @param rounds How often, after one round that is not counted.
 *
 * @returns The samples of each, by its name
 */
export async function takeRounds(
  subjects: readonly Subject[],
  rounds: number,
): Promise<Record<string, number[]>> {
  const samples: Record<string, number[]> = {}
  for (let round = 0; round <= rounds; round += 1)
    for (const { name, sample } of subjects) {
      const taken = await sample()
      if (round > 0) (samples[name] ??= []).push(taken)
    }
  return samples
}

/** How many microseconds each of `count` steps took, of which `lanes` are under way at once. */
export async function timeSteps(
  count: number,
  lanes: number,
  step: (index: number) => unknown,
): Promise<number> {
  let next = 0
  const run = async () => {
    while (next < count) await step(next++)
  }
  const begin = process.hrtime.bigint()
  await Promise.all(Array.from({ length: lanes }, run))
  return Number(process.hrtime.bigint() - begin) / 1000 / count
}
