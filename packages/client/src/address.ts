const LOOPBACK = /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/

/** Parses an absolute URL; `undefined` where it is none. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** Whether what is sent to a URL is safe: over TLS, or never leaving this machine. */
export function isSecure({ protocol, origin }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(origin)) // a `blob:` has the origin of its maker
}

/** Whether an origin is plain HTTP on this machine. */
export function isLoopback(origin: string): boolean {
  return LOOPBACK.test(origin)
}

/** An address that may be asked: secure, without fragment and user information. RFC 6749, section 3.2. */
export function isAddress(text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && !text.includes('#') && isSecure(url) && !hasUserInformation(url)
}

/** An issuer identifier (RFC 8414, section 2) whose path is what it looks like: nothing that resolving would change. */
export function isIssuer(text: string): boolean {
  const path = /^https?:\/\/[^/?#@\\\s]+(?<path>[^?#\\\s]*)$/.exec(text)?.groups?.['path']
  return isAddress(text) && parseUrl(text)?.pathname === (path === '' ? '/' : path)
}

/** A scheme, a host and perhaps a port, and secure. */
export function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/?#@\\\s]+\/?$/.test(text) && isAddress(text)
}

/** `name:password@` in a URL. */
export function hasUserInformation({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}

/** An address as messages may show it: a query can hold a key. */
export function toName({ origin, pathname }: URL): string {
  return origin + pathname
}
