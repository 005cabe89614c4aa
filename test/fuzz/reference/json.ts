const DEEPEST = 32

/**
 * Parses JSON text by the grammar of RFC 8259, one character at a time.
 *
 * Strict on purpose: `an object` (RFC 7519, section 7.2), `no byte order mark` (RFC 8259, section 8.1), `no name twice`
 * (RFC 7519, section 4), `no number beyond a double` (RFC 8259, section 6), `at most 32 levels`.
 *
 * @returns What `JSON.stringify` should say of it: a value of plain objects; `undefined` where it is refused
 */
export function referenceJson(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const text = decodeUtf8(bytes)
  if (text === undefined) return undefined
  try {
    const reader = { text, at: 0 }
    skipSpace(reader)
    if (peek(reader) !== '{') return undefined
    const value = readValue(reader, 1)
    skipSpace(reader)
    return reader.at === text.length ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch (error) {
    if (error === REFUSED) return undefined
    throw error
  }
}

interface Reader {
  readonly text: string
  at: number
}

const REFUSED = new Error('is no JSON, or has more than one reading')

function refuse(): never {
  throw REFUSED
}

/** RFC 3629, section 4: each sequence is decoded and encoded again, so that no other spelling of it passes. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined
}

function peek({ text, at }: Reader): string {
  return text.charAt(at)
}

function skipSpace(reader: Reader): void {
  while ([' ', '\t', '\n', '\r'].includes(peek(reader))) reader.at += 1
}

function take(reader: Reader, expected: string): void {
  if (!reader.text.startsWith(expected, reader.at)) refuse()
  reader.at += expected.length
}

function readValue(reader: Reader, level: number): unknown {
  const first = peek(reader)
  if (first === '{' || first === '[') {
    if (level > DEEPEST) refuse()
    return first === '{' ? readObject(reader, level) : readArray(reader, level)
  }
  if (first === '"') return readString(reader)
  for (const [word, value] of [
    ['true', true],
    ['false', false],
    ['null', null],
  ] as const) {
    if (!reader.text.startsWith(word, reader.at)) continue
    take(reader, word)
    return value
  }
  return readNumber(reader)
}

function readObject(reader: Reader, level: number): Record<string, unknown> {
  const members = new Map<string, unknown>()
  readList(reader, '{', '}', () => {
    const name = peek(reader) === '"' ? readString(reader) : refuse()
    skipSpace(reader)
    take(reader, ':')
    skipSpace(reader)
    if (members.has(name)) refuse()
    members.set(name, readValue(reader, level + 1))
  })
  return Object.fromEntries(members)
}

function readArray(reader: Reader, level: number): unknown[] {
  const values: unknown[] = []
  readList(reader, '[', ']', () => values.push(readValue(reader, level + 1)))
  return values
}

function readList(reader: Reader, open: string, close: string, readMember: () => unknown): void {
  take(reader, open)
  skipSpace(reader)
  let isOpen = peek(reader) !== close
  while (isOpen) {
    skipSpace(reader)
    readMember()
    skipSpace(reader)
    isOpen = peek(reader) !== close
    if (isOpen) take(reader, ',')
  }
  take(reader, close)
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

function readString(reader: Reader): string {
  take(reader, '"')
  let value = ''
  for (;;) {
    const character = peek(reader)
    reader.at += 1
    if (character === '"') return value
    if (character === '' || character < ' ') refuse()
    value += character === '\\' ? readEscape(reader) : character
  }
}

function readEscape(reader: Reader): string {
  const kind = peek(reader)
  reader.at += 1
  if (kind !== 'u') return ESCAPES.get(kind) ?? refuse()
  const digits = reader.text.slice(reader.at, reader.at + 4)
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) refuse()
  reader.at += 4
  return String.fromCharCode(parseInt(digits, 16))
}

function readNumber(reader: Reader): number {
  const [spelt = refuse()] =
    /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/.exec(reader.text.slice(reader.at)) ?? []
  reader.at += spelt.length
  const number = Number(spelt)
  return Number.isFinite(number) ? number : refuse()
}
