import type { KeyRing } from '../keys/key-ring.js'
import type { MintOptions } from './mint-options.js'
import { chooseSigner, type Signer } from './signer.js'

/** Makes a token in the JWS compact serialization (RFC 7515, section 3.1), good or bad. */
export async function mintToken(
  keys: KeyRing,
  claims: Readonly<Record<string, unknown>>,
  options: MintOptions = {},
): Promise<string> {
  const signer = await chooseSigner(keys, options)
  const header = serializeHeader(signer, options)
  const payload = options.payload ?? JSON.stringify(claims)
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${encode(await makeSignature(signer, input, options.signature))}`
}

function serializeHeader(signer: Signer, { header, kid = signer.keyId, signature }: MintOptions): string {
  if (typeof header === 'string') return header
  return JSON.stringify({
    alg: signature === 'none' ? 'none' : signer.algorithm,
    typ: 'at+jwt',
    ...(kid === null ? {} : { kid }),
    ...header,
  })
}

async function makeSignature(
  signer: Signer,
  input: string,
  kind: MintOptions['signature'] = 'good',
): Promise<Uint8Array> {
  if (kind === 'none' || kind === 'stripped') return new Uint8Array()
  const signature = await signer.sign(input)
  return kind === 'corrupt' ? flipBit(signature) : signature
}

/** Flips a bit in the middle: in the last character it might be one that base64url leaves unused. */
function flipBit(signature: Uint8Array): Uint8Array {
  const middle = signature.length >> 1
  return signature.map((byte, index) => (index === middle ? byte ^ 1 : byte))
}

function encode(content: string | Uint8Array): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
  return bytes.toString('base64url')
}
