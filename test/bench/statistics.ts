/** The middle one; of an even number, the mean of the two in the middle. */
export function toMedian(samples: readonly number[]): number {
  return toQuantile(samples, 0.5)
}

/** @param share From 0 to 1; between two samples, in proportion. */
export function toQuantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((one, other) => one - other)
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)] ?? NaN
  const above = sorted[Math.ceil(position)] ?? NaN
  return below + (above - below) * (position - Math.floor(position))
}

/** The median, and the least and the largest sample, with three digits; a dash where there is none. */
export function toSpread(samples: readonly number[]): string {
  if (samples.length === 0) return '–'
  const numbers = [toMedian(samples), Math.min(...samples), Math.max(...samples)]
  const [median, least, most] = numbers.map(toText)
  return `${String(median)} (${String(least)}–${String(most)})`
}

/** A number with three digits that count. */
export function toText(number: number): string {
  if (!Number.isFinite(number)) return '–'
  return Number(number.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 })
}

/** One divided by the other, round by round: what slows a round down slows both. */
export function toRatios(samples: readonly number[], others: readonly number[]): readonly number[] {
  return samples.map((sample, index) => sample / (others[index] ?? NaN))
}

/** How much more, round by round. */
export function toDifferences(samples: readonly number[], others: readonly number[]): readonly number[] {
  return samples.map((sample, index) => sample - (others[index] ?? NaN))
}
