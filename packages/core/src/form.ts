/** `access_token`, each letter as it is or encoded, and its value. */
const TOKEN_PARAMETER = new RegExp(`(?:^|&)${toPatterns('access_token')}(?:=[^&]*)?(?=&|$)`, 'g')

/** RFC 6750, section 2.2, whatever the case of the media type, its parameters, and other fields of the same name. */
export function isForm(contentTypes: readonly string[]): boolean {
  const mediaTypes = contentTypes.map((value) => value.split(';', 1).join('').trim().toLowerCase())
  return mediaTypes.includes('application/x-www-form-urlencoded')
}

/** As a parser has it, and with the tokens of the text that it has left out. */
export function readForm(body: unknown, text: unknown): Readonly<Record<string, unknown>> | undefined {
  const form = isRecord(body) ? body : undefined
  const tokens = typeof text === 'string' ? findTokens(text) : []
  const isKnown = tokens.length < 2 && (form === undefined || Object.hasOwn(form, 'access_token'))
  return tokens.length === 0 || isKnown ? form : { access_token: tokens.length === 1 ? tokens[0] : tokens }
}

/** The first two of a form, however it spells the name; other parameters cost next to nothing. */
function findTokens(text: string): readonly string[] {
  const parameters = text.match(TOKEN_PARAMETER)?.slice(0, 2).join('')
  return new URLSearchParams(parameters).getAll('access_token')
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function toPatterns(name: string): string {
  return name.replace(/./g, (letter) => {
    const code = letter.charCodeAt(0).toString(16)
    return `(?:${letter}|%(?:${code}|${code.toUpperCase()}))`
  })
}
