import { randomUUID } from 'node:crypto'
import type { Connection } from './connection.js'
import type { Encryption } from './encryption.js'

/** Tells all processes something. */
export interface Broadcast<T> {
  readonly publish: (content: T) => Promise<void>
  /** Tells this process alone. */
  readonly tell: (content: T) => void
  /** @returns what ends it */
  readonly subscribe: (listener: (content: T) => void) => () => void
}

/** Where, and to whom. */
export interface BroadcastOptions<T> {
  readonly channel: string
  /**
   * What others are told, and this process is not; what is to be heard in place of a message that was missed, or cannot be
   * read; and who is told first of what is sure to be of another process. Default: this process is told as well, and what was
   * missed is missed.
   */
  readonly others?: { readonly missed: T; readonly onHeard: (content: T) => void }
}

interface Message<T> {
  /** Which process says so. */
  readonly sender: string
  readonly content: T
}

/** In characters, of a message that is encrypted: anybody may have sent it, and to decrypt it takes time. */
const LONGEST = 4_096

/** Makes it; listens from the first subscription on. */
export function createBroadcast<T>(
  connection: Connection,
  encryption: Encryption,
  { channel, others }: BroadcastOptions<T>,
): Broadcast<T> {
  const sender = randomUUID()
  const listeners = new Set<(content: T) => void>()
  let isListening = false

  function tell(content: T): void {
    for (const listener of listeners) listener(content)
  }

  const miss = (): void => {
    if (others !== undefined) tell(others.missed)
  }

  function hear(encrypted: string): void {
    const message = readMessage<T>(encrypted, channel, encryption)
    if (message === undefined) miss()
    else if (others === undefined || message.sender !== sender) {
      others?.onHeard(message.content)
      tell(message.content)
    }
  }

  return {
    tell,
    async publish(content) {
      const message: Message<T> = { sender, content }
      await connection.publish(channel, encryption.encrypt(JSON.stringify(message), channel))
    },
    subscribe(listener) {
      listeners.add(listener)
      if (!isListening) {
        isListening = true
        connection.subscribe(channel, { onMessage: hear, onGap: miss })
      }
      return () => void listeners.delete(listener)
    },
  }
}

/**
 * Messages are encrypted by who has a secret: what cannot be decrypted is of nobody, or of somebody with a newer one. One that is
 * too long counts as such.
 */
function readMessage<T>(encrypted: string, channel: string, encryption: Encryption): Message<T> | undefined {
  const text = encrypted.length > LONGEST ? undefined : encryption.decrypt(encrypted, channel)
  return text === undefined ? undefined : (JSON.parse(text) as Message<T>)
}
