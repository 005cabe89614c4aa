import { hasDotSegment, normalizeUri } from '../binding/target.js'
import { ConfigurationError } from '../errors.js'
import { parseUrl } from '../url.js'

/** `https://host[:port]` and a path prefix, if any, in characters that a URI has (RFC 3986, section 3). */
const ORIGIN = /^https?:\/\/[^\s/\\?#@]+(?:\/[\w\-.~!$&'()*+,;=:@%/]*)?$/i
/** A name without wildcards or percent-encoding, or an address. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w\-.]+)$/i

/**
 * Checks a public origin of an API, with the path prefix that a proxy removes, if any: refuses one that no request of a client
 * can have.
 *
 * @returns It, without slashes at its end
 *
 * @throws {@link ConfigurationError}
 */
export function parseOrigin(text: string, option: string): string {
  const url = parseUrl(text)
  if (url === undefined || !ORIGIN.test(text) || hasDotSegment(text)) {
    throw new ConfigurationError(
      option,
      'must be a URL such as https://api.example.com, without query, fragment, user information, brackets in its path, or `..`',
    )
  }
  if (/%(?![\da-f]{2})/i.test(text)) throw new ConfigurationError(option, 'has a % that encodes nothing')
  if (!HOST.test(url.hostname) || normalizeUri(text)?.origin !== url.origin) {
    throw new ConfigurationError(
      option,
      'must have the host that clients send: one name in ASCII (as xn--bcher-kva.example) without wildcards, or an address',
    )
  }
  return text.replace(/\/+$/, '')
}
