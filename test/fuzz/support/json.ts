import { pick, seldom, type Chance } from './chance.js'
import { changeText } from './text.js'

export type Json = null | boolean | number | string | readonly Json[] | JsonMembers
export interface JsonMembers {
  readonly [name: string]: Json
}

/** What is worth putting into a document of some kind. */
export interface Words {
  /** Names of members that a reader may look for. */
  readonly names: readonly string[]
  /** Values that mean something to it. */
  readonly values: readonly Json[]
  /** Members of which each makes a difference. */
  readonly members?: readonly JsonMembers[]
  /** Texts to put into its texts. */
  readonly texts?: readonly string[]
}

const ODD_NAMES = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', '', '0', 'x']
const ODD_VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.5,
  1e21,
  1.7976931348623157e308,
  '',
  ' ',
  'x',
  [],
  [''],
  [null],
  ['x', 1],
  [['x']],
  {},
  { value: 'x' },
  { length: 1, 0: 'x' },
]

/** Changes one place of an object. */
export function changeMembers(object: JsonMembers, chance: Chance, words: Words): JsonMembers {
  const entries = Object.entries(object)
  const at = chance.below(entries.length)
  const [name, value] = entries[at] ?? ['x', null]
  switch (chance.below(8)) {
    case 0:
      return { ...object, ...pick(chance, words.members ?? [{}]) }
    case 1:
      return withMember(object, pick(chance, words.names), pickValue(chance, words))
    case 2:
      return Object.fromEntries(entries.filter((_entry, index) => index !== at))
    case 3:
      return withMember(
        object,
        pick(chance, ODD_NAMES),
        seldom(chance, 2) ? object : pickValue(chance, words),
      )
    case 4:
      return Object.fromEntries(
        entries.map((entry, index) =>
          index === at ? [changeText(name, chance, words.names), value] : entry,
        ),
      )
    case 5:
      return withMember(object, name, [value])
    case 6:
      return withMember(object, name, pick(chance, [value, ...Object.values(object)]))
    default:
      return withMember(object, name, changeValue(value, chance, words))
  }
}

/** Changes one place of a value, of whatever type. */
function changeValue(value: Json, chance: Chance, words: Words): Json {
  if (seldom(chance, 6)) return pickValue(chance, words)
  if (typeof value === 'string') return changeString(value, chance, words)
  if (typeof value === 'number') return changeNumber(value, chance)
  if (isList(value)) {
    const at = chance.below(value.length + 1)
    if (at === value.length) return [...value, pickValue(chance, words)]
    return value.map((member, index) => (index === at ? changeValue(member, chance, words) : member))
  }
  if (typeof value === 'object' && value !== null) return changeMembers(value, chance, words)
  return pickValue(chance, words)
}

/** The object with a member more, or another value for one: also where its name is `__proto__`. */
function withMember(object: JsonMembers, name: string, value: Json): JsonMembers {
  return Object.fromEntries([...Object.entries(object), [name, value]])
}

function pickValue(chance: Chance, { values }: Words): Json {
  return seldom(chance, 2) ? pick(chance, values) : pick(chance, ODD_VALUES)
}

function changeString(text: string, chance: Chance, { texts }: Words): Json {
  switch (chance.below(8)) {
    case 0:
      return Number(text)
    case 1:
      return text.split(' ')
    default:
      return changeText(text, chance, texts)
  }
}

function changeNumber(number: number, chance: Chance): Json {
  switch (chance.below(7)) {
    case 0:
      return String(number)
    case 1:
      return -number
    case 2:
      return number * 1000
    case 3:
      return number + 0.5
    case 4:
      return number - chance.below(1_000)
    default:
      return number + chance.below(1_000)
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
