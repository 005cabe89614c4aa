import { once } from 'node:events'
import { createServer } from 'node:http2'
import { connect, type AddressInfo } from 'node:net'
import { expect } from '@jest/globals'
import { fromNodeRequest } from '@bearward/core'
import { judge } from '../support/request.js'
import { rule } from '../support/rule.js'
import { useServers } from '../support/servers.js'

const servers = useServers()

/** A text of HPACK (RFC 7541, section 5.2), with its length before it. */
function toText(text: string): Buffer {
  const { length } = text
  const size = length < 127 ? [length] : [127, ((length - 127) % 128) + 128, Math.floor((length - 127) / 128)]
  return Buffer.concat([Buffer.from(size), Buffer.from(text)])
}

/** A frame (RFC 9113, section 4.1). */
function toFrame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.set([type, flags], 3)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A request of HTTP/2, with each of these as an Authorization field. */
function toHttp2(values: readonly string[]): Buffer {
  const fields = [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/me'],
    [':authority', 'api.example.com'],
  ]
  const all = [...fields, ...values.map((value) => ['authorization', value])].map(([name = '', value = '']) =>
    Buffer.concat([Buffer.from([0]), toText(name), toText(value)]),
  )
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  return Buffer.concat([preface, toFrame(4, 0, 0, Buffer.alloc(0)), toFrame(1, 5, 1, Buffer.concat(all))])
}

rule('OWN-50', 'sees two Authorization fields of HTTP/2 as two', async () => {
  const { authorizationServer, resourceServer } = servers()
  const token = `Bearer ${await authorizationServer.mint()}`
  const server = createServer((message, response) => {
    void judge(resourceServer, fromNodeRequest(message)).then((outcome) => {
      response.end(outcome.verdict === 'accepted' ? 'ACCEPTED' : outcome.error.code)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const send = async (...values: readonly string[]) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1')
    socket.write(toHttp2(values))
    let received = ''
    for await (const chunk of socket) {
      received += String(chunk)
      const [verdict] = /ACCEPTED|ERR_[A-Z_]+/.exec(received) ?? []
      if (verdict !== undefined) return verdict
    }
    return received
  }
  const verdicts = [
    await send(),
    await send(token, token),
    await send('Basic dTpw', token),
    await send(token),
  ]
  server.close()
  expect(verdicts).toEqual([
    'ERR_CREDENTIALS_MISSING',
    'ERR_CREDENTIALS_REPEATED',
    'ERR_CREDENTIALS_REPEATED',
    'ACCEPTED',
  ])
})
