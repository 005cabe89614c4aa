import { isTargetOf } from '../../../packages/core/src/binding/target.js'
import { parseOrigin } from '../../../packages/core/src/config/origin.js'
import { referenceIsTarget, referenceOrigin } from '../reference/target-uri.js'
import { pick, seldom, type Chance } from '../support/chance.js'
import { verdictOf, type Target, type Trial, type Verdict } from '../support/target.js'
import { changed } from './spelling.js'

export const ORIGINS = [
  'https://api.example.com',
  'https://api.example.com/v1',
  'http://localhost:8080',
  'https://[2001:db8::1]:8443',
  'HTTPS://API.example.com:443/',
  'http://api.example.com:80/%7Ev/',
]
const ODD_ORIGINS = [
  'https://*.example.com',
  'https://b\u00FCcher.example',
  'https://xn--bcher-kva.example',
  'https://0x7f.1',
  'https://127.0.0.1:',
  'https://user@api.example.com',
  'https://%61pi.example.com/%2e%2E/',
  'https://api.example.com/a[1]|b^',
]
const TARGETS = [
  '/stats',
  '/',
  '/stats?from=2026&x=/../y',
  '/a//b;c=d',
  '/caf%C3%A9/%7Euser',
  '/a%2Fb%2fc',
  '/a|b^[c]',
  "/(x)!$&'*+,=:@",
  '/..a/.b./...',
  '',
  '*',
]
const WORDS = [
  ...['/../', '/./', '/..', '/%2e', '%2E%2e/', '%2f', '%', '%zz', '%7e', '//', '\\', '|', '<', '"', '{'],
  ...[
    '@',
    'user:pass@',
    ':443',
    ':80',
    ':',
    ':0443',
    '?',
    '#',
    '?x',
    'https://',
    'HTTP://',
    'evil.example',
    '.',
  ],
]

/** Whether the `htu` of a proof is the target URI of a request, and which origins an API may have. */
export const targetUri: Target = {
  name: 'target',
  weight: 14,
  leastAccepted: 0.2,
  prepare: (chance) => (seldom(chance, 4) ? originTrial(chance) : htuTrial(chance)),
}

function originTrial(chance: Chance): Trial {
  const text = changed(pick(chance, seldom(chance, 3) ? ODD_ORIGINS : ORIGINS), chance, WORDS)
  return {
    input: { origin: text },
    judge: () => verdictOf(['ERR_CONFIGURATION'], () => parseOrigin(text, 'dpop.origin')),
    expect() {
      const origin = referenceOrigin(text)
      return origin === undefined ? { refused: 'no origin' } : { accepted: origin }
    },
  }
}

function htuTrial(chance: Chance): Trial {
  const origins = Array.from({ length: 1 + chance.below(2) }, () => pick(chance, ORIGINS))
  const target = targetOf(chance, origins)
  const htu = changed(htuOf(chance, origins, target), chance, WORDS)
  const bases = origins.map((origin) => parseOrigin(origin, 'dpop.origin'))
  return {
    input: { origins, target, htu },
    judge: () => toVerdict(isTargetOf(htu, bases, target)),
    expect: () => toVerdict(referenceIsTarget(htu, { target, hosts: [], secure: true }, origins)),
  }
}

function toVerdict(isTarget: boolean): Verdict {
  return isTarget ? { accepted: true } : { refused: 'not the target' }
}

/** Mostly in origin form, seldom in absolute form (RFC 9112, section 3.2). */
export function targetOf(chance: Chance, origins: readonly string[]): string {
  const path = seldom(chance, 3)
    ? changed(pick(chance, TARGETS), chance, WORDS)
    : pick(chance, TARGETS.slice(0, 8))
  return seldom(chance, 8) ? respell(chance, pick(chance, origins).replace(/\/+$/, '') + path) : path
}

/** The target URI of a request, in one of its spellings. */
export function htuOf(chance: Chance, origins: readonly string[], target: string): string {
  const [path = ''] = target.split('?')
  const uri = path.startsWith('/') ? pick(chance, origins).replace(/\/+$/, '') + path : path
  return seldom(chance, 2) ? respell(chance, uri) : uri
}

/** The same URI, most of the time: RFC 3986, section 6.2. */
function respell(chance: Chance, uri: string): string {
  const slash = uri.indexOf('/', uri.indexOf('//') + 2)
  const [origin, path] = slash === -1 ? [uri, ''] : [uri.slice(0, slash), uri.slice(slash)]
  const at = chance.below(path.length)
  switch (chance.below(8)) {
    case 0:
      return origin.toUpperCase() + path
    case 1:
      return `${origin}${origin.startsWith('https') ? ':443' : ':80'}${path}`
    case 2:
      return `${uri}?a=%zz/../#b`
    case 3:
      return origin + path.slice(0, at) + escape(path.charAt(at)) + path.slice(at + 1)
    case 4:
      return origin + path.slice(0, at) + escape(path.charAt(at)).toLowerCase() + path.slice(at + 1)
    case 5:
      return origin + path.replace(/\//g, '/./')
    case 6:
      return `${origin}/x/..${path}`
    default:
      return origin + path.replace(/%../g, (encoded) => encoded.toLowerCase())
  }
}

function escape(character: string): string {
  return Array.from(
    Buffer.from(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('')
}
