/** One challenge of a `WWW-Authenticate` field. */
export interface Challenge {
  /** Authentication scheme, as received; compare it without regard to case. */
  readonly scheme: string
  /** Parameters by lower-case name, without quotes and escapes; of a repeated one the first. */
  readonly parameters: ReadonlyMap<string, string>
  /** What stands in place of parameters, such as the base64 of `Negotiate`. */
  readonly token68?: string
  /** Lower-case names of parameters that are there more than once, which no challenge may have. */
  readonly repeated: readonly string[]
}

/**
 * Reads the challenges of `WWW-Authenticate` (or `Proxy-Authenticate`).
 *
 * Forgives what RFC 9110 forgives: the case of names, white space around `=` and commas, empty list elements. Anything
 * else that is not a challenge is an error, so that a test notices it.
 *
 * @param fieldValues A field value, or one for each field line. Nothing at all has no challenges.
 *
 * @throws {SyntaxError} When the text is not a list of challenges.
 *
 * @example
 *   const [challenge] = parseChallenges(response.headers.get('www-authenticate'))
 *   challenge?.parameters.get('error') // 'invalid_token'
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 RFC 9110, section 11.6.1}
 */
export function parseChallenges(fieldValues: string | readonly string[] | null | undefined): Challenge[] {
  const lines = typeof fieldValues === 'string' ? [fieldValues] : (fieldValues ?? [])
  return lines.flatMap(parseLine)
}

/** RFC 9110, sections 5.6.2 and 5.6.4. */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/.source
const QUOTED_TEXT = /(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*/.source

const SCHEME = `(?<scheme>${TOKEN})(?:[ \\t]+(?![ \\t=])|(?=,|$))`
const TOKEN68 = /(?<token68>[-._~+/0-9A-Za-z]+=*)(?=[ \t]*(?:,|$))/.source
const PARAMETER = `(?<name>${TOKEN})[ \\t]*=[ \\t]*(?:(?<token>${TOKEN})|"(?<quoted>${QUOTED_TEXT})")`
/** What stands between two commas, and the commas and white space after it. */
const ELEMENT = new RegExp(`(?:${SCHEME})?(?:${TOKEN68}|${PARAMETER})?[ \\t]*(?:,[ \\t,]*|$)`, 'y')

/** A challenge that takes more parameters. */
interface OpenChallenge extends Challenge {
  readonly parameters: Map<string, string>
  readonly repeated: string[]
}

/** An element with a scheme begins a challenge; one without is a parameter of the challenge before it. */
function parseLine(line: string): Challenge[] {
  const challenges: OpenChallenge[] = []
  for (const { scheme, token68, name, token, quoted = '' } of splitLine(line)) {
    if (scheme !== undefined) challenges.push(createChallenge(scheme, token68))
    const challenge = challenges.at(-1)
    if (challenge === undefined || (scheme === undefined && token68 !== undefined)) throw notChallenges(line)
    if (name === undefined) continue
    if (challenge.token68 !== undefined) throw notChallenges(line)
    addParameter(challenge, name.toLowerCase(), token ?? quoted.replaceAll(/\\(.)/g, '$1'))
  }
  return challenges
}

interface Element {
  readonly scheme?: string
  readonly token68?: string
  readonly name?: string
  readonly token?: string
  readonly quoted?: string
}

function* splitLine(line: string): Generator<Element> {
  let position = line.search(/[^ \t,]|$/)
  while (position < line.length) {
    ELEMENT.lastIndex = position
    const element = ELEMENT.exec(line)
    if (element === null) throw notChallenges(line)
    position = ELEMENT.lastIndex
    yield element.groups ?? {}
  }
}

function createChallenge(scheme: string, token68: string | undefined): OpenChallenge {
  return { scheme, parameters: new Map(), repeated: [], ...(token68 === undefined ? {} : { token68 }) }
}

function addParameter({ parameters, repeated }: OpenChallenge, name: string, value: string): void {
  if (!parameters.has(name)) parameters.set(name, value)
  else if (!repeated.includes(name)) repeated.push(name)
}

function notChallenges(line: string): SyntaxError {
  return new SyntaxError(`Not a list of challenges: ${line}`)
}
