/** A JSON object as parsed: own members only, nothing known of their types. */
export type JsonObject = Readonly<Record<string, unknown>>

const DEEPEST = 32
const [QUOTE, COLON, BACKSLASH, BRACE] = [0x22, 0x3a, 0x5c, 0x7b]
/** RFC 8259, section 2. */
const WHITE_SPACE = new Set([0x20, 0x09, 0x0a, 0x0d])
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses UTF-8 JSON text that has one reading only.
 *
 * Returns `undefined` unless the text is a JSON object in valid UTF-8 without byte order mark, with no member name
 * twice in one object, no number beyond the range of a double, and at most 32 levels. The object is deeply frozen.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-4 RFC 7515, section 4} and
 *   {@link https://www.rfc-editor.org/rfc/rfc7519#section-4 RFC 7519, section 4} (duplicate names)
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  const first = bytes.find((byte) => !WHITE_SPACE.has(byte))
  if (first !== BRACE) return undefined // where text is no JSON at all, finding that out by an error takes long
  try {
    const text = utf8.decode(bytes)
    const colons = countColons(text)
    if (colons === undefined) return undefined // before JSON.parse, which takes long for what is deep
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) && freezeAndCount(value) === colons ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether text has more levels than any JSON that is parsed: `JSON.parse` would take long for that. */
export function isTooDeep(text: string): boolean {
  return countColons(text) === undefined
}

/** Tells an object from everything else that JSON can hold, arrays included. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Tells an array of strings, and nothing but strings. */
export function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string')
}

/** A member of an object's own, and none that it would inherit: a polluted `Object.prototype` says nothing. */
export function ownMember(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** All of them, as {@link ownMember} would give them. */
export function ownMembers(object: object): JsonObject {
  return Object.assign(Object.create(null) as JsonObject, object)
}

/** Freezes a JSON value and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}

/** About how many bytes a parsed JSON value takes in memory; rather more than less. */
export function estimateSize(value: unknown): number {
  if (typeof value === 'string') return 32 + 2 * value.length
  if (typeof value !== 'object' || value === null) return 16
  return Object.entries(value).reduce(
    (size, [name, member]) => size + 32 + name.length + estimateSize(member),
    64,
  )
}

/**
 * Freezes a value and everything in it, in the one walk that counts the members of all objects.
 *
 * @returns `NaN`, which equals nothing, where it holds an infinite number
 */
function freezeAndCount(value: unknown): number {
  if (typeof value === 'string') return 0
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : NaN
  if (typeof value !== 'object' || value === null) return 0
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value)
  let count = members === value ? 0 : members.length
  for (const member of members) count += freezeAndCount(member)
  Object.freeze(value)
  return count
}

/**
 * Each member of valid JSON text has one colon outside strings: more colons than members means a name came twice.
 *
 * @returns `undefined` where the text has too many levels
 */
function countColons(text: string): number | undefined {
  let colons = 0
  let levels = 0
  let isInString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) isInString = !isInString
    else if (code === BACKSLASH)
      index += 1 // stands in strings alone, and escapes what follows
    else if (isInString) continue
    else if (code === COLON) colons += 1
    else if (isOpening(code) && ++levels > DEEPEST) return undefined
    else if (isClosing(code)) levels -= 1
  }
  return colons
}

/** `[` or `{` */
function isOpening(code: number): boolean {
  return (code | 0x20) === 0x7b
}

/** `]` or `}` */
function isClosing(code: number): boolean {
  return (code | 0x20) === 0x7d
}
