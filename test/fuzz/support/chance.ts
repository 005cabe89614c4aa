/** Where a generator gets its decisions from. The smaller the number, the simpler what comes of it. */
export interface Chance {
  /** A whole number from 0 up to `limit`, which it is not. */
  below(limit: number): number
}

/**
 * A fast source whose numbers follow from a seed: the generator known as Mulberry32.
 *
 * @param seed Of which 32 bits count.
 */
export function createChance(seed: number): Chance {
  let state = seed | 0
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
    },
  }
}

/** The seed of one execution: each can be run again without those before it. */
export function seedOf(run: number, name: string, index: number): number {
  let hash = run ^ 0x9e3779b9
  for (let position = 0; position < name.length; position += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(position), 0x01000193)
  }
  hash = Math.imul(hash ^ index, 0x85ebca6b)
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ Math.floor(index / 2 ** 32)
}

/** One of several; there must be one. */
export function pick<T>(chance: Chance, values: readonly T[]): T {
  return values[chance.below(values.length)] as T
}

/** Seldom: once in `times`. */
export function seldom(chance: Chance, times: number): boolean {
  return chance.below(times) === times - 1
}

/** How many changes to make: often none, so that what is accepted stays in sight. */
export function countOfChanges(chance: Chance): number {
  return Math.max(0, chance.below(6) - 2)
}

export function bytesOf(chance: Chance, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => chance.below(256))
}
