import { GROWING } from './targets/growing.js'

/** In characters. */
const SIZES = [10_000, 100_000, 1_000_000]
/** In milliseconds: a measurement that is shorter is repeated. */
const LEAST = 5
const ROUNDS = 5
/** A hundred times the input may take this many times as long: memory gets slower with size, but nothing is squared. */
const MOST = 400

/**
 * Prints how the time of each reader grows with its input: the best of five rounds.
 *
 * @returns Whether none grows faster than its input
 */
export async function measureGrowth(): Promise<boolean> {
  console.log('| Input | 10 kB, in µs | 100 kB | 1 MB |')
  console.log('| ----- | -----------: | -----: | ---: |')
  let isLinear = true
  for (const [name, make] of Object.entries(GROWING)) {
    const times: number[] = []
    for (const size of SIZES) times.push(await measure(make(size)))
    const [least = 0] = times
    const ratios = times.slice(1).map((time, index) => time / (times[index] ?? time))
    const isGood = ratios.reduce((product, ratio) => product * ratio, 1) <= MOST
    isLinear &&= isGood
    const cells = [name, least.toFixed(1), ...ratios.map((ratio) => `× ${ratio.toFixed(1)}`)]
    console.log(`| ${cells.join(' | ')} |${isGood ? '' : ' grows faster than its input'}`)
  }
  return isLinear
}

/** In microseconds. */
async function measure(run: () => unknown): Promise<number> {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round += 1) {
    let times = 0
    const start = performance.now()
    while (times === 0 || performance.now() - start < LEAST) {
      await run()
      times += 1
    }
    best = Math.min(best, (1_000 * (performance.now() - start)) / times)
  }
  return best
}
