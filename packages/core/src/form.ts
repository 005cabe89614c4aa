/** What parsers may leave out of a name, or read as the beginning of a part. */
const MARK = `(?:${['[', ']', '.'].map(toPattern).join('|')})`
/** `access_token`, each letter as it is or encoded, and its value; also where it has such marks. */
const TOKEN_PARAMETER = new RegExp(
  `(?:^|&)${MARK}*${toPattern('access_token')}(?:${MARK}[^=&]*)?(?:=[^&]*)?(?=&|$)`,
  'g',
)

/** RFC 6750, section 2.2, whatever the case of the media type, its parameters, and other fields of the same name. */
export function isForm(contentTypes: readonly string[]): boolean {
  const mediaTypes = contentTypes.map((value) => value.split(';', 1).join('').trim().toLowerCase())
  return mediaTypes.includes('application/x-www-form-urlencoded')
}

/** As a parser has it, and with the tokens of the text that it has left out. */
export function readForm(body: unknown, text: unknown): Readonly<Record<string, unknown>> | undefined {
  const form = isRecord(body) ? body : undefined
  const found = typeof text === 'string' ? (text.match(TOKEN_PARAMETER) ?? []) : []
  const isKnown = found.length < 2 && (form === undefined || Object.hasOwn(form, 'access_token'))
  if (found.length === 0 || isKnown) return form
  // Two are as bad as thousands, which would take milliseconds.
  const tokens = found.slice(0, 2).map((parameter) => new URLSearchParams(parameter).get('access_token'))
  return { access_token: tokens.length === 1 ? tokens[0] : tokens }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Of this text, each character as it is or encoded. */
function toPattern(text: string): string {
  return text.replace(/./g, (character) => {
    const code = character.charCodeAt(0).toString(16)
    return `(?:\\x${code}|%(?:${code}|${code.toUpperCase()}))`
  })
}
