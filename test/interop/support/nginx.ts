import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { CertificateAuthority } from './certificate-authority.js'
import { startProgram } from './program.js'

/** nginx, which ends TLS and passes requests on to an API. */
export interface Nginx {
  /** What clients write before the path of a request: its origin, and a prefix that it removes. */
  readonly publicOrigin: string
  /** Ends the process, and removes its files. */
  stop(): Promise<void>
}

/** From where nginx calls the API: tests call it from another address of this machine. */
export const NGINX_ADDRESS = '127.0.0.2'
const PREFIX = '/v1'

/**
 * Which client certificates nginx lets through: those of the authority alone, or of whatever issuer. Without one, requests
 * are passed on as well.
 */
export type AcceptedCertificates = 'of-authority' | 'any'

const VERIFICATION: Readonly<Record<AcceptedCertificates, string>> = {
  'of-authority': 'ssl_client_certificate authority; ssl_verify_client optional;',
  any: 'ssl_verify_client optional_no_ca;',
}
/** Lines of base64, of 48 bytes each, that a certificate may have in `Client-Cert`. */
const MOST_LINES = 60

/**
 * Starts it at a free port of this machine, with a configuration and a folder of its own.
 *
 * @param api Origin of the API.
 */
export async function startNginx(
  api: string,
  authority: CertificateAuthority,
  accepted: AcceptedCertificates,
): Promise<Nginx> {
  const { cert, key } = await authority.issue('nginx')
  const { port, stop } = await startProgram({
    name: 'nginx',
    command: 'nginx',
    packages: 'nginx',
    async configure(folder, port) {
      const files = {
        cert,
        key,
        authority: authority.certificate,
        configuration: toConfiguration(port, api, accepted),
      }
      for (const [name, content] of Object.entries(files)) {
        await writeFile(join(folder, name), content, { mode: 0o600 })
      }
      return ['-p', folder, '-e', 'stderr', '-c', join(folder, 'configuration')]
    },
    isUp: (port) =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy()
          resolve(true)
        }).on('error', () => resolve(false))
      }),
  })
  return { publicOrigin: `https://127.0.0.1:${String(port)}${PREFIX}`, stop }
}

/** A field that is empty is not sent: so whatever a client wrote into it, nginx removes or replaces it. */
const toConfiguration = (port: number, api: string, accepted: AcceptedCertificates): string => `
  daemon off;
  master_process off;
  pid pid;
  events {}
  http {
    access_log off;
    client_body_temp_path body;
    fastcgi_temp_path fastcgi;
    proxy_temp_path proxy;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;

    ${toByteSequence('$ssl_client_raw_cert', '$ssl_client_byte_sequence')}

    server {
      listen 127.0.0.1:${String(port)} ssl;
      ssl_certificate cert;
      ssl_certificate_key key;
      ${VERIFICATION[accepted]}

      location ${PREFIX}/ {
        proxy_pass ${api}/;
        proxy_bind ${NGINX_ADDRESS};
        proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
        proxy_set_header Client-Cert $ssl_client_byte_sequence;
        proxy_set_header Client-Cert-Chain "";
        proxy_set_header X-Forwarded-Client-Cert "";
      }
    }
  }
`

/**
 * Makes a `map` of PEM to a byte sequence (RFC 9440, section 2.2), which nginx has no variable for: what is between the first
 * line and the last, without line breaks. The result is empty where there are more lines than that, or none.
 */
function toByteSequence(pem: string, target: string): string {
  const names = Array.from({ length: MOST_LINES }, (_, index) => `line${String(index)}`)
  const lines = names.map((name) => `(?:(?<${name}>[A-Za-z0-9+/=]+)\\n)?`).join('')
  const pattern = `~^-----BEGIN CERTIFICATE-----\\n${lines}-----END CERTIFICATE-----\\n?$`
  const value = names.map((name) => `\${${name}}`).join('')
  return `map ${pem} ${target} { default ""; "${pattern}" ":${value}:"; }`
}
