export { createChecks, type Checks } from './checks.js'
export { runDemo, type Closable } from './demo.js'
export { listen, type Listener } from './listener.js'
