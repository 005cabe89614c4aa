import { describe, expect, test } from '@jest/globals'
import { isSecure, resolveAddress, type AddressPolicy } from '../../src/http/address.js'

const PUBLIC: AddressPolicy = {
  issuerOrigin: 'https://as.example.com',
  internalOrigin: undefined,
  dangerouslyAllowHttp: false,
}
const LOCAL: AddressPolicy = { ...PUBLIC, issuerOrigin: 'http://127.0.0.1:8080' }
const INTERNAL: AddressPolicy = { ...PUBLIC, internalOrigin: 'https://keycloak:8443' }
const PLAIN: AddressPolicy = { ...PUBLIC, dangerouslyAllowHttp: true }
const PLAIN_INTERNAL: AddressPolicy = { ...PLAIN, internalOrigin: 'http://keycloak:8080' }

describe('resolveAddress', () => {
  test.each([
    ['https://as.example.com/jwks', PUBLIC, 'https://as.example.com/jwks'],
    ['https://keys.example.com/jwks?v=1', PUBLIC, 'https://keys.example.com/jwks?v=1'],
    ['HTTPS://as.example.com:443/jwks', PUBLIC, 'https://as.example.com/jwks'],
    ['http://as.example.com/jwks', PUBLIC, undefined],
    ['http://127.0.0.1/jwks', PUBLIC, undefined],
    ['http://localhost/jwks', PUBLIC, undefined],
    ['ftp://as.example.com/jwks', PUBLIC, undefined],
    ['file:///etc/passwd', PUBLIC, undefined],
    ['data:application/json,{}', PUBLIC, undefined],
    ['blob:https://as.example.com/x', PUBLIC, undefined],
    ['https://user@as.example.com/jwks', PUBLIC, undefined],
    ['https://user:secret@as.example.com/jwks', PUBLIC, undefined],
    ['https://:secret@as.example.com/jwks', PUBLIC, undefined],
    ['https://as.example.com/jwks#keys', PUBLIC, undefined],
    ['https://as.example.com/jwks#', PUBLIC, undefined],
    ['/jwks', PUBLIC, undefined],
    ['as.example.com/jwks', PUBLIC, undefined],
    ['', PUBLIC, undefined],
    ['https://', PUBLIC, undefined],
    ['http://127.0.0.1:8080/jwks', LOCAL, 'http://127.0.0.1:8080/jwks'],
    ['http://127.0.0.1:9/jwks', LOCAL, 'http://127.0.0.1:9/jwks'],
    ['http://127.1.2.3/jwks', LOCAL, 'http://127.1.2.3/jwks'],
    ['http://127.10.255.100/jwks', LOCAL, 'http://127.10.255.100/jwks'],
    ['http://2130706433/jwks', LOCAL, 'http://127.0.0.1/jwks'],
    ['http://localhost:1/jwks', LOCAL, 'http://localhost:1/jwks'],
    ['http://[::1]:1/jwks', LOCAL, 'http://[::1]:1/jwks'],
    ['http://[::2]/jwks', LOCAL, undefined],
    ['http://0.0.0.0/jwks', LOCAL, undefined],
    ['http://169.254.169.254/jwks', LOCAL, undefined],
    ['http://evil.localhost/jwks', LOCAL, undefined],
    ['http://localhost.evil.example/jwks', LOCAL, undefined],
    ['http://127.0.0.1.evil.example/jwks', LOCAL, undefined],
    ['http://as.example.com/jwks', PLAIN, 'http://as.example.com/jwks'],
    ['file:///etc/passwd', PLAIN, undefined],
  ] as const)('takes %j to what may be asked', (url, policy, expected) => {
    expect(resolveAddress(url, policy)?.href).toBe(expected)
  })

  test.each([
    ['https://as.example.com/jwks?v=1', INTERNAL, 'https://keycloak:8443/jwks?v=1'],
    ['https://as.example.com/realms/a/jwks', INTERNAL, 'https://keycloak:8443/realms/a/jwks'],
    ['https://as.example.com//evil.example/jwks', INTERNAL, 'https://keycloak:8443//evil.example/jwks'],
    ['https://as.example.com/\\evil.example/jwks', INTERNAL, 'https://keycloak:8443//evil.example/jwks'],
    ['https://as.example.com', INTERNAL, 'https://keycloak:8443/'],
    ['https://as.example.com:8443/jwks', INTERNAL, 'https://as.example.com:8443/jwks'],
    ['https://other.example.com/jwks', INTERNAL, 'https://other.example.com/jwks'],
    ['http://as.example.com/jwks', INTERNAL, undefined],
    ['https://user@as.example.com/jwks', INTERNAL, undefined],
    ['blob:https://as.example.com/x', INTERNAL, undefined],
    ['https://as.example.com/jwks', PLAIN_INTERNAL, 'http://keycloak:8080/jwks'],
    ['https://as.example.com//evil.example/jwks', PLAIN_INTERNAL, 'http://keycloak:8080//evil.example/jwks'],
  ] as const)('takes %j to the internal origin, if it is of the issuer', (url, policy, expected) => {
    expect(resolveAddress(url, policy)?.href).toBe(expected)
  })
})

describe('isSecure', () => {
  test.each([
    ['https://as.example.com', PUBLIC, true],
    ['http://as.example.com', PUBLIC, false],
    ['http://127.0.0.1', PUBLIC, false],
    ['http://127.0.0.1', LOCAL, true],
    ['http://10.0.0.1', LOCAL, false],
    ['http://10.0.0.1', PLAIN, true],
    ['ftp://as.example.com', PLAIN, false],
    ['null', PLAIN, false],
  ] as const)('judges %s', (origin, policy, expected) => {
    expect(isSecure(origin, policy)).toBe(expected)
  })
})
