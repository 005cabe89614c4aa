import { toMedian } from './statistics.js'

/** What is measured beside others. */
export interface Subject<Sample> {
  readonly name: string
  /** Takes one sample. @param round 0: it is not counted. */
  sample(round: number): Sample | Promise<Sample>
}

/**
 * Takes a sample of each in turn, again and again, each time beginning with another one: what else the machine does falls on
 * all of them.
 *
 * @param rounds How often, after one round that is not counted.
 *
 * @returns The samples of each, by its name
 */
export async function takeRounds<Sample>(
  subjects: readonly Subject<Sample>[],
  rounds: number,
): Promise<Record<string, Sample[]>> {
  const samples: Record<string, Sample[]> = {}
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % Math.max(1, subjects.length)
    for (const { name, sample } of [...subjects.slice(first), ...subjects.slice(0, first)]) {
      const taken = await sample(round)
      if (round > 0) (samples[name] ??= []).push(taken)
    }
  }
  return samples
}

/** How long a step took, in microseconds. */
export interface Time {
  readonly wall: number
  /** On processors, of all threads of the process. */
  readonly cpu: number
}

/** How long each of `count` steps took, of which `lanes` are under way at once. */
export async function timeSteps(
  count: number,
  lanes: number,
  step: (index: number) => unknown,
): Promise<Time> {
  let next = 0
  const run = async () => {
    while (next < count) await step(next++)
  }
  const before = process.cpuUsage()
  const begin = process.hrtime.bigint()
  await Promise.all(Array.from({ length: lanes }, run))
  const wall = Number(process.hrtime.bigint() - begin) / 1000
  const { user, system } = process.cpuUsage(before)
  return { wall: wall / count, cpu: (user + system) / count }
}

/** The median of what some batches took: one that was interrupted does not count. @param run Returns microseconds. */
export async function timeBatches(batches: number, run: () => number | Promise<number>): Promise<number> {
  const times: number[] = []
  while (times.length < batches) times.push(await run())
  return toMedian(times)
}
