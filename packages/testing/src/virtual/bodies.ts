import type { Seconds } from '@bearward/core'

type Body = AsyncGenerator<string | Uint8Array>

/** Half of the content. */
export function half(content: string): Uint8Array {
  const bytes = Buffer.from(content)
  return bytes.subarray(0, bytes.length >> 1)
}

/** A part, and an error such as that of a connection that breaks. */
// eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
export async function* thenFail(part: Uint8Array, error: Error): Body {
  yield part
  throw error
}

/** One byte each second. */
export async function* slowly(content: string, pause: (delay: Seconds) => Promise<void>): Body {
  for (const byte of Buffer.from(content)) {
    await pause(1)
    yield Uint8Array.of(byte)
  }
}

/** The content, and a megabyte of spaces after it, in pieces of 16 KiB. */
// eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
export async function* thenSpaces(content: string): Body {
  yield content
  for (let piece = 0; piece < 64; piece += 1) yield ' '.repeat(16_384)
}

/** The pieces, and a call when there are no more, or they are given up. */
export async function* thenRun(pieces: AsyncIterable<string | Uint8Array>, run: () => void): Body {
  try {
    yield* pieces
  } finally {
    run()
  }
}
