import { once } from 'node:events'
import { listCurlLines } from './curl-lines.js'
import type { Stage } from './stage.js'

/** Prints what to try, and keeps a stage open until the process is asked to end (SIGINT or SIGTERM). */
export async function serve(stage: Stage, print: (text: string) => void): Promise<void> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  print(`authorization server  ${stage.authorizationServer.issuer}`)
  for (const { name, origin } of stage.apis) print(`${`${name} API`.padEnd(22)}${origin}`)
  for (const { name, origin } of stage.opaqueApis) print(`${`${name} API, opaque`.padEnd(22)}${origin}`)
  print('\nPaste these lines into another shell, one after the other. A token is good for 10 minutes.')
  for (const { title, commands, answer } of listCurlLines(stage)) {
    print(`\n${title}:\n`)
    for (const command of commands) print(`    ${command}`)
    print('')
    for (const line of answer) print(`  → ${line}`)
  }
  print('\nEverything is running. Ctrl+C ends it.')
  await stopped
  print('Stopped.')
}
