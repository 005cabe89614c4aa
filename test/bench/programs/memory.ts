import { randomBytes } from 'node:crypto'
import { createIssuer, type Issuer } from '../issuer.js'
import { createServer, toRequest } from '../peers/bearward.js'

/** What this program is started with, as JSON. */
export interface MemorySettings {
  readonly kind: 'hostile' | 'verdicts' | 'valid'
  /** How many tokens. */
  readonly count: number
}

/** The heap after each quarter of the tokens, and before them, in bytes; resident memory likewise. */
export interface Memory {
  readonly heap: readonly number[]
  readonly resident: readonly number[]
  /** Of the tokens, in characters, on average. */
  readonly length: number
}

const { kind, count } = JSON.parse(process.argv[2] ?? '') as MemorySettings
const STEP = 1_000
const LANES = 64
/** Characters of a signature by which a verdict is looked up. */
const TAIL = 43
/** Each that many is sent twice, for a verdict is kept from the second time. */
const REPEATED = kind === 'verdicts' ? 1 : 20

/** RS256 is the fastest to verify, and hostile tokens are not signed. */
const issuer = await (kind === 'hostile' ? createIssuer('RS256') : createIssuer('ES256', { isHasty: true }))
const resourceServer = createServer(issuer, kind === 'verdicts' ? { maxSize: 1_073_741_824 } : true)
const [example = ''] = await issuer.mint(1)
let length = 0

await judge(await make(STEP))
const memory = [measure()]
for (let quarter = 0; quarter < 4; quarter += 1) {
  for (let done = 0; done < count / 4; done += STEP) await judge(await make(STEP))
  memory.push(measure())
}
const answer: Memory = {
  heap: memory.map(({ heapUsed, external }) => heapUsed + external),
  resident: memory.map(({ rss }) => rss),
  length: length / (count + STEP),
}
process.send?.(answer)
setInterval(() => undefined, 1_000) // what keeps a verdict is not to go before it was measured

async function make(number: number): Promise<readonly string[]> {
  const tokens = kind === 'hostile' ? forge(issuer, number) : await issuer.mint(number)
  for (const token of tokens) length += token.length
  return tokens
}

async function judge(tokens: readonly string[]): Promise<void> {
  const bytes = tokens.map((token) => Buffer.from(`Bearer ${token}`, 'latin1'))
  let next = 0
  const run = async () => {
    while (next < bytes.length) {
      const times = next % REPEATED === 0 ? 2 : 1
      const value = bytes[next++]
      for (let time = 0; time < times; time += 1) await authenticate(value?.toString('latin1') ?? '')
    }
  }
  await Promise.all(Array.from({ length: LANES }, run))
}

async function authenticate(value: string): Promise<void> {
  const isGood = await resourceServer.authenticate(toRequest(value)).then(
    () => true,
    () => false,
  )
  if (isGood === (kind === 'hostile')) throw new Error('wrong verdict')
}

/** By turns: another signature, another tail alone, a made-up `kid`, another issuer, and what is no token. */
function forge({ issuer: iss, algorithm }: Issuer, number: number): readonly string[] {
  const [header = '', claims = '', signature = ''] = example.split('.')
  const kinds = [
    () => `${header}.${claims}.${randomLike(signature)}`,
    () => `${header}.${claims}.${randomLike(signature.slice(TAIL))}${signature.slice(-TAIL)}`,
    () => `${encode({ alg: algorithm, typ: 'at+jwt', kid: random() })}.${claims}.${signature}`,
    () => `${header}.${encode({ iss: `${iss}/${random()}`, sub: random() })}.${signature}`,
    () => randomBytes(750).toString('base64url'),
  ]
  return Array.from({ length: number }, (_, index) => kinds[index % kinds.length]?.() ?? '')
}

/** As many characters. */
function randomLike({ length }: string): string {
  return randomBytes(length).toString('base64url').slice(0, length)
}

function random(): string {
  return randomBytes(16).toString('hex')
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function measure(): NodeJS.MemoryUsage {
  for (let time = 0; time < 3; time += 1) globalThis.gc?.()
  return process.memoryUsage()
}
