import { sign, type KeyObject } from 'node:crypto'

/**
 * Makes a self-signed certificate for a P-256 key: the smallest that X.509 allows, with no names in it.
 *
 * @returns DER.
 */
export function selfSign(publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const content = sequence(
    der(0x02, Buffer.from([1])), // serial number
    ECDSA_WITH_SHA256,
    sequence(), // issuer
    sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z'))),
    sequence(), // subject
    publicKey.export({ format: 'der', type: 'spki' }),
  )
  const signature = sign('sha256', content, privateKey)
  return sequence(content, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature))
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

function sequence(...members: readonly Buffer[]): Buffer {
  return der(0x30, ...members)
}

const ECDSA_WITH_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
