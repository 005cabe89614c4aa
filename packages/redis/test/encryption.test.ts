import { describe, expect, test } from '@jest/globals'
import { createEncryption } from '../src/encryption.js'

const [OLD, NEW] = ['the secret of yesterday, still good', 'the secret of today, which is new'] as const
const TEXT = '{"sub":"älice"}'

describe('encryption', () => {
  test('gives back what it has got, at the same place alone', () => {
    const { encrypt, decrypt } = createEncryption([OLD])
    const encrypted = encrypt(TEXT, 'here')
    expect([decrypt(encrypted, 'here'), decrypt(encrypted, 'there')]).toEqual([TEXT, undefined])
  })

  test('never gives the same twice', () => {
    const { encrypt } = createEncryption([OLD])
    expect(encrypt(TEXT, 'here')).not.toBe(encrypt(TEXT, 'here'))
  })

  test('encrypts with the first secret, and decrypts with all', () => {
    const [old, both, next] = [[OLD], [NEW, OLD], [NEW]].map(createEncryption)
    const read = (from: typeof old, to: typeof old) => to?.decrypt(from?.encrypt(TEXT, '') ?? '', '')
    expect([read(old, both), read(both, next), read(both, both)]).toEqual([TEXT, TEXT, TEXT])
    expect([read(both, old), read(old, next)]).toEqual([undefined, undefined])
  })

  test('gives nothing for what was changed anywhere', () => {
    const { encrypt, decrypt } = createEncryption([OLD])
    const bytes = Buffer.from(encrypt(TEXT, 'here'), 'base64')
    const changed = Array.from(bytes.keys(), (index) => {
      const copy = Buffer.from(bytes)
      copy[index] = (copy[index] ?? 0) ^ 1
      return decrypt(copy.toString('base64'), 'here')
    })
    expect(new Set(changed)).toEqual(new Set([undefined]))
    for (const length of [0, 16, 47, bytes.length - 1]) {
      expect(decrypt(bytes.subarray(0, length).toString('base64'), 'here')).toBeUndefined()
    }
  })
})
