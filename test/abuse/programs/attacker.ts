import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { ATTACKS, type Attack } from '../attacks.js'

/** What this program is started with, as JSON. */
export interface AttackerSettings {
  /** Index of the attack. */
  readonly attack: number
  readonly port: number
  readonly seconds: number
  /** With a good token on each line. */
  readonly file: string
}

/** What it says at the end. */
export interface AttackReport {
  readonly sent: number
  /** Answers, by their status. */
  readonly answers: Readonly<Record<string, number>>
}

const { attack: index, port, seconds, file } = JSON.parse(process.argv[2] ?? '') as AttackerSettings
const attack: Attack | undefined = ATTACKS[index]
if (attack === undefined) throw new Error('there is no such attack')
const { connections, next, drip: pause, hangsUp = false } = attack
const tokens = (await readFile(file, 'latin1')).split('\n')
const end = performance.now() + seconds * 1000
const answers: Record<string, number> = {}
let sent = 0

await Promise.all(Array.from({ length: connections }, attackUntilEnd))
process.send?.({ sent, answers } satisfies AttackReport, () => process.exit())

async function attackUntilEnd(): Promise<void> {
  while (performance.now() < end) await useConnection()
}

/** Until either side closes it, or the time is over. */
function useConnection(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const timer = setTimeout(() => socket.destroy(), Math.max(0, end - performance.now()))
    socket.on('error', () => undefined) // the other side closed it
    socket.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.on('connect', () => send(socket))
    socket.on('data', (data: Buffer) => {
      if (data.toString('latin1', 0, 9) !== 'HTTP/1.1 ') return
      const status = data.toString('latin1', 9, 12)
      answers[status] = (answers[status] ?? 0) + 1
      if (pause === undefined && !socket.destroyed) send(socket)
    })
  })
}

function send(socket: Socket): void {
  const bytes = next({ tokens, count: sent })
  sent += 1
  if (pause !== undefined) drip(socket, bytes, pause)
  else if (hangsUp) socket.write(bytes, () => socket.destroy())
  else socket.write(bytes)
}

/** The head of a request with content goes at once: it is the content that is slow. */
function drip(socket: Socket, bytes: Buffer, seconds: number): void {
  const headEnd = bytes.indexOf('\r\n\r\n') + 4
  let at = headEnd < bytes.length ? headEnd : 1
  socket.write(bytes.subarray(0, at))
  const timer = setInterval(() => socket.write(bytes.subarray(at, (at += 1))), seconds * 1000)
  socket.on('close', () => {
    clearInterval(timer)
  })
}
