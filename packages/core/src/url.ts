/**
 * Parses an absolute URL; `undefined` where it is none.
 *
 * Not by `URL.canParse`: in Node.js 20 and 22 that takes good URLs with letters such as `ü` for bad ones, once it has been
 * called some thousand times.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
