import { pick, type Chance } from './chance.js'

/** Characters that mean something to one parser or another, or are taken for others by a careless one. */
const ODD_CHARACTERS = [
  ...Array.from('Aa0-_.=+/~ \t\n\r\0"\\,;:{}[]%!é'),
  '\u00A0',
  '\u0130',
  '\u017F',
  '\u2028',
  '\u212A',
  '\uFEFF',
  '\uFF21',
  '\uD800',
  '\uDC00',
  '\u{1F600}',
]

/** Changes one place of a text. */
export function changeText(text: string, chance: Chance, words: readonly string[] = []): string {
  const at = chance.below(text.length + 1)
  const end = at + 1 + chance.below(4)
  switch (chance.below(10)) {
    case 0:
      return text.slice(0, at) + text.slice(end)
    case 1:
      return text.slice(0, at) + pick(chance, ODD_CHARACTERS) + text.slice(at)
    case 2:
      return text.slice(0, at) + pick(chance, ODD_CHARACTERS) + text.slice(at + 1)
    case 3:
      return text.slice(0, at) + text.slice(at, end) + text.slice(at)
    case 4:
      return text.slice(0, at) + swapCase(text.charAt(at)) + text.slice(at + 1)
    case 5:
      return text.slice(0, at)
    case 6:
      return text.slice(0, at) + nextCharacter(text.charAt(at), chance) + text.slice(at + 1)
    case 7:
      return words.length === 0 ? text + pick(chance, ODD_CHARACTERS) : text + pick(chance, words)
    case 8:
      return words.length === 0 ? pick(chance, ODD_CHARACTERS) + text : pick(chance, words) + text
    default:
      return words.length === 0 ? text.toUpperCase() : pick(chance, words)
  }
}

/** Changes one place of a row of bytes. */
export function changeBytes(bytes: Uint8Array, chance: Chance): Uint8Array {
  const at = chance.below(bytes.length + 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (chance.below(5)) {
    case 0:
      return Buffer.concat([before, after.subarray(1)])
    case 1:
      return Buffer.concat([before, Uint8Array.of(chance.below(256)), after])
    case 2:
      return Buffer.concat([
        before,
        Uint8Array.of((bytes[at] ?? 0) ^ (1 << chance.below(8))),
        after.subarray(1),
      ])
    case 3:
      return Buffer.concat([before, pick(chance, ODD_SEQUENCES), after])
    default:
      return before
  }
}

/** Half a character, an overlong one, a surrogate, what is past the last one; a byte order mark. */
const ODD_SEQUENCES = [
  [0xc3],
  [0x80],
  [0xc0, 0x80],
  [0xe0, 0x80, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xef, 0xbb, 0xbf],
  [0xff],
].map((bytes) => Uint8Array.from(bytes))

function swapCase(character: string): string {
  const upper = character.toUpperCase()
  return upper === character ? character.toLowerCase() : upper
}

/** Its neighbour in the code, which may differ in the spare bits of base64url alone. */
function nextCharacter(character: string, chance: Chance): string {
  return String.fromCharCode(Math.max(0, (character.charCodeAt(0) || 0) + chance.below(3) - 1))
}
