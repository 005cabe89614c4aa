import { verify } from 'node:crypto'
import { toScheme, type Issuer } from '../issuer.js'
import { toToken } from '../strings.js'
import type { Peer } from './peer.js'

/** The signature alone, on the thread pool: nothing that verifies there can be faster. */
export const cryptoOnPool: Peer = {
  name: 'bare `crypto.verify` on the pool',
  caches: false,
  create(issuer) {
    const { digest, key } = toKey(issuer)
    return (value) => {
      const [input, signature] = split(value)
      return new Promise((resolve, reject) => {
        verify(digest, input, key, signature, (error, isGood) => {
          if (error === null && isGood) resolve(undefined)
          else reject(error ?? new Error('not its signature'))
        })
      })
    }
  },
}

/** The signature alone, on the main thread, which does nothing else meanwhile. */
export const cryptoInLine: Peer = {
  name: 'bare `crypto.verify` in line',
  caches: false,
  create(issuer) {
    const { digest, key } = toKey(issuer)
    return (value) => {
      const [input, signature] = split(value)
      if (!verify(digest, input, key, signature)) throw new Error('not its signature')
    }
  },
}

function toKey({ algorithm, publicKey }: Issuer) {
  const { digest, options } = toScheme(algorithm)
  return { digest, key: { key: publicKey, ...options } }
}

function split(value: string): [Buffer, Buffer] {
  const token = toToken(value)
  const dot = token.lastIndexOf('.')
  return [Buffer.from(token.slice(0, dot), 'latin1'), Buffer.from(token.slice(dot + 1), 'base64url')]
}
