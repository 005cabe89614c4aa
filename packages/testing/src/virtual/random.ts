/**
 * Makes a source of numbers from 0 up to 1 that are the same for the same seed: the generator known as Mulberry32. Good
 * enough to spread timers, and for nothing that has to be secret.
 *
 * @param seed Of which 32 bits count.
 */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
