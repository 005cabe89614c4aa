import { randomBytes, randomUUID } from 'node:crypto'

/** A token to send, and what is true of it. */
export interface Token {
  readonly text: string
  /** The key that it names. */
  readonly kid: string
  /** Whether the authorization server signed it. */
  readonly isGenuine: boolean
}

/** `previous` is of the key before the current one. */
export type TokenKind = 'current' | 'made-up kid' | 'previous' | 'tampered'

/** The tokens of a client, and of those who would like to be one. */
export interface Wallet {
  /** Takes a new token of the authorization server. */
  put(text: string): void
  take(kind: TokenKind): Token
}

export function createWallet(): Wallet {
  const genuine: Token[] = []
  const [current, previous] = [() => at(genuine, -1), () => at(genuine, -2)]
  const take: Record<TokenKind, () => Token> = {
    current,
    previous,
    tampered: () => tamper(current()),
    'made-up kid': () => makeUp(current()),
  }
  return {
    put: (text) => void genuine.push({ text, kid: String(parse(text, 0)['kid']), isGenuine: true }),
    take: (kind) => take[kind](),
  }
}

/** The claims of another token, under the signature of this one. */
function tamper({ text, kid }: Token): Token {
  const [header = '', , signature = ''] = text.split('.')
  const claims = { ...parse(text, 1), sub: 'somebody-else' }
  return { text: [header, serialize(claims), signature].join('.'), kid, isGenuine: false }
}

/** Looks like a token of a key that was published a moment ago. */
function makeUp({ text }: Token): Token {
  const kid = randomUUID()
  const header = { ...parse(text, 0), kid }
  const claims = { ...parse(text, 1), jti: kid, iat: Math.floor(Date.now() / 1000) }
  const signature = randomBytes(256).toString('base64url')
  return { text: [serialize(header), serialize(claims), signature].join('.'), kid, isGenuine: false }
}

function at(tokens: readonly Token[], index: number): Token {
  const token = tokens.at(index)
  if (token === undefined) throw new Error('There is no such token yet')
  return token
}

function parse(text: string, part: 0 | 1): Record<string, unknown> {
  const json = Buffer.from(text.split('.')[part] ?? '', 'base64url').toString()
  return JSON.parse(json) as Record<string, unknown>
}

function serialize(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
