/** A directive of `Cache-Control`: its name in lower case, and its value without quotes. */
type Directive = readonly [name: string, value: string | undefined]

const LONGEST_LIFETIME = 2 ** 31
const LONGEST_PAUSE = 300

/**
 * How long an answer is fresh (RFC 9111, sections 4.2.1 and 5.2.2); `undefined` where it does not say.
 *
 * Strict on purpose: `no-cache is no-store`, and of several `max-age` `the shortest`.
 */
export function referenceLifetime(cacheControl: string | null, age: string | null): number | undefined {
  const directives = readDirectives(cacheControl ?? '')
  if (directives.some(([name, value]) => ['no-store', 'no-cache'].includes(name) && value === undefined))
    return 0
  const lifetimes = directives
    .filter(([name, value]) => name === 'max-age' && value !== undefined && isDigits(value))
    .map(([, value]) => Number(value))
  if (lifetimes.length === 0) return undefined
  const spent = age !== null && isDigits(age) ? Number(age) : 0
  return Math.max(0, Math.min(LONGEST_LIFETIME, ...lifetimes) - spent)
}

/** Commas within quotes separate nothing (RFC 9110, section 5.6.4). */
function readDirectives(field: string): readonly Directive[] {
  const elements = ['']
  let isQuoted = false
  for (let at = 0; at < field.length; at += 1) {
    const character = field.charAt(at)
    if (character === '"') isQuoted = !isQuoted
    if (character === ',' && !isQuoted) elements.push('')
    else elements.push(String(elements.pop()) + character)
    if (isQuoted && character === '\\') elements.push(String(elements.pop()) + field.charAt((at += 1)))
  }
  return elements.map((element) => {
    const text = element.trim()
    const [name = ''] = text.split('=', 1)
    const value = text.includes('=') ? text.slice(name.length + 1) : undefined
    const unquoted = value !== undefined && /^".*"$/s.test(value) ? value.slice(1, -1) : value
    return [lowerCase(name), unquoted]
  })
}

/** RFC 9110, section 8.8.3; of those that are longer than 256 characters, none. */
export function referenceEtag(etag: string | null): string | undefined {
  if (etag === null || etag.length > 256) return undefined
  const opaque = etag.startsWith('W/') ? etag.slice(2) : etag
  if (opaque.length < 2 || !opaque.startsWith('"') || !opaque.endsWith('"')) return undefined
  for (const character of opaque.slice(1, -1)) {
    if (character <= ' ' || character > '~' || character === '"') return undefined
  }
  return etag
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * When to ask again, in seconds from now (RFC 9110, section 10.2.3), at most 300; `undefined` where it does not say, and `any`
 * for a date that never was, such as the 31st of February: whatever is read there, it is 300 seconds at most.
 *
 * Strict on purpose: of the three forms of a date `the preferred one` (RFC 9110, section 5.6.7).
 */
export function referenceRetryAfter(field: string | null, now: number): number | 'any' | undefined {
  const text = (field ?? '').trim()
  if (isDigits(text)) return Math.min(LONGEST_PAUSE, Number(text))
  const found = /^[A-Z][a-z][a-z], (\d\d) ([A-Z][a-z][a-z]) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text)
  if (found === null) return undefined
  const [day = 0, year = 0, hour = 0, minute = 0, second = 0] = [1, 3, 4, 5, 6].map((group) =>
    Number(found[group]),
  )
  const date = new Date(Date.UTC(year, MONTHS.indexOf(found[2] ?? ''), day, hour, minute, second))
  if (date.toUTCString().slice(4) !== text.slice(4)) return 'any' // what day of the week it was, nobody looks at
  return Math.min(LONGEST_PAUSE, Math.max(0, date.getTime() / 1000 - now))
}

function isDigits(text: string): boolean {
  return text !== '' && Array.from(text).every((character) => character >= '0' && character <= '9')
}

function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
