/** Makes strings as HTTP does: each a new one, whose hash nobody has computed. */
export interface Fresh {
  /** `count` header field values, in turn from all tokens. */
  take(count: number): readonly string[]
}

/** @param tokens Each becomes `Bearer <token>`. */
export function createFresh(tokens: readonly string[]): Fresh {
  const bytes = tokens.map((token) => Buffer.from(`Bearer ${token}`, 'latin1'))
  let next = 0
  return {
    take: (count) =>
      Array.from({ length: count }, () => bytes[next++ % bytes.length]?.toString('latin1') ?? ''),
  }
}

/** Without `Bearer `. */
export function toToken(value: string): string {
  return value.slice('Bearer '.length)
}
