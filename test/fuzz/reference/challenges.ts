/** One challenge: a scheme, and its parameters in order, without quotes and escapes. */
export interface ReadChallenge {
  readonly scheme: string
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/
/** Obsolete text, past ASCII, is not for senders. */
const QUOTED_TEXT = /^[\t \x21\x23-\x5b\x5d-\x7e]$/
const ESCAPED = /^[\t \x21-\x7e]$/

/**
 * Reads a `WWW-Authenticate` field value by the grammar of RFC 9110, section 11.6.1, as its sender has to keep to it: one
 * character at a time. No token68, of which no challenge of Bearer consists.
 *
 * @throws {SyntaxError} where it is none
 */
export function referenceChallenges(value: string): readonly ReadChallenge[] {
  let at = 0
  const peek = () => value.charAt(at)
  const fail = (): never => {
    throw new SyntaxError(`Not a challenge, from character ${String(at)}: ${JSON.stringify(value)}`)
  }
  const take = (character: string) => {
    if (peek() !== character) fail()
    at += 1
  }
  const readToken = (): string => {
    const start = at
    while (TOKEN.test(peek())) at += 1
    return at > start ? value.slice(start, at) : fail()
  }
  const readQuoted = (): string => {
    let text = ''
    take('"')
    while (peek() !== '"') {
      const isEscape = peek() === '\\'
      if (isEscape) at += 1
      if (!(isEscape ? ESCAPED : QUOTED_TEXT).test(peek())) fail()
      text += peek()
      at += 1
    }
    take('"')
    return text
  }
  const challenges: { scheme: string; parameters: (readonly [string, string])[] }[] = []
  if (/[ ,]$/.test(value)) fail()
  while (at < value.length) {
    const name = readToken()
    if (peek() === '=') {
      take('=')
      const parameter = [name, peek() === '"' ? readQuoted() : readToken()] as const
      ;(challenges.at(-1) ?? fail()).parameters.push(parameter)
      if (at === value.length) break
      take(',')
      take(' ')
    } else {
      challenges.push({ scheme: name, parameters: [] })
      if (peek() === ',') take(',')
      if (at < value.length) take(' ')
    }
  }
  return challenges
}
