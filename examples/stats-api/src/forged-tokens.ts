/** Changes a claim of a token, and leaves its signature as it is. */
export function tamper(token: string, claims: Readonly<Record<string, unknown>>): string {
  const { header, payload, signature } = split(token)
  return [header, encode({ ...decode(payload), ...claims }), signature].join('.')
}

/** Says that a token needs no signature, and gives it none (RFC 7519, section 6). */
export function unsecure(token: string): string {
  const { header, payload } = split(token)
  return [encode({ ...decode(header), alg: 'none' }), payload, ''].join('.')
}

function split(token: string) {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return { header, payload, signature }
}

function decode(part: string): object {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as object
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
