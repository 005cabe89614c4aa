import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { toQuantile } from '../statistics.js'

/** What this program is started with, as JSON. */
export interface LoadSettings {
  /** With the field lines of a request on each line, between tabs. */
  readonly file: string
}

/** What it is asked to send. It ends at the first of `requests` and `seconds`; default: no bound. */
export interface Job {
  readonly port: number
  readonly connections: number
  readonly firstLine: number
  /** How many lines to send, in turn. */
  readonly lines: number
  readonly requests?: number
  readonly seconds?: number
}

/** What it says at the end of one. */
export interface Load {
  readonly requests: number
  readonly requestsPerSecond: number
  /** In milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Share of a core that sending took: near 1, what is measured is this program. */
  readonly busy: number
}

const { file } = JSON.parse(process.argv[2] ?? '') as LoadSettings
const lines = (await readFile(file, 'latin1')).split('\n')

process.on('message', (job: Job) => {
  void run(job).then((load) => process.send?.(load))
})
process.once('disconnect', () => process.exit())
process.send?.({})

async function run({ requests: most = Infinity, seconds = Infinity, ...job }: Job): Promise<Load> {
  const requests = lines.slice(job.firstLine, job.firstLine + job.lines).map(toRequest)
  const sockets = await Promise.all(Array.from({ length: job.connections }, () => open(job.port)))
  const latencies: number[] = []
  const [before, begin] = [process.cpuUsage(), performance.now()]
  const deadline = begin + seconds * 1000
  let sent = 0
  const next = (now: number) =>
    sent < most && now < deadline ? requests[sent++ % requests.length] : undefined
  await Promise.all(sockets.map((socket) => talk(socket, next, latencies)))
  const milliseconds = performance.now() - begin
  const { user, system } = process.cpuUsage(before)
  return {
    requests: latencies.length,
    requestsPerSecond: (latencies.length / milliseconds) * 1000,
    p50: toQuantile(latencies, 0.5),
    p99: toQuantile(latencies, 0.99),
    busy: (user + system) / 1000 / milliseconds,
  }
}

function toRequest(line: string): Buffer {
  const fields = line.replaceAll('\t', '\r\n')
  return Buffer.from(`GET /stats HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields}\r\n\r\n`, 'latin1')
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** One request after the other on a connection, until there is none. */
function talk(socket: Socket, next: (now: number) => Buffer | undefined, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = 0
    const isWhole = createReader()
    const send = (now: number) => {
      const request = next(now)
      sentAt = now
      if (request !== undefined) {
        socket.write(request)
        return
      }
      socket.off('close', fail).destroy()
      resolve()
    }
    const fail = () => reject(new Error('the connection was closed'))
    socket.on('error', reject).on('close', fail)
    socket.on('data', (data: Buffer) => {
      if (!isWhole(data)) return
      const now = performance.now()
      latencies.push(now - sentAt)
      send(now)
    })
    send(performance.now())
  })
}

/** Says whether an answer has arrived to its end. Answers of an application are as long as its first. */
function createReader(): (data: Buffer) => boolean {
  let length = 0
  let arrived = 0
  return (data) => {
    if (arrived === 0 && data.toString('latin1', 9, 12) !== '200')
      throw new Error(`refused: ${data.toString('latin1', 0, 40)}`)
    if (length === 0) length = findLength(data)
    arrived += data.length
    if (arrived > length) throw new Error('an answer is longer than the first')
    if (arrived < length) return false
    arrived = 0
    return true
  }
}

/** Of head and content. */
function findLength(data: Buffer): number {
  const text = data.toString('latin1')
  const content = /\r\ncontent-length: (\d+)\r\n/iu.exec(text)?.[1]
  const head = text.indexOf('\r\n\r\n')
  if (content === undefined || head < 0) throw new Error(`no length: ${text.slice(0, 300)}`)
  return head + 4 + Number(content)
}
