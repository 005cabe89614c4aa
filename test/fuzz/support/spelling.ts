import { pick, seldom, type Chance } from './chance.js'
import type { Json } from './json.js'
import { changeBytes, changeText } from './text.js'

/**
 * Spells a value as JSON in one of its many ways: white space, escapes, other forms of numbers, and seldom a member twice,
 * more depth, or a flaw.
 *
 * @param rarity How many times more seldom flaws are. Default: 1.
 */
export function spellJson(value: Json, chance: Chance, rarity = 1): Uint8Array {
  const isPlain = seldom(chance, 3)
  let text = isPlain ? JSON.stringify(value) : write(value, chance)
  if (seldom(chance, 12 * rarity)) text = nest(text, 24 + chance.below(16), chance)
  if (seldom(chance, 8 * rarity)) text = changeText(text, chance, JSON_WORDS)
  const bytes = Buffer.from(text)
  return seldom(chance, 10 * rarity) ? changeBytes(bytes, chance) : bytes
}

const JSON_WORDS = [
  'null',
  '1e999',
  '-0',
  '01',
  '1.',
  '{}',
  '[]',
  '"',
  '\\u',
  '\\"',
  ':',
  ',',
  '"a":1,',
  "'",
  '/**/',
]

function write(value: Json, chance: Chance): string {
  if (typeof value === 'string') return writeString(value, chance)
  if (typeof value === 'number') return writeNumber(value, chance)
  if (typeof value !== 'object' || value === null) return String(value)
  const spaces = seldom(chance, 3) ? SPACES : NO_SPACES
  const space = () => (spaces === NO_SPACES ? '' : pick(chance, spaces))
  if (Array.isArray(value)) {
    const members = value.map((member: Json) => space() + write(member, chance) + space())
    return `[${members.join(',')}]`
  }
  const members = Object.entries(value as object).map(([name, member]: [string, Json]) => {
    const spelt = `${space()}${writeString(name, chance)}${space()}:${space()}${write(member, chance)}${space()}`
    return seldom(chance, 60) ? `${spelt},${writeString(name, chance)}:${write(member, chance)}` : spelt
  })
  return `{${members.join(',')}}`
}

const SPACES = ['', '', ' ', '\t', '\r\n']
const NO_SPACES: readonly string[] = []

function writeString(text: string, chance: Chance): string {
  const plain = JSON.stringify(text)
  if (!seldom(chance, 4)) return plain
  const at = chance.below(text.length)
  const code = text.charCodeAt(at)
  if (Number.isNaN(code)) return plain
  const escape = `\\u${code.toString(16).padStart(4, '0')}`
  return `"${JSON.stringify(text.slice(0, at)).slice(1, -1)}${escape}${JSON.stringify(text.slice(at + 1)).slice(1, -1)}"`
}

function writeNumber(number: number, chance: Chance): string {
  const plain = JSON.stringify(number)
  if (!seldom(chance, 6)) return plain
  return pick(chance, [
    plain,
    `${plain}e0`,
    plain.includes('.') ? plain : `${plain}.0`,
    number.toExponential(),
    '1e400',
  ])
}

/** Puts an object into others and arrays, in its first member. */
function nest(text: string, levels: number, chance: Chance): string {
  const open = seldom(chance, 2) ? '[' : '{"a":'
  const close = open === '[' ? ']' : '}'
  const inner = `${open.repeat(levels)}1${close.repeat(levels)}`
  return text.replace(/^\{/, `{"nested":${inner}${text === '{}' ? '' : ','}`)
}
