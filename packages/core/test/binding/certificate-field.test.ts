import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { readThumbprint } from '../../src/binding/certificate-field.js'

const DER = Buffer.from('30820106' + 'a5'.repeat(260), 'hex')
const THUMBPRINT = createHash('sha256').update(DER).digest('base64url')
const HEX = createHash('sha256').update(DER).digest('hex')
const BASE64 = DER.toString('base64')
const LINES = BASE64.replace(/.{64}/g, '$&\n')
const PEM = `-----BEGIN CERTIFICATE-----\n${LINES}\n-----END CERTIFICATE-----\n`
const ESCAPED = encodeURIComponent(PEM)

describe('Client-Cert', () => {
  test('is a byte sequence', () => {
    expect(readThumbprint('client-cert', `:${BASE64}:`)).toBe(THUMBPRINT)
  })

  test.each([
    ['nothing', ''],
    ['no content', '::'],
    ['no colons', BASE64],
    ['one colon', `:${BASE64}`],
    ['PEM', PEM],
    ['URL-encoded PEM', ESCAPED],
    ['a list', `:${BASE64}:, :${BASE64}:`],
    ['a parameter', `:${BASE64}:;a=1`],
    ['a token', 'client'],
    ['base64url', ':__--:'],
    ['white space inside', `: ${BASE64}:`],
    ['a missing pad', ':QQ:'],
    ['spare bits', ':QR==:'],
  ])('is refused with %s', (_name, value) => {
    expect(readThumbprint('client-cert', value)).toBeUndefined()
  })
})

describe('X-SSL-Client-Cert', () => {
  test.each([
    ['as nginx writes it', ESCAPED],
    ['with CRLF', encodeURIComponent(PEM.replaceAll('\n', '\r\n'))],
    [
      'with + and / as they are',
      ESCAPED.replaceAll('%2B', '+').replaceAll('%2F', '/').replaceAll('%3D', '='),
    ],
    ['without the last line end', encodeURIComponent(PEM.trimEnd())],
  ])('is URL-encoded PEM, %s', (_name, value) => {
    expect(readThumbprint('x-ssl-client-cert', value)).toBe(THUMBPRINT)
  })

  test.each([
    ['nothing', ''],
    ['(null)', '(null)'],
    ['broken encoding', `${ESCAPED}%`],
    ['encoding that is not UTF-8', `${ESCAPED}%FF`],
    ['a chain', ESCAPED + ESCAPED],
    ['something in front', `x${ESCAPED}`],
    ['something behind', `${ESCAPED}x`],
    ['no end', encodeURIComponent(PEM.slice(0, -30))],
    ['no content', encodeURIComponent('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n')],
    ['an empty line alone', encodeURIComponent('-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n')],
    ['another kind of PEM', ESCAPED.replaceAll('CERTIFICATE', 'PUBLIC%20KEY')],
    ['a byte sequence', `:${BASE64}:`],
    ['padding in the middle', encodeURIComponent(PEM.replace('M', '='))],
  ])('is refused with %s', (_name, value) => {
    expect(readThumbprint('x-ssl-client-cert', value)).toBeUndefined()
  })

  test('has another thumbprint where the certificate is cut short', () => {
    const cut = `-----BEGIN CERTIFICATE-----\n${DER.subarray(0, 120).toString('base64')}\n-----END CERTIFICATE-----`
    expect(readThumbprint('x-ssl-client-cert', encodeURIComponent(cut))).not.toBe(THUMBPRINT)
  })
})

describe('X-Forwarded-Client-Cert', () => {
  test.each([
    ['a hash', `Hash=${HEX}`],
    ['a hash in upper case', `hash=${HEX.toUpperCase()}`],
    ['a certificate', `Cert="${ESCAPED}"`],
    ['both', `By=spiffe://a/b;Hash=${HEX};Cert="${ESCAPED}";Subject="CN=a;O=\\"b, c\\"";URI=`],
    ['a certificate with escaped characters', `Cert="${ESCAPED.replace('BEGIN', '\\B\\E\\GIN')}"`],
    ['several names', `By=a;By=b;Hash=${HEX};DNS=x;DNS=y`],
    ['a semicolon at the end', `Hash=${HEX};`],
    ['a chain beside the certificate', `Cert="${ESCAPED}";Chain="${ESCAPED}${ESCAPED}"`],
  ])('is one element with %s', (_name, value) => {
    expect(readThumbprint('x-forwarded-client-cert', value)).toBe(THUMBPRINT)
  })

  test.each([
    ['nothing', ''],
    ['no certificate', 'By=spiffe://a/b;Subject="CN=a"'],
    ['a hash that is too short', `Hash=${HEX.slice(2)}`],
    ['a hash that is too long', `Hash=${HEX}00`],
    ['a hash after something else', `Hash=g${HEX}`],
    ['a hash that is no hex', `Hash=${HEX.slice(1)}g`],
    ['two certificates', `Cert="${ESCAPED}";Cert="${ESCAPED}"`],
    ['a certificate of another hash', `Hash=${'0'.repeat(64)};Cert="${ESCAPED}"`],
    ['a broken certificate beside a hash', `Hash=${HEX};Cert="x"`],
    ['base64url', `Hash=${THUMBPRINT}`],
    ['two hashes', `Hash=${HEX};Hash=${HEX}`],
    ['a hash within a quoted string', `Subject="a;Hash=${HEX}"`],
    ['a quoted string that does not end', `Hash=${HEX};Subject="a`],
    ['two elements', `Hash=${HEX},Hash=${'0'.repeat(64)}`],
    ['two elements, the other first', `Hash=${'0'.repeat(64)},Hash=${HEX}`],
    ['an element without pairs', `Hash=${HEX};x`],
    ['a chain alone', `Chain="${ESCAPED}"`],
    ['a certificate that is broken', `Cert="${ESCAPED}%"`],
  ])('is refused with %s', (_name, value) => {
    expect(readThumbprint('x-forwarded-client-cert', value)).toBeUndefined()
  })
})
