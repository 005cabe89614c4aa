import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Certificate } from '@bearward/testing'
import { checkIsInstalled } from './program.js'

/** What a client shows to a server, or a server to its clients. */
export type KeyAndCertificate = Pick<Certificate, 'cert' | 'key'>

/** Issues certificates that those accept who trust it. */
export interface CertificateAuthority {
  /** Its own certificate, PEM. */
  readonly certificate: string
  /**
   * Issues a certificate of the subject `CN=<name>`.
   *
   * @param alternativeName Who shows it, as OpenSSL writes it. Default: 127.0.0.1.
   */
  issue(name: string, alternativeName?: string): Promise<KeyAndCertificate>
}

const OPENSSL = { name: 'OpenSSL', command: 'openssl', packages: 'openssl' } as const
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
const OF_NO_AUTHORITY = ['-addext', 'basicConstraints=critical,CA:false']
const THIS_MACHINE = 'IP:127.0.0.1'

/**
 * Makes one.
 *
 * @throws Error that names the Debian package, where OpenSSL is not installed
 */
export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  checkIsInstalled(OPENSSL)
  const own = await generate('authority', () => Promise.resolve([]))
  return {
    certificate: own.cert,
    issue: (name, alternativeName = THIS_MACHINE) =>
      generate(name, async (folder) => {
        const [file, keyFile] = [join(folder, 'authority'), join(folder, 'authority-key')]
        await writeFile(file, own.cert)
        await writeFile(keyFile, own.key, { mode: 0o600 })
        const shownBy = ['-addext', `subjectAltName=${alternativeName}`]
        return ['-CA', file, '-CAkey', keyFile, ...OF_NO_AUTHORITY, ...shownBy]
      }),
  }
}

async function generate(
  name: string,
  prepare: (folder: string) => Promise<readonly string[]>,
): Promise<KeyAndCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'))
  const [cert, key] = [join(folder, 'certificate'), join(folder, 'key')]
  const subject = ['-subj', `/CN=${name}`, '-days', '2']
  try {
    const options = [...NEW_KEY, ...subject, ...(await prepare(folder)), '-keyout', key, '-out', cert]
    execFileSync(OPENSSL.command, ['req', '-x509', ...options], { stdio: 'pipe' })
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
  } finally {
    await rm(folder, { recursive: true })
  }
}
