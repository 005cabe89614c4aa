import { randomUUID } from 'node:crypto'
import type { Connection } from './connection.js'
import type { Encryption } from './encryption.js'

/** Tells all processes something. */
export interface Broadcast<T> {
  readonly publish: (content: T) => Promise<void>
  /** @returns what ends it */
  readonly subscribe: (listener: (content: T) => void) => () => void
}

/** Where, and to whom. */
export interface BroadcastOptions<T> {
  readonly channel: string
  /**
   * What others are told, and this process is not; and what is to be heard in place of a message that was missed, or cannot be
   * read. Default: this process is told as well, and what was missed is missed.
   */
  readonly others?: { readonly missed: T }
}

interface Message<T> {
  /** Which process says so. */
  readonly sender: string
  readonly content: T
}

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

  function miss(): void {
    if (others !== undefined) tell(others.missed)
  }

  /** Messages are encrypted by who has a secret: what cannot be decrypted is of nobody, or of somebody with a newer one. */
  function hear(encrypted: string): void {
    const text = encryption.decrypt(encrypted, channel)
    if (text === undefined) {
      miss()
      return
    }
    const message = JSON.parse(text) as Message<T>
    if (others === undefined || message.sender !== sender) tell(message.content)
  }

  return {
    async publish(content) {
      const message: Message<T> = { sender, content }
      await connection.publish(channel, encryption.encrypt(JSON.stringify(message), channel))
    },
    subscribe(listener) {
      listeners.add(listener)
      if (!isListening) {
        isListening = true
        connection.subscribe(channel, hear, miss)
      }
      return () => void listeners.delete(listener)
    },
  }
}
